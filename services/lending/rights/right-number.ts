import type { RightKind } from '../contract/right-schemas.ts';
import { fullYear, malformed, type NumberReading, type NumberWarning, plainNumber } from './number-reading.ts';
import { patentBodyOf, patentCheckDigit, readPatentNumber } from './patent-number.ts';

export type { NumberReading, NumberWarning } from './number-reading.ts';

/** Provinces by the sign that their registrations of works begin with; 国 is the national register. */
const registers = '国京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川蜀黔贵滇云藏陕秦甘陇青宁新港澳台';
const softwarePattern = /^(?<year>(?:19|20)[0-9]{2})SR(?<serial>[0-9]{6,7})$/;
const worksPattern = new RegExp(
  `^(?<register>[${registers}])作登字-?(?<year>(?:19|20)[0-9]{2})-?(?<category>[A-L])-?(?<serial>[0-9]{4,8})$`,
  'u',
);
const trademarkPattern =
  /^(?:(?<international>G)(?<ir>[0-9]{1,7})|(?<digits>[0-9]{1,8}))(?<part>[A-Z]?)(?:-(?<nice>[0-9]{1,2}))?$/;
const niceText = /\(?第?(?<nice>[0-9]{1,2})类\)?$/u;
const niceClasses = 45;
const layoutPattern = /^BS\.?(?<body>(?<year>[0-9]{2})5[0-9]{5})(?:\.?(?<check>[0-9X]))?$/;

/** Reads a right's number; answers for every text and never throws. */
export function readRightNumber(kind: RightKind, text: string): NumberReading {
  const plain = plainNumber(text);
  switch (kind) {
    case 'invention':
    case 'utility-model':
    case 'design':
      return readPatentNumber(kind, plain);
    case 'trademark':
      return readTrademark(plain);
    case 'software':
      return readSoftware(plain);
    case 'copyright':
      return readWork(plain);
    case 'ic-layout':
      return readLayout(plain);
    case 'licence-income':
      return plain === '' ? malformed('应填许可合同编号') : { ok: true, number: plain, warnings: [] };
  }
}

/**
 * The one name of a right over all loans: rights with the same key are the same right, however their numbers were
 * typed. A patent goes by its digits and a work by its number, so that a wrong kind or check digit makes no second
 * right. A contract's number is the enterprise's own, so only with its code does it name a claim to income.
 */
export function rightKey({ kind, number }: { kind: RightKind; number: string }, uscc: string): string {
  const reading = readRightNumber(kind, number);
  const normal = reading.ok ? reading.number : plainNumber(number);
  switch (kind) {
    case 'invention':
    case 'utility-model':
    case 'design':
      return `patent#${patentBodyOf(number) ?? normal}`;
    case 'copyright':
    case 'software':
      return `work#${normal}`;
    case 'licence-income':
      return `${kind}#${uscc}#${normal}`;
    case 'trademark':
    case 'ic-layout':
      return `${kind}#${normal}`;
  }
}

/**
 * 商标注册号: up to 8 digits, or G and the international number; a part of a divided registration has a letter behind.
 * A registration is pledged whole, so its class is told beside the number and is no part of it.
 */
function readTrademark(plain: string): NumberReading {
  const inWords = niceText.exec(plain);
  const short =
    inWords === null ? plain : `${plain.slice(0, inWords.index).replace(/-$/, '')}-${inWords.groups?.['nice']}`;
  const {
    international,
    ir,
    digits,
    part = '',
    nice,
  } = trademarkPattern.exec(short.replace(/^第(.+)号(?=-)/u, '$1'))?.groups ?? {};
  const serial = (international === undefined ? digits : ir)?.replace(/^0+/, '');
  if (serial === undefined || serial === '') {
    return malformed('商标注册号应为 1 至 8 位数字或 G 加国际注册号，类别可写在其后，例如 12345678-9');
  }
  const niceClass = nice === undefined ? undefined : Number(nice);
  if (niceClass !== undefined && (niceClass < 1 || niceClass > niceClasses)) {
    return malformed(`商标类别应为 1 至 ${niceClasses}`);
  }
  const number = `${international ?? ''}${serial}${part}`;
  return { ok: true, number, ...(niceClass !== undefined && { niceClass }), warnings: [] };
}

/** 计算机软件著作权登记号: `2020SR0123456`. The certificate (软著登字) has another number, which is not taken. */
function readSoftware(plain: string): NumberReading {
  const { year } = softwarePattern.exec(plain)?.groups ?? {};
  if (year !== undefined) return { ok: true, number: plain, year: Number(year), warnings: [] };
  if (plain.includes('软著登字')) return malformed('这是证书号，应填登记号，例如 2020SR0123456');
  return malformed('软件著作权登记号应为四位年份、SR 和 6 至 7 位数字，例如 2020SR0123456');
}

/** 作品登记号: `国作登字-2020-F-01234567`; registers wrote them in many ways before 2012, which are taken with a warning. */
function readWork(plain: string): NumberReading {
  if (softwarePattern.test(plain)) return malformed('这是计算机软件的登记号，种类应为 software');
  const { register, year, category, serial } = worksPattern.exec(plain)?.groups ?? {};
  if (serial !== undefined) {
    const number = `${register}作登字-${year}-${category}-${serial.padStart(8, '0')}`;
    return { ok: true, number, year: Number(year), warnings: [] };
  }
  if (!/[0-9]/.test(plain)) return malformed('作品登记号应含登记序号，例如 国作登字-2020-F-01234567');
  return { ok: true, number: plain, warnings: [unusual('作品登记号', '国作登字-2020-F-01234567')] };
}

/**
 * 集成电路布图设计登记号: `BS.08500145.7`. That its last sign follows the rule of patents was inferred from a few real
 * numbers, so a number that does not is taken with a warning.
 */
function readLayout(plain: string): NumberReading {
  const { body, year, check } = layoutPattern.exec(plain)?.groups ?? {};
  if (body === undefined || year === undefined) {
    if (!/^BS.*[0-9]{4}/.test(plain)) return malformed('布图设计登记号应以 BS. 起，例如 BS.08500145.7');
    return { ok: true, number: plain, warnings: [unusual('布图设计登记号', 'BS.08500145.7')] };
  }
  const expected = patentCheckDigit(body);
  const warnings: NumberWarning[] = [];
  if (check === undefined)
    warnings.push({ code: 'check-digit-missing', message: `登记号缺校验位，已按 ${expected} 补齐` });
  else if (check !== expected)
    warnings.push({ code: 'check-digit', message: `登记号的校验位似应为 ${expected}，请核对` });
  const full = fullYear(Number(year));
  const filed = { earliest: `${full}-01-01`, latest: `${full}-12-31` };
  return { ok: true, number: `BS.${body}.${check ?? expected}`, year: full, filed, warnings };
}

const unusual = (what: string, example: string): NumberWarning => ({
  code: 'unusual-form',
  message: `${what}的写法少见，请与登记证书核对；常见写法如 ${example}`,
});
