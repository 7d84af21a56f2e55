import * as z from 'zod';
import { Fen } from '#packages/money';
import { Day } from './day.ts';

/** What can be pledged, by the authority that registers it. */
export const rightKinds = [
  'invention',
  'utility-model',
  'design',
  'trademark',
  'copyright',
  'software',
  'ic-layout',
  'licence-income',
] as const;
export const RightKind = z.enum(rightKinds);
export type RightKind = z.output<typeof RightKind>;

/** A right's number as its register writes it; Chinese letters and brackets occur in those of works. */
export const RightNumber = z
  .string()
  .trim()
  .min(1, { error: '权利号不能为空' })
  .max(64, { error: '权利号不得超过 64 个字' })
  // One pattern, so that the document has one.
  .regex(/^(?=.*[\p{L}\p{N}])[^\p{Cc}\p{Cs}/?#%]*$/u, {
    error: '权利号应含字母或数字，且不能含控制字符或 / ? # %',
  });

/** The number under which a pledge stands in its register. */
export const RegistrationNo = z
  .string()
  .trim()
  .min(1, { error: '质押登记号不能为空' })
  .max(64, { error: '质押登记号不得超过 64 个字' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '质押登记号不能含控制字符' });

/** What a bank may know of a right's life beside its number; what it leaves out is read from the number, or unknown. */
export const rightFacts = {
  filedOn: Day.optional(),
  grantedOn: Day.optional(),
  publishedOn: Day.optional(),
  firstUsedOn: Day.optional(),
  createdOn: Day.optional(),
  /** The last day of the term as the register states it. */
  expiresOn: Day.optional(),
  licenceEndsOn: Day.optional(),
  /** The last day that the annual fees paid so far cover. */
  feePaidUntil: Day.optional(),
};

const value = { valueFen: Fen, valuedOn: Day };
const registration = { registrationNo: RegistrationNo.optional(), registeredOn: Day.optional() };

/** A right as a bank brings it into a pledge. */
export const PledgedAsset = z.strictObject({
  kind: RightKind,
  number: RightNumber,
  ...value,
  ...registration,
  ...rightFacts,
});
export type PledgedAsset = z.output<typeof PledgedAsset>;

/** Why a right ended under a pledge: its term was over, it was declared invalid, or its fees were not paid. */
export const ExtinctionCause = z.enum(['expired', 'invalidated', 'fee-unpaid', 'other']);

/** What has become of a right in a pledge; what is left out stays as it was. */
export const AssetChange = z.strictObject({
  /** The application for registration: made, and sent back for correction. */
  appliedOn: Day.optional(),
  returnedOn: Day.optional(),
  ...registration,
  valueFen: Fen.optional(),
  valuedOn: Day.optional(),
  ...rightFacts,
  /** It will not be registered after all. */
  withdrawnOn: Day.optional(),
  releasedOn: Day.optional(),
  enforcedOn: Day.optional(),
  extinguishedOn: Day.optional(),
  cause: ExtinctionCause.optional(),
});
export type AssetChange = z.output<typeof AssetChange>;
