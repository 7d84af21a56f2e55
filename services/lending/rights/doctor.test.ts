import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { tries } from '../../../test/support/effort.ts';
import { rightKinds } from '../contract/right-schemas.ts';
import { type Asset, type Bundle, examine } from './doctor.ts';
import { soundDay, soundMaturity, soundRights } from './sample-rights.ts';

const { invention, trademark, software, 'utility-model': utilityModel } = soundRights;
const loan: Bundle['loan'] = { principalFen: 60_000_000n, disbursedOn: '2026-11-10', maturesOn: soundMaturity };
const sound: Asset[] = [invention, trademark, software];
const bundle = (assets: Asset[], changes: Partial<Bundle> = {}): Bundle => ({ loan, assets, ...changes });
const found = (checked: Bundle, on = soundDay) => examine(checked, on).findings;
const only = (asset: Asset) => found(bundle([asset, software, trademark])).filter((finding) => finding.asset === 0);

test('a sound bundle is clear: what is said of it is only to be known', () => {
  const { outcome, findings, pledge } = examine(bundle(sound), soundDay);
  expect(outcome).toBe('clear');
  expect(findings).toMatchObject([{ severity: 'note', code: 'fee-due', asset: 0 }]);
  expect(pledge).toMatchObject({ loanFen: 60_000_000n, ratioBps: 2_000n, capBps: 4_500n, withinCap: true });
});

test('of which nothing but numbers and values is known, nothing passes and nothing stops', () => {
  const bare = sound.map(({ kind, number, valueFen, valuedOn }): Asset => ({ kind, number, valueFen, valuedOn }));
  const { outcome, findings } = examine(bundle(bare), soundDay);
  expect(outcome).toBe('warn');
  expect(findings.filter(({ code }) => code === 'facts-missing').map(({ asset }) => asset)).toEqual([0, 1, 2]);
  expect(findings.find(({ code, asset }) => code === 'facts-missing' && asset === 0)?.message).toContain(
    '专利年费未按规定缴纳',
  );
});

describe('of one right', () => {
  test.each<[string, Asset, string, string]>([
    ['a number that is none', { ...invention, number: '201710601862.4' }, 'stop', 'number-malformed'],
    [
      'a number without its check digit',
      { ...invention, number: '201710601862' },
      'note',
      'number-check-digit-missing',
    ],
    ['a hard ground', { ...invention, pledged: true }, 'stop', 'already-pledged'],
    ['a curable ground', { ...invention, invalidationPending: true }, 'warn', 'invalidation-pending'],
    ['an end by the number alone', { ...invention, filedOn: undefined }, 'note', 'life-by-number-only'],
    [
      'an end that may come before maturity',
      { ...utilityModel, number: '201721898050.3', filedOn: undefined },
      'warn',
      'life-uncertain',
    ],
    [
      'an end that nobody knows',
      { ...software, number: '2021SR0000001', publishedOn: undefined },
      'warn',
      'life-uncertain',
    ],
    ['an end within a year of maturity', { ...invention, expiresOn: '2028-11-21' }, 'warn', 'life-margin'],
    [
      'a trademark to be renewed under the loan',
      { ...trademark, number: '1', expiresOn: '2027-03-13' },
      'warn',
      'renewal-due',
    ],
    ['one to be renewed soon after', { ...trademark, number: '1', expiresOn: '2028-03-13' }, 'note', 'renewal-due'],
    ['one in its grace', { ...trademark, number: '1', expiresOn: '2026-09-13' }, 'warn', 'renewal-overdue'],
    ['a fee overdue', { ...invention, feePaidUntil: '2026-07-20' }, 'stop', 'fee-overdue'],
    ['an end for unpaid fees', { ...invention, feePaidUntil: '2025-07-20' }, 'stop', 'fee-ended'],
    ['a value of over a year ago', { ...invention, valuedOn: '2025-11-22' }, 'warn', 'value-old'],
    ['a value of tomorrow', { ...invention, valuedOn: '2026-11-24' }, 'stop', 'value-in-future'],
    ['no registration', { ...invention, registeredOn: undefined }, 'note', 'not-registered'],
    [
      'a registration after the money',
      { ...invention, registeredOn: '2026-11-11' },
      'warn',
      'registered-after-disbursement',
    ],
  ])('%s is told as %3$s', (_case, asset, severity, code) => {
    expect(only(asset)).toContainEqual(expect.objectContaining({ severity, code }));
  });

  test('a value holds a year, its last day included', () => {
    expect(only({ ...invention, valuedOn: '2025-11-23' }).map(({ code }) => code)).not.toContain('value-old');
  });

  test('a fee overdue names the surcharge and the last day to pay', () => {
    const overdue = only({ ...invention, feePaidUntil: '2026-07-20' }).find(({ code }) => code === 'fee-overdue');
    expect(overdue?.message).toBe('年费应于 2026-07-21 前缴纳，现处滞纳期，滞纳金为全额年费的 20 %');
    expect(overdue?.cure).toBe('至迟 2027-01-21 补缴，否则权利自 2026-07-21 起终止');
  });

  test('fees due under the loan are counted, the next one dated', () => {
    const maturesOn = '2029-11-22';
    const [fee] = found({ loan: { ...loan, maturesOn }, assets: [invention] }).filter(({ code }) => code === 'fee-due');
    expect(fee?.message).toContain('尚有 3 次年费，最近一次（第 11 年度）应于 2027-07-21 前缴纳');
  });

  test('what both parties acknowledged is still to be known', () => {
    const acknowledgements = [{ ground: 'invalidation-pending', acknowledgedOn: '2026-11-20', digest: 'a'.repeat(64) }];
    expect(only({ ...invention, invalidationPending: true, acknowledgements })).toContainEqual(
      expect.objectContaining({
        severity: 'note',
        code: 'invalidation-pending',
        message: expect.stringContaining('双方已于 2026-11-20'),
      }),
    );
  });
});

