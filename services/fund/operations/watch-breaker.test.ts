import { afterAll, beforeAll, expect, test } from 'vitest';
import { verifyAggregate } from '#packages/audit';
import { fundId, startCoveredFund } from '../../../test/support/covered-fund.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { drafts } from '../ledger/command.ts';
import { move } from '../ledger/entry.ts';
import { openLedger, post as book } from '../ledger/post.ts';
import { readBook, readJournal } from '../ledger/read.ts';
import { getToldBreaker, readingsOf } from '../store/breaker.ts';
import { watchBreaker } from './watch-breaker.ts';

let store: TestTable;
beforeAll(async () => {
  store = await startTable({ streams: false });
});
afterAll(() => store.stop());

const start = '2026-11-23T04:00:00.000Z';

async function city(programme: object = {}) {
  const table = await store.another();
  let now = new Date(start);
  const fund = await startCoveredFund(table, () => now, programme);
  await fund.hear(fund.filed('l1', 200), fund.filed('l2', 200, {}, 'bank-b'));
  let day = 9;
  return {
    ...fund,
    table,
    deps: { table, now: () => now },
    /** A report of the bank in the next minute, with this ratio. */
    report: (ipNplBps: number | undefined, bankId = 'bank-a') => {
      now = new Date(now.getTime() + 60_000);
      day += 1;
      const more = ipNplBps === undefined ? {} : { ipNplBps };
      return fund.reported(bankId === 'bank-a' ? 'l1' : 'l2', `2026-10-${day}`, 200, more, bankId);
    },
    suspended: async () => {
      const { suspendedSeq, suspendedBanks } = await readBook(table, fundId);
      return [suspendedSeq !== undefined, suspendedBanks];
    },
    levels: async () => {
      const state = (await getToldBreaker(table, fundId))?.state;
      return { fund: state?.fund, ...state?.banks };
    },
    /** The fund has paid so much that has not come back. */
    paid: async (fen: bigint) => {
      const id = `paid:${fen}`;
      const transfers = [move(['9009', 'bank-a'], ['9010', 'bank-a'], fen)];
      const decide = () => drafts({ id, kind: 'compensation-paid', causeId: id, valueDate: '2026-11-20', transfers });
      await book(
        openLedger(table, () => now),
        fundId,
        [{ id, content: { id }, decide }],
      );
    },
  };
}
const typesOf = (told: { type: string; data: Record<string, unknown> }[]) =>
  told.map(({ type, data }) => [type, data['measure'], data['bps'], data['limitBps']]);

test('a bank that reaches the warning line is told of once, at the stop line it is suspended and told of once', async () => {
  const { hear, report, told, suspended, levels, table, filed, registered, loan } = await city();
  for (const bps of [299, 300, 450]) expect(await hear(report(bps))).toEqual([]);
  expect(typesOf(await told('breaker', fundId))).toEqual([['fund.breaker.warned.v1', 'bank-npl', 300, 300]]);
  expect(await suspended()).toEqual([false, []]);
  for (const bps of [500, 600, 700]) expect(await hear(report(bps))).toEqual([]);
  expect(await suspended()).toEqual([false, ['bank-a']]);
  const entry = (await readJournal(table, fundId, 10)).entries.at(-1);
  expect(entry).toMatchObject({ cause: { type: 'suspended' }, control: { suspend: { bankId: 'bank-a' } } });
  expect((await told('breaker', fundId)).slice(1)).toEqual([
    {
      sequence: 2,
      type: 'fund.breaker.tripped.v1',
      data: { fundId, partnerId: 'bank-a', measure: 'bank-npl', bps: 500, limitBps: 500, seq: entry?.seq },
    },
  ]);
  expect(await levels()).toEqual({ fund: 'fine', 'bank-a': 'stop' });
  await hear(filed('l3', 2), registered('l3'), filed('l4', 2, {}, 'bank-b'), registered('l4', '2026-10-09', 'bank-b'));
  expect([(await loan('l3'))?.refusal, (await loan('l4'))?.cover]).toEqual(['bank-suspended', 'covered']);
  expect((await verifyAggregate(table, `BREAKER#${fundId}`)).kind).toBe('intact');
});

test('who was resumed is suspended again only when it comes back to the line', async () => {
  const { hear, report, told, suspended, post } = await city();
  await hear(report(500));
  await post(`/v1/funds/${fundId}/resumptions`, { bankId: 'bank-a', reason: '已压降' }, 'city-reviewer.second');
  await hear(report(510));
  expect(await suspended()).toEqual([false, []]);
  await hear(report(100), report(500));
  expect(await suspended()).toEqual([false, ['bank-a']]);
  expect((await told('breaker', fundId)).map(({ type }) => type)).toEqual([
    'fund.breaker.tripped.v1',
    'fund.breaker.tripped.v1',
  ]);
});

test('who was suspended by a person is told of when it goes on and is at the line still', async () => {
  const { hear, report, told, suspended, post } = await city();
  await post(`/v1/funds/${fundId}/suspensions`, { bankId: 'bank-a', reason: '演练' });
  await hear(report(500));
  expect(await told('breaker', fundId)).toEqual([]);
  await post(`/v1/funds/${fundId}/resumptions`, { bankId: 'bank-a', reason: '演练结束' }, 'city-reviewer.second');
  await hear(report(500));
  expect([await suspended(), (await told('breaker', fundId)).length]).toEqual([[false, ['bank-a']], 1]);
});

test('the last word counts: a report that was told before the last one measures nothing', async () => {
  const { hear, report, filed, reported, told, table } = await city();
  await hear(filed('l3', 2));
  const early = reported('l3', '2026-10-31', 2, { ipNplBps: 900 });
  await hear(report(100));
  await hear(early);
  expect(await told('breaker', fundId)).toEqual([]);
  expect([...(await readingsOf(table, fundId))].map(([bank, { bankNplBps }]) => [bank, bankNplBps])).toEqual([
    ['bank-a', 100n],
  ]);
});

test('what the fund has paid and not got back warns, and stops all banks, with the next report or right away', async () => {
  const { hear, report, told, suspended, paid, deps } = await city();
  await paid(300n);
  await hear(report(undefined));
  expect(typesOf(await told('breaker', fundId))).toEqual([['fund.breaker.warned.v1', 'fund-net-paid', 3_000, 3_000]]);
  await paid(200n);
  const watched = { fundId, time: start, requestId: 'payment-1', toldOn: '2026-11-23' };
  await watchBreaker(deps)(watched);
  await watchBreaker(deps)(watched);
  expect(await suspended()).toEqual([true, []]);
  expect(typesOf(await told('breaker', fundId)).slice(1)).toEqual([
    ['fund.breaker.tripped.v1', 'fund-net-paid', 5_000, 5_000],
  ]);
  // A bank at its own line is suspended beside the fund, so that it stays so when the fund goes on.
  await hear(report(500));
  expect(await suspended()).toEqual([true, ['bank-a']]);
});

test('a programme without a breaker stops nobody', async () => {
  const { hear, report, told, suspended, paid } = await city({ breaker: 'off' });
  await paid(900n);
  await hear(report(10_000));
  expect([await told('breaker', fundId), await suspended()]).toEqual([[], [false, []]]);
});

test('reports of one bank at once suspend it once', async () => {
  const { hear, report, told, suspended } = await city();
  const [first, second] = [report(500), report(520, 'bank-b')];
  await Promise.all([hear(first), hear(second), hear(first)]);
  expect([await suspended(), (await told('breaker', fundId)).map(({ sequence }) => sequence)]).toEqual([
    [false, ['bank-a', 'bank-b']],
    [1, 2],
  ]);
});
