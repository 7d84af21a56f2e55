import { expect, test } from 'vitest';
import { CreditFacts, IpFacts, NominationFacts, ScreeningFacts } from './facts.ts';
import { soundFacts, soundScreeningFacts } from './rules/sample-facts.ts';

const { credit, ip, nomination } = soundFacts();
const [asset] = ip.assets;
const penalty = { documentNo: '1', decidedOn: '2026-01-05', gravity: 'minor', fineFen: 0 };

test('the agreed shapes are read', () => {
  expect(CreditFacts.parse(credit)).toEqual(credit);
  expect(IpFacts.parse(ip)).toEqual(ip);
  expect(NominationFacts.parse(nomination.data)).toEqual(nomination.data);
  expect(ScreeningFacts.parse(soundScreeningFacts())).toEqual(soundScreeningFacts());
});

test.each(['registration', 'taxGrade', 'publicCreditGrade'] as const)(
  '%s may be absent: it is unknown then',
  (field) => {
    const { [field]: _absent, ...rest } = credit;
    expect(CreditFacts.parse(rest)).toEqual(rest);
  },
);

test.each<[string, unknown]>([
  ['a renamed record', { ...credit, registration: undefined, reg: credit.registration }],
  ['a grade that became an object', { ...credit, taxGrade: { value: 'A' } }],
  ['a grade nobody agreed on', { ...credit, publicCreditGrade: '优' }],
  ['an absent grade said as null', { ...credit, taxGrade: null }],
  ['a list that became null', { ...credit, penalties: null }],
  ['a list left out', { lists: [], abnormal: [] }],
  ['a list of an unknown kind', { ...credit, lists: [{ kind: 'tax', listedOn: '2026-01-05' }] }],
  ['an open end said as null', { ...credit, abnormal: [{ listedOn: '2026-01-05', removedOn: null }] }],
  ['an open end said as an empty text', { ...credit, abnormal: [{ listedOn: '2026-01-05', removedOn: '' }] }],
  ['a day that does not exist', { ...credit, abnormal: [{ listedOn: '2026-02-30' }] }],
  ['an instant for a date', { ...credit, abnormal: [{ listedOn: '2026-01-05T00:00:00Z' }] }],
  ['a fine in yuan', { ...credit, penalties: [{ ...penalty, fineFen: 0.5 }] }],
  ['a field more in an entry', { ...credit, penalties: [{ ...penalty, status: 'revoked' }] }],
])('%s is drift', (_case, data) => {
  expect(CreditFacts.safeParse(data).success).toBe(false);
});

test.each<[string, unknown]>([
  ['no assets at all', {}],
  ['a pledge mark that became a word', { assets: [{ ...asset, pledged: 'no' }] }],
  ['no pledge mark', { assets: [{ ...asset, pledged: undefined }] }],
  ['a status nobody agreed on', { assets: [{ ...asset, status: 'valid' }] }],
])('%s is drift too', (_case, data) => {
  expect(IpFacts.safeParse(data).success).toBe(false);
});
