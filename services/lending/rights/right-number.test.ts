import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { patentCheckDigit } from './patent-number.ts';
import { readRightNumber, rightKey } from './right-number.ts';

const uscc = '91411502MA9TETT0X9';
const read = readRightNumber;

describe('a patent number', () => {
  // Real ones.
  test.each([
    ['invention', '201710601862.3', 2017],
    ['invention', '201310699744.2', 2013],
    ['utility-model', '201921898050.0', 2019],
    ['utility-model', '201921897980.4', 2019],
    ['utility-model', '201921897855.3', 2019],
    ['invention', '97101765.4', 1997],
    ['invention', '95115608.X', 1995],
  ] as const)('of %s, %s, holds', (kind, number, year) => {
    expect(read(kind, number)).toMatchObject({ ok: true, number, year, warnings: [] });
  });

  test.each(['ZL201710601862.3', 'zl 2017 1 0601862.3', '2017106018623', 'ＺＬ２０１７１０６０１８６２．３'])(
    '%s is the same right',
    (typed) => {
      expect(read('invention', typed)).toMatchObject({ ok: true, number: '201710601862.3' });
      expect(rightKey({ kind: 'invention', number: typed }, uscc)).toBe('patent#201710601862');
    },
  );

  test('without its check digit is completed, with a warning', () => {
    expect(read('invention', '201710601862')).toMatchObject({
      ok: true,
      number: '201710601862.3',
      warnings: [{ code: 'check-digit-missing' }],
    });
  });

  test.each([
    ['invention', '201710601862.4', '校验位应为 3'],
    ['utility-model', '201710601862.3', '表明其为发明'],
    ['design', '201921898050.0', '表明其为实用新型'],
    ['invention', '201740601862.3', '种类号应为'],
    ['invention', '200210601862.3', '年份 2002'],
    ['invention', '04101765.4', '年份 2004'],
    ['invention', '84101765.4', '年份 2084'],
    ['invention', 'CN107346518A', '公布号'],
    ['invention', '2017', '12 位数字'],
    ['invention', '', '12 位数字'],
  ] as const)('of %s, %j, is none, and a sentence says why: %s', (kind, number, message) => {
    expect(read(kind, number)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test('that came in by the PCT is of an invention or a utility model', () => {
    const of = (body: string) => `${body}.${patentCheckDigit(body)}`;
    expect(read('invention', of('201880012345')).ok).toBe(true);
    expect(read('utility-model', of('201890012345')).ok).toBe(true);
    expect(read('utility-model', of('201880012345')).ok).toBe(false);
  });

  const arbitraryBody = fc.oneof(
    fc
      .tuple(fc.integer({ min: 2003, max: 2099 }), fc.constantFrom('1', '8'), fc.integer({ min: 0, max: 9_999_999 }))
      .map(([year, kind, serial]) => `${year}${kind}${String(serial).padStart(7, '0')}`),
    fc
      .tuple(fc.integer({ min: 85, max: 99 }), fc.integer({ min: 0, max: 99_999 }))
      .map(([year, serial]) => `${year}1${String(serial).padStart(5, '0')}`),
  );

  test('with any one sign mistyped, or two unlike neighbours exchanged, is found out', () => {
    fc.assert(
      fc.property(arbitraryBody, fc.nat(11), fc.integer({ min: 1, max: 9 }), (body, at, by) => {
        const number = `${body}.${patentCheckDigit(body)}`;
        expect(read('invention', number)).toMatchObject({ ok: true, number });
        const place = at % body.length;
        const digit = String((Number(body[place]) + by) % 10);
        const mistyped = `${body.slice(0, place)}${digit}${body.slice(place + 1)}`;
        expect(patentCheckDigit(mistyped)).not.toBe(patentCheckDigit(body));
        const next = body[place + 1];
        // Between the 8th and the 9th the weights fall from 9 to 2, which is no multiple of 11 either.
        if (next === undefined || next === body[place]) return;
        const exchanged = `${body.slice(0, place)}${next}${body[place]}${body.slice(place + 2)}`;
        expect(patentCheckDigit(exchanged)).not.toBe(patentCheckDigit(body));
      }),
      { numRuns: tries(500, 20_000) },
    );
  });
});

describe('the numbers of other rights', () => {
  test.each([
    ['trademark', '12345678', { number: '12345678' }],
    ['trademark', '第12345678号', { number: '12345678' }],
    ['trademark', '12345678-9', { number: '12345678', niceClass: 9 }],
    ['trademark', '第12345678号 第9类', { number: '12345678', niceClass: 9 }],
    ['trademark', '00123456A', { number: '123456A' }],
    ['trademark', 'g1234567', { number: 'G1234567' }],
    ['software', '2020SR0123456', { number: '2020SR0123456', year: 2020 }],
    ['software', '2010sr012345', { number: '2010SR012345', year: 2010 }],
    ['copyright', '国作登字-2020-F-01234567', { number: '国作登字-2020-F-01234567', year: 2020 }],
    ['copyright', '豫作登字－2021－F－00012345', { number: '豫作登字-2021-F-00012345', year: 2021 }],
    ['copyright', '国作登字2013F00098765', { number: '国作登字-2013-F-00098765', year: 2013 }],
    ['ic-layout', 'BS.08500145.7', { number: 'BS.08500145.7', year: 2008 }],
    ['ic-layout', 'BS.12500520.2', { number: 'BS.12500520.2', year: 2012 }],
    ['ic-layout', 'bs 095006249', { number: 'BS.09500624.9', year: 2009 }],
    ['licence-income', 'XK-2024-001', { number: 'XK-2024-001' }],
  ] as const)('of %s, %s, is read', (kind, number, reading) => {
    expect(read(kind, number)).toEqual({
      ok: true,
      warnings: [],
      ...reading,
      ...(kind === 'ic-layout' && filed(reading)),
    });
  });
  const filed = ({ year }: { year?: number }) => ({ filed: { earliest: `${year}-01-01`, latest: `${year}-12-31` } });

  test.each([
    ['ic-layout', 'BS.08500145.8', 'check-digit'],
    ['ic-layout', 'BS.08500145', 'check-digit-missing'],
    ['ic-layout', 'BS-2008-00145', 'unusual-form'],
    ['copyright', '16-2008-F-123', 'unusual-form'],
  ] as const)('of %s, %s, is taken with the warning %s', (kind, number, code) => {
    expect(read(kind, number)).toMatchObject({ ok: true, warnings: [{ code }] });
  });

  test.each([
    ['trademark', '123456789', '1 至 8 位'],
    ['trademark', '0', '1 至 8 位'],
    ['trademark', '12345678-46', '1 至 45'],
    ['software', '软著登字第1234567号', '证书号'],
    ['software', '国作登字-2020-F-01234567', '登记号应为'],
    ['copyright', '2020SR0123456', '应为 software'],
    ['copyright', '作品', '登记序号'],
    ['ic-layout', '201710601862.3', 'BS.'],
    ['licence-income', ' ', '合同编号'],
  ] as const)('of %s, %j, is none: %s', (kind, number, message) => {
    expect(read(kind, number)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
  });

  test('any text gets an answer, and a normal form is its own', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 70 }));
    fc.assert(
      fc.property(fc.constantFrom(...rightKinds), text, (kind, number) => {
        const reading = read(kind, number);
        if (!reading.ok) {
          expect(reading.message).not.toBe('');
          return;
        }
        expect(read(kind, reading.number)).toMatchObject({ ok: true, number: reading.number });
        expect(rightKey({ kind, number: reading.number }, uscc)).toBe(rightKey({ kind, number }, uscc));
      }),
      { numRuns: tries(500, 10_000) },
    );
  });
});

test.each([
  [
    { kind: 'invention', number: '201710601862.3' },
    { kind: 'utility-model', number: 'ZL201710601862.4' },
  ],
  [
    { kind: 'software', number: '2020SR0123456' },
    { kind: 'copyright', number: '2020sr0123456' },
  ],
  [
    { kind: 'trademark', number: '12345678' },
    { kind: 'trademark', number: '12345678-9' },
  ],
  [
    { kind: 'ic-layout', number: 'BS.08500145.7' },
    { kind: 'ic-layout', number: 'bs08500145' },
  ],
] as const)('%j and %j are one right', (one, other) => {
  expect(rightKey(one, uscc)).toBe(rightKey(other, uscc));
});

test('a contract’s number is the enterprise’s own', () => {
  const asset = { kind: 'licence-income', number: 'XK-1' } as const;
  expect(rightKey(asset, uscc)).not.toBe(rightKey(asset, '91411503MA9TEXT19G'));
});
