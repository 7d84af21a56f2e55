import { describe, expect, test } from 'vitest';
import type { CaseFacts, Party, SharingTerms, SimulationRequest } from '../contract.ts';
import { simulate } from './simulate.ts';

/* Programmes as cities have them, computed by hand to the fen. 万 is 1,000,000 fen. */

const 万 = 1_000_000n;
const party = (id: string, kind: Party['kind'], shareBps: bigint, more: Partial<Party> = {}): Party => ({
  id,
  kind,
  shareBps,
  ...more,
});
const terms = (parties: Party[], more: Partial<SharingTerms> = {}): SharingTerms => ({
  parties,
  recoveryOrder: 'principal-first',
  ...more,
});
const ask = (
  programme: SharingTerms,
  facts: Partial<CaseFacts>,
  events: SimulationRequest['events'] = [],
): SimulationRequest => ({ programme, case: { outstandingFen: 0n, ...facts }, events });
const recovery = (grossFen: bigint, costsFen = 0n) => ({ type: 'recovery' as const, grossFen, costsFen });
const settle = { type: 'settle' as const };
const replenish = (amountFen: bigint) => ({ type: 'replenish' as const, amountFen });

const paidOf = ({ payments }: ReturnType<typeof simulate>) =>
  Object.fromEntries(payments.map(({ partyId, paidFen }) => [partyId, paidFen]));
const burdensOf = ({ burdens }: ReturnType<typeof simulate>) =>
  Object.fromEntries(burdens.map(({ partyId, burdenFen }) => [partyId, burdenFen]));
const principalsOf = (answer: ReturnType<typeof simulate>, place: number) => {
  const event = answer.events[place];
  if (event?.type !== 'recovery') throw new Error('no recovery');
  return Object.fromEntries(event.allocations.map(({ partyId, principalFen }) => [partyId, principalFen]));
};

describe('shares', () => {
  const zhongshan = terms([
    party('fund', 'public', 5_400n),
    party('insurer', 'private', 1_600n),
    party('valuer', 'private', 400n),
  ]);

  test('of four parties, 54 : 16 : 4 and the bank 26, and a recovery by what each has paid', () => {
    const answer = simulate(ask(zhongshan, { outstandingFen: 1_000_001n }, [recovery(333_333n)]));
    // 540,000.54, 160,000.16 and 40,000.04 rounded down; the bank carries the rest.
    expect(paidOf(answer)).toEqual({ fund: 540_000n, insurer: 160_000n, valuer: 40_000n, bank: 260_001n });
    // ⌈333,333 × 540,000 ÷ 1,000,001⌉ = ⌈179,999.6…⌉; ⌊153,333 × 160,000 ÷ 460,001⌋ = ⌊53,333.1…⌋;
    // ⌊100,000 × 40,000 ÷ 300,001⌋ = ⌊13,333.2…⌋; the rest.
    expect(principalsOf(answer, 0)).toEqual({ fund: 180_000n, insurer: 53_333n, valuer: 13_333n, bank: 86_667n });
    expect(burdensOf(answer)).toEqual({ fund: 360_000n, insurer: 106_667n, valuer: 26_667n, bank: 173_334n });
  });

  test.each([
    [1_000n * 万, 800n * 万],
    [1_000n * 万 + 1n, 500n * 万],
    [3_000n * 万, 1_500n * 万],
    [3_000n * 万 + 1n, 0n],
  ])('by tiers of the balance, for the whole amount: of %s fen the fund pays %s', (outstandingFen, fund) => {
    const steps = [
      { upToFen: 1_000n * 万, shareBps: 8_000n },
      { upToFen: 3_000n * 万, shareBps: 5_000n },
    ];
    const tiers = { by: 'outstanding' as const, steps, above: { shareBps: 0n } };
    const answer = simulate(ask(terms([party('fund', 'public', 8_000n, { tiers })]), { outstandingFen }));
    expect(paidOf(answer)).toEqual({ fund, bank: outstandingFen - fund });
  });

  test('by tiers of the revenue, though less than all is outstanding', () => {
    const steps = [2_000n, 5_000n, 10_000n].map((upTo, step) => ({
      upToFen: upTo * 万,
      shareBps: 6_000n - 1_000n * BigInt(step),
    }));
    const tiers = { by: 'revenue' as const, steps, above: { shareBps: 3_000n } };
    const fundOf = (revenueFen: bigint) =>
      paidOf(simulate(ask(terms([party('fund', 'public', 0n, { tiers })]), { outstandingFen: 100n * 万, revenueFen })))[
        'fund'
      ];
    expect([2_000n * 万, 5_000n * 万, 5_000n * 万 + 1n, 20_000n * 万].map(fundOf)).toEqual(
      [60n, 50n, 40n, 30n].map((amount) => amount * 万),
    );
  });
});

