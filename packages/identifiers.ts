import * as z from 'zod';

/** The 31 signs of a code, in the order that gives each its value (GB 32100-2015): no I, O, S, V, Z. */
const usccSigns = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const usccPattern = /^[0-9A-HJ-NPQRTUWXY]{18}$/;
/** Signs that people type for the ones that do not exist in a code. */
const misreadSigns: Record<string, string> = { I: '1', O: '0', S: '5', V: 'U', Z: '2' };

/**
 * 统一社会信用代码: 18 signs of the standard's alphabet. Only alphabet and length are refused, because codes that fail
 * the check digit have been issued; `checkUscc` tells those.
 */
export const Uscc = z
  .string()
  .regex(usccPattern, { error: (issue) => usccMessage(issue.input) })
  .meta({ description: '统一社会信用代码（18 位，GB 32100-2015）', example: '91411502MA9TETT0X9' });

/** What can be said of a code by itself. */
export type UsccCheck =
  /** `organisationCode` is a hint only: whether the inner organisation code (GB 11714) holds too. */
  | { kind: 'ok'; organisationCode: 'holds' | 'fails' }
  /** Not a code at all; `hint` is what was probably meant. */
  | { kind: 'malformed'; hint?: string }
  /** Well-formed, but its last sign should be `expected`: take it with a warning and ask for proof. */
  | { kind: 'warning'; warning: 'check-digit'; expected: string };

/** Checks a code; answers for every string and never throws. */
export function checkUscc(code: string): UsccCheck {
  if (!usccPattern.test(code)) {
    const hint = usccHint(code);
    return hint === undefined ? { kind: 'malformed' } : { kind: 'malformed', hint };
  }
  const expected = usccCheckSign(code);
  if (code[17] !== expected) return { kind: 'warning', warning: 'check-digit', expected };
  return { kind: 'ok', organisationCode: organisationCheckSign(code.slice(8, 16)) === code[16] ? 'holds' : 'fails' };
}

/** The sentence a person reads about a malformed code, with the probable code where there is one. */
export function usccMessage(input: unknown): string {
  const rule = '统一社会信用代码应为 18 位大写字母或数字（不含 I、O、S、V、Z）';
  const hint = typeof input === 'string' ? usccHint(input) : undefined;
  return hint === undefined ? rule : `${rule}；是否应为 ${hint}`;
}

/**
 * The code that was probably meant: full-width or lower-case signs, blanks and hyphens put right, and signs that do
 * not exist replaced where the check digit then holds. Never applied silently: the sender must correct it.
 */
function usccHint(text: string): string | undefined {
  // A code with every sign set apart is 36 long; anything far longer is no code, and is not worth normalising.
  if (text.length > 64) return undefined;
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Cf}\p{Pd}]/gu, '');
  if (usccPattern.test(plain)) return plain === text ? undefined : plain;
  const reread = plain.replace(/[IOSVZ]/g, (sign) => misreadSigns[sign] ?? sign);
  return usccPattern.test(reread) && usccCheckSign(reread) === reread[17] ? reread : undefined;
}

/** The 18th sign: (31 − Σ value·3^(i−1) mod 31) mod 31. Values follow the alphabet, in which five letters are skipped. */
function usccCheckSign(code: string): string {
  let sum = 0;
  let weight = 1;
  for (const sign of code.slice(0, 17)) {
    sum += usccSigns.indexOf(sign) * weight;
    weight = (weight * 3) % 31;
  }
  return usccSigns.charAt((31 - (sum % 31)) % 31);
}

/** The check sign of an organisation code (GB 11714), whose letters are A=10 … Z=35. */
function organisationCheckSign(body: string): string {
  const weights = [3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number.parseInt(body.charAt(index), 36), 0);
  const check = 11 - (sum % 11);
  return check === 10 ? 'X' : String(check % 11);
}

/** 行政区划代码: six digits (GB/T 2260, and the statistics code of a zone that has one). */
export const DivisionCode = z
  .string()
  .regex(/^[1-9][0-9]{5}$/, { error: '行政区划代码应为六位数字' })
  .meta({ description: '六位行政区划代码', example: '411502' });

/** The city's divisions by code. */
export const divisions: ReadonlyMap<string, string> = new Map([
  ['411500', '信阳市'],
  ['411502', '浉河区'],
  ['411503', '平桥区'],
  ['411521', '罗山县'],
  ['411522', '光山县'],
  ['411523', '新县'],
  ['411524', '商城县'],
  ['411525', '固始县'],
  ['411526', '潢川县'],
  ['411527', '淮滨县'],
  ['411528', '息县'],
  // A statistics code, not one of GB/T 2260.
  ['411571', '信阳高新技术产业开发区'],
]);

/** 行业代码 (GB/T 4754): the letter of the section and two to four digits. */
export const IndustryCode = z
  .string()
  .regex(/^[A-T][0-9]{2,4}$/, { error: '行业代码应为一个字母加 2 至 4 位数字，例如 C39' })
  .meta({ description: '国民经济行业分类代码（GB/T 4754）', example: 'C39' });

/**
 * A park's id. Parks have no national code; the ids are the city's own (`packages/parks.ts`), and a new park may be
 * in use before it is in the table.
 */
export const ParkId = z
  .string()
  .regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/, {
    error: '园区编号只能由字母、数字和 . _ ~ - 组成，例如 XY-ZONE-YSQY',
  })
  .meta({ description: '园区编号', example: 'XY-ZONE-YSQY' });
