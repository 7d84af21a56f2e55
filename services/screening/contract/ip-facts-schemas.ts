import * as z from 'zod';
import { Instant } from '#packages/calendar';
import { Uscc } from '#packages/identifiers';
import { IpFacts } from '../facts.ts';
import { count } from './schemas.ts';

/** What a bank wants to know it for. The consent is for the programme; the purpose is logged with the look. */
export const LoanPurpose = z.enum(['pre-loan', 'post-loan']);

/** Where a fact comes from. */
const Origin = z.strictObject({
  source: z.enum(['credit', 'ip']),
  recordId: z.string(),
  observedAt: Instant,
  confirmedAt: Instant,
});

/** Why a fact is not known: no consent to it, no answer yet, a source that has none, or nobody who delivers it. */
const Cause = z.enum(['no-consent', 'not-answered', 'unknown-there', 'no-source']);
export type Cause = z.output<typeof Cause>;

/** A part that is known or not, and where it comes from or why it is not. */
const part = { origin: Origin.optional(), cause: Cause.optional() };
const Known = z.enum(['known', 'unknown']);

/** The four things that a bank asks an IP office about an enterprise (知识产权信用与权利状况). */
export const IpFactsView = z.strictObject({
  uscc: Uscc,
  purpose: LoanPurpose,
  validRights: z.strictObject({
    status: Known,
    total: count.optional(),
    byKind: z.array(z.strictObject({ kind: IpFacts.shape.assets.element.shape.kind, count })).optional(),
    ...part,
  }),
  validInventions: z.strictObject({ status: Known, total: count.optional(), unpledged: count.optional(), ...part }),
  /** Whether it is on the list of serious IP offenders on display (知识产权严重违法失信名单). */
  ipCredit: z.strictObject({ status: z.enum(['clear', 'listed', 'unknown']), ...part }),
  /** Abnormal patent filings (非正常专利申请): no source delivers them yet. */
  abnormalFilings: z.strictObject({ status: z.literal('unknown'), cause: z.literal('no-source') }),
});
export type IpFactsView = z.output<typeof IpFactsView>;