describe('caps', () => {
  const layered = [party('province', 'public', 4_000n), party('city', 'public', 2_000n, { capFen: 100n * 万 })];

  test('a level’s own cap first, then the ceiling of all levels, which the last listed gives way to', () => {
    const facts = { outstandingFen: 800n * 万 };
    expect(paidOf(simulate(ask(terms(layered), facts)))).toEqual({
      province: 320n * 万,
      city: 100n * 万,
      bank: 380n * 万,
    });
    expect(paidOf(simulate(ask(terms(layered, { allLevelsCeilingBps: 5_000n }), facts)))).toEqual({
      province: 320n * 万,
      city: 80n * 万,
      bank: 400n * 万,
    });
    expect(paidOf(simulate(ask(terms(layered, { allLevelsCeilingBps: 3_000n }), facts)))).toEqual({
      province: 240n * 万,
      city: 0n,
      bank: 560n * 万,
    });
  });

  test('of an enterprise over the years, and of a bank in a year by its balance of the year before', () => {
    const fund = [party('fund', 'public', 6_000n)];
    const facts = { outstandingFen: 500n * 万, enterprisePaidBeforeFen: 240n * 万 };
    const cap = terms(fund, { enterpriseCumulativeCapFen: 250n * 万 });
    expect(paidOf(simulate(ask(cap, facts)))['fund']).toBe(10n * 万);
    const year = terms(fund, { bankYearCap: { ofPreviousBalanceBps: 200n, maxFen: 1_000n * 万 } });
    const bank = { bankPreviousBalanceFen: 40_000n * 万, bankYearPaidBeforeFen: 790n * 万 };
    expect(paidOf(simulate(ask(year, { ...facts, ...bank })))['fund']).toBe(10n * 万);
    expect(paidOf(simulate(ask(year, { ...facts, ...bank, bankYearPaidBeforeFen: 900n * 万 })))['fund']).toBe(0n);
    // A bank of which no balance is known has no claim in that year.
    expect(paidOf(simulate(ask(year, facts)))['fund']).toBe(0n);
  });

  test('what an enterprise has beyond the eligible amount is the bank’s, and it recovers its part of it', () => {
    const programme = terms([party('fund', 'public', 5_000n)], { eligiblePerEnterpriseFen: 500n * 万 });
    const facts = { outstandingFen: 1_000n * 万, ipPartBps: 8_000n, netRecoveredBeforeFen: 100n * 万 };
    const answer = simulate(ask(programme, facts, [recovery(8n * 万)]));
    // I = 800, E = 500; of the 100 recovered 62.5 are the programme's.
    expect(answer.baseFen).toBe((4_375n * 万) / 10n);
    // The bank's: half of the base, and 300 − 37.5 outside.
    expect(paidOf(answer)).toEqual({ fund: 218_750_000n, bank: 218_750_000n + 262_500_000n });
    // Of 8 recovered 5 are the programme's, half of them the fund's.
    expect(principalsOf(answer, 0)).toEqual({ fund: 2_500_000n, bank: 5_500_000n });
  });

  test('a loan whose part pledged on rights is too small is not shared at all', () => {
    const programme = terms([party('fund', 'public', 5_000n)], { minIpPartBps: 5_000n });
    const events = [recovery(1n)];
    expect(simulate(ask(programme, { outstandingFen: 100n, ipPartBps: 4_999n }, events))).toEqual({
      eligible: false,
      reason: 'ip-share-below-min',
      baseFen: 0n,
      payments: [],
      events: [],
      burdens: [],
    });
    expect(simulate(ask(programme, { outstandingFen: 100n, ipPartBps: 5_000n }, events)).baseFen).toBe(50n);
  });
});

