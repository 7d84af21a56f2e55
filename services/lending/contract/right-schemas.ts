import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Fen } from '#packages/money';

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
  .regex(/^[^\p{Cc}\p{Cs}/?#%]*$/u, { error: '权利号不能含控制字符或 / ? # %' });

/** The number under which a pledge stands in its register. */
export const RegistrationNo = z
  .string()
  .trim()
  .min(1, { error: '质押登记号不能为空' })
  .max(64, { error: '质押登记号不得超过 64 个字' })
  .regex(/^[^\p{Cc}\p{Cs}]*$/u, { error: '质押登记号不能含控制字符' });

/** A right as a bank brings it into a pledge. */
export const PledgedAsset = z.strictObject({
  kind: RightKind,
  number: RightNumber,
  valueFen: Fen,
  valuedOn: LegalDate,
  registrationNo: RegistrationNo.optional(),
  registeredOn: LegalDate.optional(),
});
export type PledgedAsset = z.output<typeof PledgedAsset>;
