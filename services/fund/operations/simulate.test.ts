import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fundApi } from '../../../test/support/fund-api.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { SimulationRequest } from '../contract.ts';

const now = new Date('2026-11-23T04:00:00.000Z');
let started: TestTable;
let call: ReturnType<typeof fundApi>;
beforeAll(async () => {
  started = await startTable();
  call = fundApi(started.table, () => now);
});
afterAll(() => started.stop());

const path = '/v1/fund/simulations';
const fund = { id: 'fund', kind: 'public', shareBps: 5_000 };
const insurer = { id: 'insurer', kind: 'private', shareBps: 1_600 };
const request = (change: { programme?: object; case?: object; events?: unknown } = {}) => ({
  programme: { parties: [fund, insurer], recoveryOrder: 'principal-first', ...change.programme },
  case: { outstandingFen: 1_000_001, ...change.case },
  events: change.events ?? [],
});
const simulate = (json: unknown, as?: string, key: string | null = null) =>
  call('POST', path, { json, key, ...(as !== undefined && { as }) });

describe('a simulation', () => {
  test('answers what each party pays, gets back and in the end bears, and nothing else', async () => {
    const events = [
      { type: 'recovery', grossFen: 400_000, costsFen: 66_667 },
      { type: 'settle' },
      { type: 'replenish', amountFen: 5 },
    ];
    expect(await simulate(request({ events }))).toMatchObject({ status: 200 });
    expect((await simulate(request({ events }))).body).toEqual({
      eligible: true,
      reason: null,
      baseFen: 1_000_001,
      payments: [
        { partyId: 'fund', entitledFen: 500_000, paidFen: 500_000, pendingFen: 0 },
        { partyId: 'insurer', entitledFen: 160_000, paidFen: 160_000, pendingFen: 0 },
        { partyId: 'bank', paidFen: 340_001 },
      ],
      events: [
        {
          type: 'recovery',
          netFen: 333_333,
          shortfallFen: 0,
          allocations: [
            { partyId: 'fund', principalFen: 166_667, interestFen: 0, penaltyFen: 0 },
            { partyId: 'insurer', principalFen: 53_333, interestFen: 0, penaltyFen: 0 },
            { partyId: 'bank', principalFen: 113_333, interestFen: 0, penaltyFen: 0 },
          ],
          surplusToPledgorFen: 0,
        },
        // The loss left is 666,668: of it 333,334 and 106,666 are owed.
        { type: 'settle', topUpFen: 1, clawBackFen: 1 },
        { type: 'replenish', paidFen: 0 },
      ],
      burdens: [
        { partyId: 'fund', burdenFen: 333_334 },
        { partyId: 'insurer', burdenFen: 106_666 },
        { partyId: 'bank', burdenFen: 226_668 },
      ],
    });
  });

  test('is the example of its own documentation', async () => {
    const { example } = SimulationRequest.meta() ?? {};
    expect(await simulate(example)).toMatchObject({ status: 200, body: { eligible: true } });
  });

  test('of a loan that is not eligible says why, with empty lists', async () => {
    const { status, body } = await simulate(
      request({ programme: { minIpPartBps: 5_000 }, case: { ipPartBps: 4_999 }, events: [{ type: 'settle' }] }),
    );
    expect([status, body]).toEqual([
      200,
      { eligible: false, reason: 'ip-share-below-min', baseFen: 0, payments: [], events: [], burdens: [] },
    ]);
  });

  test.each([
    'city-admin.a',
    'city-reviewer.a',
    'county-clerk.a',
    'county-reviewer.a',
    'park-manager.a',
    'enterprise-user.a',
    'auditor.a',
    'regulator.a',
  ])('is for anyone signed in, without an Idempotency-Key: %s', async (who) => {
    expect(await simulate(request(), who)).toMatchObject({ status: 200 });
  });

  test('is for a bank, which signs and says a key as always', async () => {
    expect(await simulate(request(), 'bank', 'bank-asks-what-it-gets')).toMatchObject({ status: 200 });
    const again = await simulate(request(), 'bank', 'bank-asks-what-it-gets');
    expect(again).toMatchObject({ status: 200, headers: { 'idempotency-replayed': 'true' } });
  });

  test('is not for everybody', async () => {
    expect(await simulate(request(), 'nobody')).toMatchObject({ status: 401, body: { code: 'token_invalid' } });
  });

  test('of the largest amounts is exact', async () => {
    const outstandingFen = Number.MAX_SAFE_INTEGER;
    const { body } = await simulate(
      request({ case: { outstandingFen }, events: [{ type: 'recovery', grossFen: outstandingFen, costsFen: 0 }] }),
    );
    expect(body.payments.map((one: { paidFen: number }) => one.paidFen)).toEqual([
      4503599627370495, 1441151880758558, 3062447746611938,
    ]);
    expect(body.burdens.every((one: { burdenFen: number }) => one.burdenFen === 0)).toBe(true);
  });
});