describe('interest', () => {
  const cover = { interestCover: { days: 90, dayCount: 'actual/360' as const } };
  const fund = [party('fund', 'public', 5_000n)];

  test('that the programme covers counts as principal: 90 days at 4.35 % on 100 万', () => {
    const facts = { outstandingFen: 100n * 万, annualRateBps: 435n };
    // 100,000,000 × 435 × 90 ÷ 3,600,000
    expect(simulate(ask(terms(fund, cover), facts)).baseFen).toBe(101_087_500n);
    expect(simulate(ask(terms(fund, cover), { ...facts, interestDueFen: 87_500n })).baseFen).toBe(100_087_500n);
    expect(simulate(ask(terms(fund), facts)).baseFen).toBe(100n * 万);
  });

  test.each([['principal-first' as const], ['interest-first' as const]])(
    'that it does not cover is the bank’s, penalty after it, the rest the pledgor’s: %s',
    (recoveryOrder) => {
      const all = { principalFen: 1_087_500n, interestFen: 412_500n, penaltyFen: 500n };
      const facts = {
        outstandingFen: 100n * 万,
        annualRateBps: 435n,
        interestDueFen: 1_500_000n,
        penaltyDueFen: 500n,
      };
      const programme = terms([party('insurer', 'private', 0n)], { ...cover, recoveryOrder });
      const events = [recovery(100n * 万 + all.principalFen + all.interestFen + all.penaltyFen + 77n)];
      const [told] = simulate(ask(programme, facts, events)).events;
      expect(told).toMatchObject({
        surplusToPledgorFen: 77n,
        allocations: [{ partyId: 'insurer' }, { ...all, principalFen: 100n * 万 + all.principalFen }],
      });
    },
  );

  test.each([
    ['principal-first', 10_000n, 0n],
    ['interest-first', 4_000n, 6_000n],
  ] as const)('%s: of a small recovery %s is principal and %s interest', (recoveryOrder, principal, interest) => {
    const facts = { outstandingFen: 100_000n, interestDueFen: 6_000n };
    const programme = terms(fund, { recoveryOrder });
    const [told] = simulate(ask(programme, facts, [recovery(11_000n, 1_000n)])).events;
    expect(told).toMatchObject({
      netFen: 10_000n,
      allocations: [
        { principalFen: principal / 2n, interestFen: 0n },
        { principalFen: principal / 2n, interestFen: interest },
      ],
    });
  });

  test('costs beyond the proceeds are told and touch nobody', () => {
    const answer = simulate(ask(terms(fund), { outstandingFen: 100n }, [recovery(10n, 25n)]));
    expect(answer.events[0]).toMatchObject({ netFen: 0n, shortfallFen: 15n, surplusToPledgorFen: 0n });
    expect(burdensOf(answer)).toEqual({ fund: 50n, bank: 50n });
  });
});

