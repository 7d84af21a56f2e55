import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { checksOf, curableCodes, groundsOf } from './checks.ts';
import type { Asset } from './doctor.ts';
import { authorities, authorityOf } from './ground.ts';
import type { Examined } from './register-facts.ts';
import { soundDay, soundMaturity, soundRights } from './sample-rights.ts';

const {
  invention,
  trademark,
  software,
  copyright,
  'utility-model': utilityModel,
  'ic-layout': layout,
  'licence-income': income,
} = soundRights;
const examined = (asset: Asset): Examined => ({ ...asset, on: soundDay, maturesOn: soundMaturity });
const answers = (asset: Asset, acknowledgements: Parameters<typeof checksOf>[1] = []) =>
  checksOf(examined(asset), acknowledgements);
const failing = (asset: Asset) =>
  answers(asset).flatMap(({ answer, number, code }) => (answer === 'fail' ? [`${number} ${code}`] : []));

test.each(rightKinds)('a sound %s passes every ground of its register', (kind) => {
  for (const check of answers(soundRights[kind])) expect(check).toMatchObject({ answer: 'pass' });
});

test('the patent register has twelve grounds, the tenth and eleventh curable', () => {
  const grounds = groundsOf['patent-register'];
  expect(grounds.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  expect(grounds.flatMap(({ hardness, number }) => (hardness === 'curable' ? [number] : []))).toEqual([10, 11]);
});

test.each(authorities)('the grounds of %s are numbered from 1, each by a code of its own', (authority) => {
  const grounds = groundsOf[authority];
  expect(grounds.map(({ number }) => number)).toEqual(grounds.map((_ground, place) => place + 1));
  expect(new Set(grounds.map(({ code }) => code)).size).toBe(grounds.length);
});

describe('of a patent', () => {
  test.each<[string, Asset, string[]]>([
    ['a stranger’s', { ...invention, pledgorIsOwner: false }, ['1 not-owner']],
    ['one declared invalid', { ...invention, inForce: false }, ['2 not-in-force']],
    [
      'one whose term is over, whatever is said',
      { ...utilityModel, filedOn: '2016-11-22', number: '201621898050.7' },
      ['2 not-in-force', '6 debt-outlives-right'],
    ],
    ['an application', { ...invention, granted: false }, ['3 not-granted']],
    ['one granted tomorrow', { ...invention, grantedOn: '2026-11-24' }, ['3 not-granted']],
    ['one with a fee overdue', { ...invention, feePaidUntil: '2026-07-20' }, ['4 fee-unpaid']],
    ['one that ended for its fees', { ...invention, feePaidUntil: '2025-07-20' }, ['2 not-in-force', '4 fee-unpaid']],
    ['one under preservation', { ...invention, suspended: true }, ['5 suspended']],
    ['one that ends a day before maturity', { ...invention, expiresOn: '2027-11-21' }, ['6 debt-outlives-right']],
    ['one whose contract lacks something', { ...invention, contractComplete: false }, ['7 contract-incomplete']],
    ['a co-owned one without consent', { ...invention, coOwners: 2, coOwnersConsent: false }, ['8 co-owners']],
    ['one in a pledge by the register', { ...invention, pledged: true }, ['9 already-pledged']],
    ['one in a live bundle, whatever the register says', { ...invention, held: true }, ['9 already-pledged']],
    ['a utility model with a twin', { ...utilityModel, sameDayInvention: true }, ['10 same-day-invention']],
    ['one being invalidated', { ...invention, invalidationPending: true }, ['11 invalidation-pending']],
    ['one with another obstacle', { ...invention, otherObstacle: true }, ['12 other']],
  ])('%s fails', (_case, asset, codes) => {
    expect(failing(asset)).toEqual(codes);
  });

  test('co-owners who consent, or nobody beside the pledgor, are no ground', () => {
    expect(failing({ ...invention, coOwners: 2, coOwnersConsent: true })).toEqual([]);
    expect(answers({ ...invention, coOwners: 2 })[7]).toMatchObject({ answer: 'unknown' });
  });

  test('an invention has no twin to be asked about', () => {
    expect(answers({ ...invention, sameDayInvention: true })[9]).toMatchObject({ answer: 'pass' });
  });
});

describe('of another register', () => {
  test.each<[string, Asset, string[]]>([
    ['a trademark applied for', { ...trademark, granted: false }, ['2 not-registered']],
    ['one beyond its grace', { ...trademark, expiresOn: '2026-05-22' }, ['3 not-in-force']],
    ['one in another pledge', { ...trademark, pledged: true }, ['7 already-pledged']],
    ['one whose likes stay behind', { ...trademark, similarMarksIncluded: false }, ['8 similar-marks-left-out']],
    ['a work in dispute', { ...copyright, suspended: true }, ['5 suspended']],
    [
      'a work of fifty years ago',
      { ...copyright, publishedOn: '1975-12-31' },
      ['3 not-in-force', '4 debt-outlives-right'],
    ],
    ['software without its co-owners', { ...software, coOwners: 1, coOwnersConsent: false }, ['6 co-owners']],
    [
      'a layout too old for the loan',
      { ...layout, number: 'BS.17500520.6', filedOn: '2017-06-01', firstUsedOn: '2017-06-01', createdOn: '2017-01-01' },
      ['5 debt-outlives-right'],
    ],
    ['a layout being cancelled', { ...layout, invalidationPending: true }, ['9 invalidation-pending']],
    ['income that nobody confirmed', { ...income, debtorConfirmed: false }, ['2 debtor-unconfirmed']],
    ['income registered elsewhere', { ...income, register: 'other' }, ['3 wrong-register']],
    ['income assigned before', { ...income, assigned: true }, ['4 assigned']],
    ['income that ends before the loan', { ...income, licenceEndsOn: '2027-11-21' }, ['6 debt-outlives-right']],
  ])('%s fails', (_case, asset, codes) => {
    expect(failing(asset)).toEqual(codes);
  });

  test('a trademark within its grace, or to be renewed under the loan, is no ground', () => {
    expect(failing({ ...trademark, expiresOn: '2026-05-23' })).toEqual([]);
    expect(failing({ ...trademark, expiresOn: '2027-01-01' })).toEqual([]);
  });
});

describe('an acknowledgement', () => {
  const digest = 'a'.repeat(64);
  const twin = { ...utilityModel, sameDayInvention: true };

  test('of both parties cures a curable ground from its day on', () => {
    const of = (acknowledgedOn: string) => answers(twin, [{ ground: 'same-day-invention', acknowledgedOn, digest }])[9];
    expect(of(soundDay)).toEqual({ number: 10, code: 'same-day-invention', answer: 'fail', acknowledgedOn: soundDay });
    expect(of('2026-11-24')).not.toHaveProperty('acknowledgedOn');
  });

  test('cures no hard ground, no other ground, and nothing that is not known', () => {
    const said = ['already-pledged', 'same-day-invention'].map((ground) => ({
      ground,
      acknowledgedOn: soundDay,
      digest,
    }));
    const checks = answers({ ...twin, pledged: true, sameDayInvention: undefined }, said);
    expect(checks.filter((check) => check.acknowledgedOn !== undefined)).toEqual([]);
    expect(curableCodes).not.toContain('already-pledged');
  });
});

/** The facts that may be left out: what is then asked is unknown. */
const optional = [
  'filedOn',
  'grantedOn',
  'publishedOn',
  'firstUsedOn',
  'createdOn',
  'expiresOn',
  'licenceEndsOn',
  'feePaidUntil',
  'pledgorIsOwner',
  'granted',
  'inForce',
  'suspended',
  'contractComplete',
  'coOwners',
  'coOwnersConsent',
  'pledged',
  'sameDayInvention',
  'invalidationPending',
  'similarMarksIncluded',
  'debtorConfirmed',
  'assigned',
  'register',
  'otherObstacle',
] as const;

test.each(rightKinds)('of a %s that nobody says anything of, no ground that asks for a fact passes', (kind) => {
  const bare = { ...soundRights[kind], ...Object.fromEntries(optional.map((name) => [name, undefined])) };
  const passed = answers(bare).flatMap(({ answer, code }) => (answer === 'pass' ? [code] : []));
  // By its number a patent's life is known well enough, and only a utility model has a twin.
  const known = ['debt-outlives-right', ...(kind === 'utility-model' ? [] : ['same-day-invention'])];
  expect(known).toEqual(expect.arrayContaining(passed));
});

const yesOrNo = fc.constantFrom(true, false, undefined);
const arbitraryAsset: fc.Arbitrary<Asset> = fc
  .record({
    kind: fc.constantFrom(...rightKinds),
    pledgorIsOwner: yesOrNo,
    granted: yesOrNo,
    inForce: yesOrNo,
    suspended: yesOrNo,
    contractComplete: yesOrNo,
    coOwners: fc.constantFrom(undefined, 1, 3),
    coOwnersConsent: yesOrNo,
    pledged: yesOrNo,
    held: fc.boolean(),
    sameDayInvention: yesOrNo,
    invalidationPending: yesOrNo,
    similarMarksIncluded: yesOrNo,
    debtorConfirmed: yesOrNo,
    assigned: yesOrNo,
    register: fc.constantFrom('zhongdeng', 'other', undefined),
    otherObstacle: yesOrNo,
    feePaidUntil: fc.constantFrom('2024-07-20', '2026-07-20', '2027-07-20', undefined),
    expiresOn: fc.constantFrom('2026-01-01', '2027-11-21', '2028-01-01', undefined),
  })
  // Nobody says of a right that is over by its own dates that it is in force.
  .map(({ kind, ...facts }) => {
    const isOver = facts.expiresOn === '2026-01-01' || facts.feePaidUntil === '2024-07-20';
    return { ...soundRights[kind], ...facts, inForce: isOver && facts.inForce === true ? undefined : facts.inForce };
  });

test('a fact left out never turns a failing ground into a passing one, nor a passing into a failing', () => {
  fc.assert(
    fc.property(arbitraryAsset, fc.subarray([...optional], { minLength: 1 }), (asset, left) => {
      const less = answers({ ...asset, ...Object.fromEntries(left.map((name) => [name, undefined])) });
      for (const [place, { answer, code }] of answers(asset).entries()) {
        const without = less[place]?.answer;
        // That a register ends a right before its term is a fact of its own: without it the term is what is known.
        const byRegister = code === 'debt-outlives-right' && left.includes('expiresOn');
        if (answer === 'fail' && !byRegister) expect(without, code).not.toBe('pass');
        // A life may be reckoned shorter from the number than the register has it; else nothing is made worse either.
        const ofTime = ['debt-outlives-right', 'not-in-force', 'fee-unpaid'].includes(code);
        if (answer === 'pass' && !ofTime) expect(without, code).not.toBe('fail');
        if (answer === 'unknown' && !ofTime) expect(without, code).toBe('unknown');
      }
      expect(less.length).toBe(groundsOf[authorityOf(asset.kind)].length);
    }),
    { numRuns: tries(1_000, 20_000) },
  );
});
