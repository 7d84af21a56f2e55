import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ConsentGrant, Name, Nomination } from './nomination.ts';

const nomination = {
  uscc: '91411502MA9TETT0X9',
  name: '信阳浉河茶业有限公司（示例）',
  divisionCode: '411502',
  sizeClass: 'small',
  industryCode: 'C15',
  foundedOn: '2015-03-01',
};
const grant = {
  purposes: ['credit', 'ip'],
  recipients: ['all-banks'],
  grantedOn: '2026-01-05',
  expiresOn: '2027-01-04',
  evidenceDigest: 'a'.repeat(64),
};

test('a nomination is taken as it is, with and without its optional fields', () => {
  expect(Nomination.parse(nomination)).toEqual(nomination);
  const full = { ...nomination, parkId: 'XY-ZONE-YSQY', legalRepresentative: '李镕' };
  expect(Nomination.parse(full)).toEqual(full);
});

test.each([
  ['unknown field', { remark: 'x' }],
  ['null', { parkId: null }],
  ['missing field', { name: undefined }],
  ['malformed code', { uscc: '91350100M000100Y4Z' }],
  ['number for a code', { divisionCode: 411502 }],
  ['size in Chinese', { sizeClass: '小型' }],
  ['date with time', { foundedOn: '2015-03-01T00:00:00.000Z' }],
])('a nomination with an %s is refused', (_case, change) => {
  expect(Nomination.safeParse({ ...nomination, ...change }).success).toBe(false);
});

test('a code that fails its check digit is not refused here', () => {
  expect(Nomination.safeParse({ ...nomination, uscc: '91350211M0000XUF46' }).success).toBe(true);
});

test('names that look the same are the same, and invisible characters are refused', () => {
  expect(Name.parse(' Cafe\u0301\u3000')).toBe('Caf\u00e9');
  for (const bad of ['', ' \u3000', '甲\n乙', '甲\u200b乙', '甲\u202e乙', '甲\ud800', '甲\u0000', '甲'.repeat(201)]) {
    expect(Name.safeParse(bad).success).toBe(false);
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const name = Name.safeParse(text);
      if (name.success) expect(Name.parse(name.data)).toBe(name.data);
    }),
  );
});

test('a consent is taken as it is, its digest in lower case', () => {
  expect(ConsentGrant.parse({ ...grant, evidenceDigest: 'A'.repeat(64) })).toEqual(grant);
  const some = { ...grant, purposes: ['ip'], recipients: ['bank-a', 'bank-b'] };
  expect(ConsentGrant.parse(some)).toEqual(some);
});

test.each([
  ['no purpose', { purposes: [] }],
  ['a purpose twice', { purposes: ['ip', 'ip'] }],
  ['another purpose', { purposes: ['tax'] }],
  ['no recipient', { recipients: [] }],
  ['a recipient twice', { recipients: ['bank-a', 'bank-a'] }],
  ['a recipient that is no id', { recipients: ['bank a'] }],
  ['an end on its first day', { expiresOn: '2026-01-05' }],
  ['a short digest', { evidenceDigest: 'a'.repeat(63) }],
  ['an unknown field', { status: 'live' }],
])('a consent with %s is refused', (_case, change) => {
  expect(ConsentGrant.safeParse({ ...grant, ...change }).success).toBe(false);
});