describe('city and county', () => {
  const split = (countyShortfall: 'city-covers' | 'bank-bears') =>
    terms([party('fund', 'public', 5_000n, { split: { countyBps: 4_000n, countyShortfall } })]);
  const facts = { outstandingFen: 1_000_003n, countyAvailableFen: 150_000n };

  test('the county’s part is rounded down; beyond what it has the city pays it, and is owed it', () => {
    const answer = simulate(ask(split('city-covers'), facts, [recovery(100_001n)]));
    expect(answer.payments[0]).toEqual({
      partyId: 'fund',
      entitledFen: 500_001n,
      paidFen: 500_001n,
      pendingFen: 0n,
      split: { cityFen: 350_001n, countyFen: 150_000n, cityClaimOnCountyFen: 50_000n },
    });
    // ⌈100,001 × 500,001 ÷ 1,000,003⌉ = ⌈50,000.4…⌉, of it the county's ⌈50,001 × 150,000 ÷ 500,001⌉ = ⌈15,000.2…⌉.
    expect(answer.events[0]).toMatchObject({
      allocations: [{ principalFen: 50_001n, split: { cityFen: 35_000n, countyFen: 15_001n } }, {}],
    });
  });

  test('or nobody does and the bank bears it, with nothing pending', () => {
    const answer = simulate(ask(split('bank-bears'), facts));
    expect(answer.payments).toEqual([
      {
        partyId: 'fund',
        entitledFen: 500_001n,
        paidFen: 450_001n,
        pendingFen: 0n,
        split: { cityFen: 300_001n, countyFen: 150_000n, cityClaimOnCountyFen: 0n },
      },
      { partyId: 'bank', paidFen: 550_002n },
    ]);
  });
});

describe('an advance', () => {
  const programme = terms([party('fund', 'public', 5_000n), party('insurer', 'private', 1_600n)], {
    prePosition: { advanceBps: 7_000n },
  });
  const facts = { outstandingFen: 100n * 万 };

  test('pays a part of what public parties owe, leaves recoveries with the bank, and is settled by claw-back', () => {
    const answer = simulate(ask(programme, facts, [recovery(40n * 万), settle, recovery(6n * 万)]));
    expect(paidOf(answer)).toEqual({ fund: 35n * 万, insurer: 16n * 万, bank: 49n * 万 });
    expect(principalsOf(answer, 0)).toEqual({ fund: 0n, insurer: 0n, bank: 40n * 万 });
    // On 60 the fund owes 30 and the insurer 9.6: five and 6.4 come back from the bank.
    expect(answer.events[1]).toEqual({ type: 'settle', topUpFen: 0n, clawBackFen: 11_400_000n });
    expect(principalsOf(answer, 2)).toEqual({ fund: 3n * 万, insurer: 960_000n, bank: 2_040_000n });
    expect(burdensOf(answer)).toEqual({ fund: 27n * 万, insurer: 8_640_000n, bank: 18_360_000n });
  });

  test('or by a top-up, as far as the fund has the money', () => {
    const events = [recovery(10n * 万), settle];
    const answer = simulate(ask(programme, facts, events));
    expect(answer.events[1]).toEqual({ type: 'settle', topUpFen: 10n * 万, clawBackFen: 1_600_000n });
    const short = simulate(ask(programme, { ...facts, fundAvailableFen: 37n * 万 }, [...events, replenish(5n * 万)]));
    expect(short.events.slice(1)).toEqual([
      { type: 'settle', topUpFen: 2n * 万, clawBackFen: 1_600_000n },
      { type: 'replenish', paidFen: 5n * 万 },
    ]);
    expect(burdensOf(short)['fund']).toBe(42n * 万);
  });

  test('what one level gives back pays what another owes more, and the county’s part of it is rounded up', () => {
    const split = { countyBps: 3_333n, countyShortfall: 'city-covers' as const };
    const parties = [party('city', 'public', 6_000n, { split }), party('province', 'public', 3_000n, { capFen: 10n })];
    const levels = terms(parties, { prePosition: { advanceBps: 7_000n } });
    const events = [recovery(50n), settle, recovery(50n)];
    const answer = simulate(ask(levels, { outstandingFen: 100n, fundAvailableFen: 49n }, events));
    // Of 60 and 10 seven tenths; ⌊42 × 0.3333⌋ = 13 of the county.
    expect(paidOf(answer)).toEqual({ city: 42n, province: 7n, bank: 51n });
    // On 50 they owe 30 and still 10.
    expect(answer.events[1]).toEqual({ type: 'settle', topUpFen: 3n, clawBackFen: 12n });
    // The county has got ⌈12 × 13 ÷ 42⌉ = 4 of its 13.
    expect(answer.events[2]).toMatchObject({
      allocations: [{ principalFen: 30n, split: { cityFen: 21n, countyFen: 9n } }, { principalFen: 10n }, {}],
    });
  });

  test('leaves the bank with less than nothing while it keeps more than was its own', () => {
    const answer = simulate(ask(programme, facts, [recovery(60n * 万)]));
    expect(burdensOf(answer)).toEqual({ fund: 35n * 万, insurer: 16n * 万, bank: -11n * 万 });
    const settled = simulate(ask(programme, facts, [recovery(60n * 万), settle]));
    expect(burdensOf(settled)).toEqual({ fund: 20n * 万, insurer: 6_400_000n, bank: 13_600_000n });
  });
});

