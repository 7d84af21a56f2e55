import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { programmeMachine } from '../machines.ts';
import { FundProgramme } from './programme-schemas.ts';
import { Digest, Id, Version } from '#packages/words';

const FundName = z
  .string()
  .trim()
  .min(1, { error: '基金名称不能为空' })
  .max(100, { error: '基金名称不得超过 100 个字' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '基金名称不能含控制字符' })
  .meta({ description: '基金名称', example: '信阳市知识产权质押融资风险补偿资金池' });

export const NewFund = z.strictObject({ fundId: Id, name: FundName, programme: FundProgramme });
export type NewFund = z.output<typeof NewFund>;
export const NewProgramme = z.strictObject({ validFrom: LegalDate, programme: FundProgramme });

const programmeStatus = z.enum(programmeMachine.states);

/** A version of a programme; `effectiveFrom` is the later of `validFrom` and the day of the approval. */
export const ProgrammeVersion = z.strictObject({
  fundId: Id,
  version: Version,
  status: programmeStatus,
  /** Left out of the first: it holds once approved. */
  validFrom: LegalDate.optional(),
  effectiveFrom: LegalDate.optional(),
  proposedAt: Instant,
  approvedAt: Instant.optional(),
  /** SHA-256 (hex) of the programme's RFC 8785 form. */
  digest: Digest,
  programme: FundProgramme,
});
export type ProgrammeVersion = z.output<typeof ProgrammeVersion>;

export const ListedProgramme = z.strictObject({
  ...ProgrammeVersion.shape,
  /** Whether losses are shared by it today. */
  inForce: z.boolean(),
});

/** What was founded: the fund, and the version that waits for the second person. */
export const FoundedFund = z.strictObject({
  fundId: Id,
  name: FundName,
  version: Version,
  status: programmeStatus,
  createdAt: Instant,
});

export const Fund = z.strictObject({
  fundId: Id,
  name: FundName,
  /** How many versions were proposed. */
  versions: Version,
  /** The version that holds today; left out where none does. */
  inForce: z.strictObject({ version: Version, effectiveFrom: LegalDate }).optional(),
  createdAt: Instant,
});
export type Fund = z.output<typeof Fund>;

/** There is a fund, though nothing is covered before its first programme is approved. */
export const FundFounded = z.strictObject({ fundId: Id });

/** What lending needs to know of a programme to take a loan into it. */
export const ProgrammeActivated = z.strictObject({
  fundId: Id,
  version: Version,
  effectiveFrom: LegalDate,
  digest: Digest,
  programme: FundProgramme,
});
