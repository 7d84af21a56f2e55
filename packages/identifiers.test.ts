import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkUscc, DivisionCode, divisions, IndustryCode, ParkId, Uscc } from './identifiers.ts';
import { parkOf, parks } from './parks.ts';

// Huawei, Tencent, Alibaba, Xiaomi, the standard's own example, and invented codes of Xinyang.
const valid = [
  '914403001922038216',
  '91440300708461136T',
  '91330100799655058B',
  '91110108551385082Q',
  '91350100M000100Y43',
  // Reported elsewhere as failing; it holds.
  '9131000063159284XQ',
  '91411500MA9TEXT51G',
  '91411502MA9TETT0X9',
  '91411503MA9TEXT19G',
  '91411522MA9TEXT43H',
  '91411525MA9TEXT277',
  '91411526MA9TEXT35G',
];

test.each(valid)('%s holds', (code) => {
  expect(checkUscc(code)).toMatchObject({ kind: 'ok' });
  expect(Uscc.parse(code)).toBe(code);
});

test('the invented codes hold inside too', () => {
  for (const code of valid.slice(6)) expect(checkUscc(code)).toEqual({ kind: 'ok', organisationCode: 'holds' });
});

test('a code may hold while its inner organisation code does not', () => {
  expect(checkUscc('91411502MA9TETT1XA')).toEqual({ kind: 'ok', organisationCode: 'fails' });
});

// The latter two were really issued, which is why a failing check is a warning.
test.each([
  ['914403001922038217', '6'],
  ['91350211M0000XUF46', undefined],
  ['91350100M0001TGQXM', undefined],
])('%s is well-formed and fails the check', (code, expected) => {
  const check = checkUscc(code);
  expect(check).toMatchObject({ kind: 'warning', warning: 'check-digit', ...(expected && { expected }) });
  expect(Uscc.safeParse(code).success).toBe(true);
  if (check.kind === 'warning') expect(checkUscc(code.slice(0, 17) + check.expected).kind).toBe('ok');
});

test.each([
  // The standard's counter-example ends in a letter the alphabet lacks.
  '91350100M000100Y4Z',
  '91411502MA9TETT0X',
  '91411502MA9TETT0X99',
  '91411502MA9TETT0I9',
  '91411502MA9TETT0X9\n',
  '',
])('%j is malformed', (code) => {
  expect(checkUscc(code).kind).toBe('malformed');
  expect(Uscc.safeParse(code).success).toBe(false);
});

test.each([
  '91411502ma9tett0x9',
  ' 91411502MA9TETT0X9 ',
  '91411502 MA9TETT0X 9',
  '91411502-MA9TETT0X-9',
  '９１４１１５０２ＭＡ９ＴＥＴＴ０Ｘ９',
  '\uFEFF91411502MA9TETT0X9',
  '914115O2MA9TETTOX9',
])('%j is refused, and the code meant is named', (code) => {
  expect(checkUscc(code)).toEqual({ kind: 'malformed', hint: '91411502MA9TETT0X9' });
  expect(Uscc.safeParse(code).error?.issues[0]?.message).toContain('是否应为 91411502MA9TETT0X9');
});

test('a letter that does not exist is read as another only where the check digit then holds', () => {
  expect(checkUscc('914115O2MA9TETT0X8')).toEqual({ kind: 'malformed' });
});

test('any string gets an answer', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 80 })), (text) => {
      expect(['ok', 'malformed', 'warning']).toContain(checkUscc(text).kind);
    }),
  );
  expect(checkUscc('９'.repeat(10_000_000)).kind).toBe('malformed');
});

test('every single wrong sign is noticed', () => {
  const sign = fc.constantFrom(...'0123456789ABCDEFGHJKLMNPQRTUWXY'.split(''));
  fc.assert(
    fc.property(fc.constantFrom(...valid), fc.nat(17), sign, (code, index, other) => {
      fc.pre(code[index] !== other);
      expect(checkUscc(code.slice(0, index) + other + code.slice(index + 1)).kind).toBe('warning');
    }),
  );
});

test('division and industry codes', () => {
  for (const code of divisions.keys()) expect(DivisionCode.safeParse(code).success).toBe(true);
  for (const code of ['41150', '4115020', '041502', '41150A', '４１１５０２']) {
    expect(DivisionCode.safeParse(code).success).toBe(false);
  }
  for (const code of ['C39', 'C391', 'A0111']) expect(IndustryCode.safeParse(code).success).toBe(true);
  for (const code of ['39', 'C3', 'C39111', 'c39', 'U39', 'CC39'])
    expect(IndustryCode.safeParse(code).success).toBe(false);
});

test('every county has a park, every park a division, and made-up names say so', () => {
  expect(new Set(parks.map((park) => park.id)).size).toBe(parks.length);
  for (const park of parks) {
    expect(park.id).toMatch(/^XY-ZONE-[A-Z]+$/);
    expect(ParkId.safeParse(park.id).success).toBe(true);
    expect(divisions.has(park.divisionCode)).toBe(true);
    expect(park.name.endsWith('（示例）')).toBe(park.evidence === 'example');
  }
  for (const code of divisions.keys()) expect(parks.some((park) => park.divisionCode === code)).toBe(true);
  expect(parkOf('XY-ZONE-YSQY')).toMatchObject({ name: '羊山新区', divisionCode: '411502' });
  expect(parkOf('constructor')).toBeUndefined();
});
