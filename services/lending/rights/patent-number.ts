import { addDays, addMonths } from '#packages/calendar';
import type { RightKind } from '../contract/right-schemas.ts';
import {
  type DateRange,
  fullYear,
  malformed,
  type NumberReading,
  type NumberWarning,
  plainNumber,
} from './number-reading.ts';

/** On this day numbers went from 8 digits to 12 (ZC 0006-2003). */
const longNumbersFrom = '2003-10-01';
const firstYear = 1985;
const pattern = /^(?:ZL|CN)?(?<body>[0-9]{12}|[0-9]{8})(?:\.?(?<check>[0-9X]))?$/;
const documentPattern = /^CN[0-9]{7,9}[A-Z][0-9]?$/;

export type PatentKind = Extract<RightKind, 'invention' | 'utility-model' | 'design'>;

/** The digit behind the year says what was applied for; 8 and 9 came in by the PCT. */
const kindOfDigit: Record<string, PatentKind> = {
  1: 'invention',
  2: 'utility-model',
  3: 'design',
  8: 'invention',
  9: 'utility-model',
};
const kindText: Record<PatentKind, string> = { invention: '发明', 'utility-model': '实用新型', design: '外观设计' };

/**
 * An international application is given its Chinese number when it enters the country: 30 months from priority, 2 more
 * against a fee (专利法实施细则 120). Its day of filing is the international one, so much earlier at the most.
 */
const pctEntryMonths = 32;

/** 专利申请号, with or without ZL: `201710601862.3`; before October 2003 `97101765.4`. Takes text made plain. */
export function readPatentNumber(kind: PatentKind, plain: string): NumberReading {
  if (documentPattern.test(plain)) {
    return malformed('这是专利文献的公布号或公告号，应填专利号（申请号），例如 201710601862.3');
  }
  const { body, check } = pattern.exec(plain)?.groups ?? {};
  if (body === undefined) {
    return malformed('专利号应为 12 位数字（2003 年 10 月前为 8 位）加校验位，例如 201710601862.3，可带 ZL');
  }
  const long = body.length === 12;
  const year = long ? Number(body.slice(0, 4)) : fullYear(Number(body.slice(0, 2)));
  if (long ? year < 2003 : year < firstYear || year > 2003) {
    return malformed(
      `专利号中的年份 ${year} 与${long ? '12 位（2003 年 10 月起）' : '8 位（2003 年 9 月前）'}编号不符`,
    );
  }
  const kindDigit = body.charAt(long ? 4 : 2);
  const ofNumber = kindOfDigit[kindDigit];
  if (ofNumber === undefined) return malformed('专利号中的种类号应为 1、2、3、8 或 9');
  if (ofNumber !== kind)
    return malformed(`专利号表明其为${kindText[ofNumber]}（${ofNumber}），与所填种类 ${kind} 不符`);
  const expected = patentCheckDigit(body);
  if (check !== undefined && check !== expected) return malformed(`专利号的校验位应为 ${expected}，请核对号码`);
  const warnings: NumberWarning[] =
    check === undefined ? [{ code: 'check-digit-missing', message: `专利号缺校验位，已按 ${expected} 补齐` }] : [];
  return { ok: true, number: `${body}.${expected}`, year, filed: filedIn(year, long, kindDigit), warnings };
}

/** The digits by which a number names its patent, whatever is said of its kind and check digit. */
export function patentBodyOf(text: string): string | undefined {
  return pattern.exec(plainNumber(text))?.groups?.['body'];
}

/** Weights 2 … 9 and again from 2, the sum modulo 11; 10 is written X. */
export function patentCheckDigit(body: string): string {
  const sum = Array.from(body).reduce((total, digit, place) => total + Number(digit) * ((place % 8) + 2), 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
}

function filedIn(year: number, long: boolean, kindDigit: string): DateRange {
  const isPct = kindDigit === '8' || kindDigit === '9';
  const yearsFirst = long && year === 2003 ? longNumbersFrom : `${year}-01-01`;
  return {
    earliest: isPct ? addMonths(yearsFirst, -pctEntryMonths) : yearsFirst,
    latest: !long && year === 2003 ? addDays(longNumbersFrom, -1) : `${year}-12-31`,
  };
}