describe('a fund that runs dry', () => {
  test('pays its parties in order, the rest is pending and later paid on the loss that is left', () => {
    const programme = terms([party('province', 'public', 3_000n), party('city', 'public', 3_000n)]);
    const facts = { outstandingFen: 1_000n, fundAvailableFen: 400n };
    const answer = simulate(ask(programme, facts, [recovery(501n), replenish(50n), recovery(99n), replenish(1_000n)]));
    expect(answer.payments).toEqual([
      { partyId: 'province', entitledFen: 300n, paidFen: 300n, pendingFen: 0n },
      { partyId: 'city', entitledFen: 300n, paidFen: 100n, pendingFen: 200n },
      { partyId: 'bank', paidFen: 600n },
    ]);
    // ⌈501 × 300 ÷ 1000⌉ = 151, ⌈350 × 100 ÷ 700⌉ = 50, the bank 300.
    expect(principalsOf(answer, 0)).toEqual({ province: 151n, city: 50n, bank: 300n });
    // ⌊200 × 499 ÷ 1000⌋ = 99, of which 50 are there; 49 stay pending at a loss of 499.
    expect(answer.events[1]).toEqual({ type: 'replenish', paidFen: 50n });
    // Weights 149, 100 and 250 of 499: ⌈99 × 149 ÷ 499⌉ = 30, ⌈69 × 100 ÷ 350⌉ = 20, 49.
    expect(principalsOf(answer, 2)).toEqual({ province: 30n, city: 20n, bank: 49n });
    // ⌊49 × 400 ÷ 499⌋ = 39.
    expect(answer.events[3]).toEqual({ type: 'replenish', paidFen: 39n });
    expect(burdensOf(answer)).toEqual({ province: 119n, city: 119n, bank: 162n });
  });

  test('pays nothing for a loss that the bank no longer carries, though roundings left it pending', () => {
    const insurers = ['a', 'b', 'c', 'd'].map((id) => party(id, 'private', 1_500n));
    const programme = terms([party('province', 'public', 2_000n), party('city', 'public', 2_000n), ...insurers]);
    const answer = simulate(
      ask(programme, { outstandingFen: 20n, fundAvailableFen: 0n }, [recovery(4n), replenish(10n)]),
    );
    // ⌊4 × 3 ÷ 20⌋, ⌊4 × 3 ÷ 17⌋, ⌊4 × 3 ÷ 14⌋ are nothing, ⌊4 × 3 ÷ 11⌋ is one: three of four for the bank's eight.
    expect(principalsOf(answer, 0)).toEqual({ province: 0n, city: 0n, a: 0n, b: 0n, c: 0n, d: 1n, bank: 3n });
    // ⌊4 × 16 ÷ 20⌋ = 3 each are pending, and the bank is out by five.
    expect(answer.events[1]).toEqual({ type: 'replenish', paidFen: 5n });
    expect(burdensOf(answer)).toEqual({ province: 3n, city: 2n, a: 3n, b: 3n, c: 3n, d: 2n, bank: 0n });
  });
});