describe('of the bundle', () => {
  test('a right brought twice stops, and its value counts once', () => {
    const { findings, pledge } = examine(
      bundle([invention, { ...invention, number: 'ZL2017106018623', valueFen: 900_000_000n }]),
      soundDay,
    );
    expect(findings).toContainEqual(expect.objectContaining({ severity: 'stop', code: 'right-twice', asset: 1 }));
    expect(pledge.valueFen).toBe(invention.valueFen);
  });

  test('a loan above the caps needs a reason', () => {
    const above = bundle(sound, { loan: { ...loan, principalFen: 135_000_001n } });
    expect(found(above)).toContainEqual(
      expect.objectContaining({
        severity: 'warn',
        code: 'ratio-above-cap',
        message: '质押率 45.01 %，高于按价值加权的上限 45 %：上限内至多贷 1350000.00 元',
      }),
    );
    const reasoned = examine({ ...above, override: { reason: '上市公司，现金流充足' } }, soundDay);
    expect(reasoned.findings).toContainEqual(expect.objectContaining({ severity: 'note', code: 'ratio-overridden' }));
    expect(reasoned.outcome).toBe('clear');
  });

  test('only the part of a loan that rests on rights is weighed', () => {
    const { pledge } = examine(
      bundle(sound, { loan: { ...loan, principalFen: 180_000_001n, ipPartBps: 5_000n } }),
      soundDay,
    );
    expect(pledge.loanFen).toBe(90_000_000n);
  });

  test('that rests on one right says so, and what is left without it', () => {
    const findings = found(
      bundle([{ ...invention, valueFen: 500_000_000n }, trademark], { loan: { ...loan, principalFen: 120_000_000n } }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({ code: 'value-concentrated', message: expect.stringContaining('83.33 %') }),
    );
    expect(findings).toContainEqual(
      expect.objectContaining({
        severity: 'warn',
        code: 'fragile',
        message: '1 种情形下组合经不起失去：最重者为 201710601862.3 失效，余值 1000000.00 元，质押率升至 120 %',
      }),
    );
  });

  test('a family that falls together is named', () => {
    const twins = [invention, utilityModel].map((asset) => ({ ...asset, family: 'twins' }));
    const { falls } = examine(bundle([software, ...twins]), soundDay);
    expect(falls[0]).toMatchObject({ of: { family: 'twins' }, lostFen: 200_000_000n });
    expect(falls.slice(1).map(({ of }) => of)).toEqual(
      expect.arrayContaining([{ asset: 0 }, { asset: 1 }, { asset: 2 }]),
    );
  });

  test('the gravest is said first', () => {
    const severities = found(bundle([software, { ...invention, pledged: true, invalidationPending: true }])).map(
      ({ severity }) => severity,
    );
    expect(severities).toEqual(
      severities.toSorted(
        (one, other) => ['stop', 'warn', 'note'].indexOf(one) - ['stop', 'warn', 'note'].indexOf(other),
      ),
    );
    expect(severities[0]).toBe('stop');
  });
});

test('any bundle on any day gets an answer in sentences, and what stops or warns says what cures it', () => {
  const day = fc.integer({ min: 0, max: 15_000 }).map((days) => addDays('1995-01-01', days));
  const maybe = fc.option(day, { nil: undefined });
  const asset = fc
    .record({
      kind: fc.constantFrom(...rightKinds),
      valueFen: fc.bigInt({ min: 0n, max: 10n ** 10n }),
      valuedOn: day,
      filedOn: maybe,
      expiresOn: maybe,
      feePaidUntil: maybe,
      publishedOn: maybe,
      registeredOn: maybe,
      inForce: fc.constantFrom(true, false, undefined),
    })
    .map((facts): Asset => ({ ...soundRights[facts.kind], ...facts }));
  fc.assert(
    fc.property(
      fc.array(asset, { minLength: 1, maxLength: 5 }),
      day,
      day,
      fc.bigInt({ min: 0n, max: 10n ** 11n }),
      (assets, on, maturesOn, principalFen) => {
        const { findings, outcome, rights } = examine({ loan: { principalFen, maturesOn }, assets }, on);
        expect(rights).toHaveLength(assets.length);
        for (const { severity, message, cure, code } of findings) {
          expect(message).toMatch(/\p{Script=Han}/u);
          if (severity === 'stop') expect(cure, code).toMatch(/\p{Script=Han}/u);
        }
        const failsHard = rights.some(({ checks }) =>
          checks.some(({ answer, code }) => answer === 'fail' && code === 'not-in-force'),
        );
        if (failsHard) expect(outcome).toBe('stop');
        if (rights.some(({ checks }) => checks.some(({ answer }) => answer === 'unknown')))
          expect(outcome).not.toBe('clear');
      },
    ),
    { numRuns: tries(150, 5_000) },
  );
});
