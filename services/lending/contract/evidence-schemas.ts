import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Digest } from '#packages/words';

/** What shows that the bank's people did their duty (尽职免责), by the step that it belongs to. */
export const EvidenceKind = z.enum([
  'investigation',
  'valuation-review',
  'approval',
  'disbursement-check',
  'post-loan-inspection',
  'risk-notice',
  'collection',
  'other',
]);

/** A document of the bank's own keeping: what it is, the SHA-256 of its bytes, its day. */
export const Evidence = z.strictObject({ kind: EvidenceKind, digest: Digest, on: LegalDate });
export type Evidence = z.output<typeof Evidence>;
