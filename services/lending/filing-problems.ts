import { largestFen } from '#packages/money';
import type { FieldError } from '#packages/outcome';
import type { AssetChange, PledgedAsset } from './contract/right-schemas.ts';
import { rightKey } from './rights/right-number.ts';

type Dates = { disbursedOn: string; maturesOn: string; pledge: { assets: readonly PledgedAsset[] } };

/** What a filing may not say though each of its fields is well-formed. */
export function problemsOfFiling(filing: Dates, uscc: string, today: string): FieldError[] {
  const { disbursedOn, maturesOn, pledge } = filing;
  const errors: FieldError[] = [];
  if (disbursedOn > today) errors.push(wrong('/disbursedOn', 'in_future', `放款日 ${disbursedOn} 晚于今日 ${today}`));
  if (maturesOn <= disbursedOn) {
    errors.push(wrong('/maturesOn', 'out_of_range', `到期日 ${maturesOn} 应晚于放款日 ${disbursedOn}`));
  }
  const seen = new Map<string, number>();
  for (const [place, asset] of pledge.assets.entries()) {
    const at = `/pledge/assets/${place}`;
    errors.push(...problemsOfAsset(asset, today, at));
    const key = rightKey(asset, uscc);
    const first = seen.get(key);
    if (first !== undefined) {
      errors.push(wrong(`${at}/number`, 'duplicate', `与 /pledge/assets/${first} 是同一项权利，一笔贷款中只填一次`));
    } else seen.set(key, place);
  }
  if (isTooMuch(pledge.assets)) errors.push(wrong('/pledge/assets', 'too_large', tooMuchText));
  return errors;
}

/** What a bundle's rights are worth together is shown as one amount. */
export function isTooMuch(rights: readonly { valueFen: bigint }[]): boolean {
  return rights.reduce((sum, { valueFen }) => sum + valueFen, 0n) > largestFen;
}
export const tooMuchText = `质押权利的价值合计应不超过 ${largestFen} 分`;

/** The same of one right by itself; `at` is where it stands. */
export function problemsOfAsset(asset: PledgedAsset | AssetChange, today: string, at = ''): FieldError[] {
  const { registrationNo, registeredOn, filedOn, expiresOn } = asset;
  const errors: FieldError[] = [];
  for (const name of pastDates) {
    const day = name in asset ? Object.entries(asset).find(([key]) => key === name)?.[1] : undefined;
    if (typeof day === 'string' && day > today) {
      errors.push(wrong(`${at}/${name}`, 'in_future', `${day} 晚于今日 ${today}`));
    }
  }
  if (registrationNo !== undefined && registeredOn === undefined) {
    errors.push(wrong(`${at}/registeredOn`, 'required', '填了质押登记号，应同时填登记日'));
  }
  if (registeredOn !== undefined && registrationNo === undefined) {
    errors.push(wrong(`${at}/registrationNo`, 'required', '填了登记日，应同时填质押登记号'));
  }
  if (filedOn !== undefined && expiresOn !== undefined && expiresOn <= filedOn) {
    errors.push(wrong(`${at}/expiresOn`, 'out_of_range', `有效期届满日 ${expiresOn} 应晚于申请日 ${filedOn}`));
  }
  return errors;
}

/** What has happened, happened by today. */
const pastDates = [
  'valuedOn',
  'registeredOn',
  'filedOn',
  'grantedOn',
  'publishedOn',
  'firstUsedOn',
  'createdOn',
  'appliedOn',
  'returnedOn',
  'withdrawnOn',
  'releasedOn',
  'enforcedOn',
  'extinguishedOn',
];

export function wrong(pointer: string, code: string, message: string): FieldError {
  return { pointer, code, message };
}