describe('a senseless programme or case is refused with its place', () => {
  const tiers = (more: object) => ({ ...fund, tiers: { by: 'outstanding', above: { shareBps: 0 }, ...more } });
  const step = (upToFen: number, shareBps = 5_000) => ({ upToFen, shareBps });
  const withParties = (...parties: object[]) => request({ programme: { parties } });

  test.each<[string, unknown, string]>([
    ['shares above the whole', withParties({ ...fund, shareBps: 8_401 }, insurer), '/programme/parties'],
    [
      'shares above the whole in some tier',
      withParties(tiers({ steps: [step(100, 8_401)] }), insurer),
      '/programme/parties',
    ],
    [
      'shares above the whole where tiers of both kinds meet',
      request({
        programme: {
          parties: [
            tiers({ steps: [step(100, 6_000)] }),
            { ...tiers({ by: 'revenue', steps: [step(100, 4_001)] }), id: 'second', shareBps: 0 },
          ],
        },
        case: { revenueFen: 1 },
      }),
      '/programme/parties',
    ],
    ['the bank among the parties', withParties({ ...fund, id: 'bank' }), '/programme/parties/0/id'],
    ['two parties of one name', withParties(fund, { ...insurer, id: 'fund' }), '/programme/parties/1/id'],
    ['no parties', withParties(), '/programme/parties'],
    [
      'too many parties',
      withParties(...Array.from({ length: 11 }, (_one, at) => ({ ...fund, id: `p${at}`, shareBps: 1 }))),
      '/programme/parties',
    ],
    ['a party of no kind', withParties({ ...fund, kind: 'city' }), '/programme/parties/0/kind'],
    ['a share of more than all', withParties({ ...fund, shareBps: 10_001 }), '/programme/parties/0/shareBps'],
    ['a share below nothing', withParties({ ...fund, shareBps: -1 }), '/programme/parties/0/shareBps'],
    ['half a fen', withParties({ ...fund, capFen: 0.5 }), '/programme/parties/0/capFen'],
    ['no tiers in tiers', withParties(tiers({ steps: [] })), '/programme/parties/0/tiers/steps'],
    [
      'tiers that do not rise',
      withParties(tiers({ steps: [step(100), step(100)] })),
      '/programme/parties/0/tiers/steps/1/upToFen',
    ],
    [
      'tiers that fall',
      withParties(tiers({ steps: [step(100), step(300), step(200)] })),
      '/programme/parties/0/tiers/steps/2/upToFen',
    ],
    [
      'tiers without an end',
      withParties({ ...fund, tiers: { by: 'revenue', steps: [step(1)] } }),
      '/programme/parties/0/tiers/above',
    ],
    [
      'tiers by a revenue that is not told',
      withParties(tiers({ by: 'revenue', steps: [step(100)] })),
      '/case/revenueFen',
    ],
    [
      'a private party of city and county',
      withParties({ ...insurer, split: { countyBps: 4_000, countyShortfall: 'city-covers' } }),
      '/programme/parties/0/split',
    ],
    [
      'a county that queues',
      withParties({ ...fund, split: { countyBps: 4_000, countyShortfall: 'queue' } }),
      '/programme/parties/0/split/countyShortfall',
    ],
    [
      'a ceiling above the whole',
      request({ programme: { allLevelsCeilingBps: 10_001 } }),
      '/programme/allLevelsCeilingBps',
    ],
    [
      'interest for longer than a year',
      request({ programme: { interestCover: { days: 361, dayCount: 'actual/360' } } }),
      '/programme/interestCover/days',
    ],
    [
      'another day count',
      request({ programme: { interestCover: { days: 90, dayCount: 'actual/365' } } }),
      '/programme/interestCover/dayCount',
    ],
    [
      'half a cap of a bank’s year',
      request({ programme: { bankYearCap: { maxFen: 1 } } }),
      '/programme/bankYearCap/ofPreviousBalanceBps',
    ],
    ['no order of recoveries', request({ programme: { recoveryOrder: undefined } }), '/programme/recoveryOrder'],
    ['what a fund’s programme has', request({ programme: { leverage: 10 } }), '/programme/leverage'],
    ['an unknown field of a case', request({ case: { outstanding: 1 } }), '/case/outstanding'],
    ['no amount', request({ case: { outstandingFen: undefined } }), '/case/outstandingFen'],
    ['an amount below nothing', request({ case: { outstandingFen: -1 } }), '/case/outstandingFen'],
    [
      'an amount that with its interest is more than can be told',
      request({
        programme: { interestCover: { days: 90, dayCount: 'actual/360' } },
        case: { outstandingFen: Number.MAX_SAFE_INTEGER, annualRateBps: 435 },
      }),
      '/case/outstandingFen',
    ],
    ['an unknown event', request({ events: [{ type: 'refund' }] }), '/events/0/type'],
    ['a recovery without costs', request({ events: [{ type: 'recovery', grossFen: 1 }] }), '/events/0/costsFen'],
    [
      'a settlement with an amount',
      request({ events: [{ type: 'settle' }, { type: 'settle', amountFen: 1 }] }),
      '/events/1/amountFen',
    ],
    ['no list of events', { ...request(), events: undefined }, '/events'],
  ])('%s', async (_what, json, pointer) => {
    const { status, body } = await simulate(json);
    expect([status, body.code]).toEqual([422, 'validation_failed']);
    expect(body.errors.map((one: { pointer: string }) => one.pointer)).toEqual([pointer]);
    for (const { message } of body.errors) expect(message).toMatch(/\p{Script=Han}/u);
  });

  test('and so is a number that JSON.parse would hide', async () => {
    const text = JSON.stringify(request()).replace('1000001', '1e6');
    expect(await call('POST', path, { text, key: null })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: '/case/outstandingFen' }] },
    });
  });

  test('every fault of a programme is named at once', async () => {
    const parties = [{ ...fund, id: 'bank' }, tiers({ steps: [step(2), step(1)] }), { ...insurer, shareBps: 9_000 }];
    const { body } = await simulate(withParties(...parties));
    expect(body.errors.map((one: { pointer: string }) => one.pointer).toSorted()).toEqual([
      '/programme/parties',
      '/programme/parties/0/id',
      '/programme/parties/1/tiers/steps/1/upToFen',
    ]);
  });
});
