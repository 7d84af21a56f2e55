import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { consume } from '#packages/messaging/consumer';
import { tries } from '../../../test/support/effort.ts';
import { bank, failing, listed, startPartners, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { partitionOf } from '../../../test/support/screening.ts';
import { type TestTable } from '../../../test/support/table.ts';
import { startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { Reconciliation } from '../contract.ts';
import { rowWrite } from '../store/reconciliation.ts';
import { fanOut } from './fan-out.ts';
import { getReconciliation } from './reconciliations.ts';

let started: TestTable;
let world: PartnersWorld;
let receiver: Receiver;
onStage(async (stage) => {
  ({ started, world, receiver } = stage);
  for (const partnerId of ['bank-a', 'bank-b', 'bank-c']) await world.enter(partnerId);
  await world.enter('insurer-a', { role: 'insurer' });
});

const today = '2026-11-23';
function day(partnerId: string, date = today, over: object = {}) {
  return world.call(getReconciliation(world.deps), { caller: bank(partnerId), params: { date }, ...over });
}
const rowsOf = async (partnerId: string) => (await day(partnerId)).result.rows;
const everybody = ['bank-a', 'bank-b', 'bank-c', 'insurer-a'];
const rows = async () => Promise.all(everybody.map(rowsOf));

test('a partner is told what it may see, by ids and version, and nothing else of the event', async () => {
  const webhookId = await world.webhook('bank-a', receiver);
  const event = world.event('91411502MA9TETT0X9', 7);
  await world.tell(event);
  await world.drain();
  const { time, id: eventId, subject } = event;
  expect(receiver.accepted()).toEqual([
    {
      type: listed,
      timestamp: time,
      eventId,
      subject,
      sequence: 7,
      data: { uscc: '91411502MA9TETT0X9', version: 1 },
    },
  ]);
  expect(await world.deliveries('bank-a')).toMatchObject([{ webhookId, eventId, status: 'delivered' }]);
});

test('all banks are the banks, and whoever is named is told as well; nobody who was never admitted', async () => {
  await world.enter('bank-d', { status: 'proposed' });
  await world.enter('bank-c', { status: 'suspended' });
  await world.tell(world.event('A', 1));
  expect(await rows()).toEqual([1, 1, 1, 0]);
  expect(await rowsOf('bank-d')).toBe(0);
  await world.tell(world.event('A', 2, { data: { uscc: 'A', recipients: ['bank-b', 'insurer-a', 'bank-x'] } }));
  expect(await rows()).toEqual([1, 2, 1, 1]);
  await world.tell(world.event('A', 3, { data: { uscc: 'A', recipients: [] } }));
  expect(await rows()).toEqual([1, 2, 1, 1]);
  const own = { type: 'partner.key.revoked.v1', source: '/services/partners', subject: 'partner/bank-b' };
  await world.tell(world.event('B', 1, { ...own, data: { partnerId: 'bank-b', keyid: 'bank-b.test.1' } }));
  expect(await rows()).toEqual([1, 3, 1, 1]);
  await world.tell(world.event('B', 1, { type: 'run.planned.v1', data: { recipients: ['all-banks'] } }));
  expect(await rows()).toEqual([1, 3, 1, 1]);
});

test('only addresses that asked for the type, and were approved, are written to; a disabled one keeps what is its', async () => {
  const other = await startReceiver();
  await world.webhook('bank-a', receiver, { eventTypes: ['whitelist.entry.removed.v1'] });
  const disabled = await world.webhook('bank-a', other);
  other.answers([410]);
  await world.tell(world.event('A', 1));
  await world.drain();
  await world.tell(world.event('A', 2));
  expect(await world.deliveries('bank-a')).toMatchObject([
    { webhookId: disabled, status: 'pending' },
    { webhookId: disabled, status: 'pending' },
  ]);
  expect(receiver.received).toEqual([]);
  await other.stop();
});

test('told twice is told once', async () => {
  await world.webhook('bank-a', receiver);
  const event = world.event('A', 1);
  await world.tell(event);
  await world.drain();
  world.later(60_000);
  await world.tell(event);
  await world.drain();
  expect(receiver.accepted()).toHaveLength(1);
  expect(await world.deliveries('bank-a')).toHaveLength(1);
  expect(await rows()).toEqual([1, 1, 1, 0]);
});

test('wherever it dies, an event that comes again is told to everybody once, with the proof that it came', async () => {
  const fault = fc.constantFrom('before' as const, 'after' as const, 'not' as const);
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(fault, { maxLength: 5 }), { maxLength: 4 }), async (lives) => {
      world = await startPartners(started);
      for (const partnerId of ['bank-a', 'bank-b', 'bank-c']) await world.enter(partnerId);
      receiver.answers([]);
      await world.webhook('bank-b', receiver);
      const envelope = world.event('A', 1);
      const live = (faults: ('before' | 'after' | 'not')[]) => {
        const table = failing(world.table, faults);
        const now = world.now;
        return consume({ table, envelope, handle: fanOut({ table, now }), now }).catch(() => 'died');
      };
      for (const faults of lives) await live(faults);
      const end = await live([]);
      expect(['applied', 'known']).toContain(end);
      expect(await live([])).toBe('known');
      await world.drain();
      expect(receiver.accepted()).toHaveLength(1);
      expect(await rows()).toEqual([1, 1, 1, 0]);
    }),
    { numRuns: tries(6, 150) },
  );
});

test('a day’s file has the day’s events of one partner, their totals and a digest that anybody can recompute', async () => {
  const at = (time: string, eventId: string, type: string, data: object, partnerId = 'bank-a') =>
    rowWrite(partnerId, { eventId, type, subject: 'loan/1', sequence: 1, time, data: { ...data } });
  for (const write of [
    at('2026-11-22T15:59:59.999Z', 'e0', 'loan.filed.v1', { principalFen: 1 }),
    at('2026-11-22T16:00:00.000Z', 'e1', 'loan.filed.v1', { principalFen: 9_007_199_254_740_990 }),
    at('2026-11-23T15:59:59.999Z', 'e2', 'loan.filed.v1', { principalFen: 1, ipPartBps: 5_000 }),
    at('2026-11-23T03:00:00.000Z', 'e3', 'claim.paid.v1', { paidFen: 250, pendingFen: 0 }),
    at('2026-11-23T16:00:00.000Z', 'e4', 'claim.paid.v1', { paidFen: 4 }),
    at('2026-11-23T03:00:00.000Z', 'e5', 'claim.paid.v1', { paidFen: 8 }, 'bank-b'),
  ])
    await world.table.transact([write]);
  const pages: any[] = [];
  let position: Record<string, string> | undefined;
  do {
    const page = await day('bank-a', today, { query: { pageSize: 2 }, ...(position && { position }) });
    pages.push(page.result);
    position = page.result.nextCursor === null ? undefined : JSON.parse(page.result.nextCursor);
  } while (position !== undefined);
  const items = pages.flatMap((page) => page.items);
  expect(items.map(({ eventId }) => eventId)).toEqual(['e2', 'e3', 'e1']);
  const digest = createHash('sha256');
  for (const item of items) digest.update(`${canonicalize(item)}\n`);
  for (const page of pages) {
    expect(page).toMatchObject({
      date: today,
      partnerId: 'bank-a',
      complete: false,
      rows: 3,
      totals: [
        { type: 'claim.paid.v1', rows: 1, amounts: { paidFen: 250n, pendingFen: 0n } },
        { type: 'loan.filed.v1', rows: 2, amounts: { principalFen: 9_007_199_254_740_991n } },
      ],
    });
  }
  expect(pages[0].digest).toBe(digest.digest('hex'));
  expect(Reconciliation.encode(pages[0]).totals[1]?.amounts).toEqual({ principalFen: 9_007_199_254_740_991 });
});

test('a day is complete once it is over; one to come has no file', async () => {
  expect((await day('bank-a', today)).result.complete).toBe(false);
  world.at('2026-11-23T16:00:00.000Z');
  expect((await day('bank-a', today)).result.complete).toBe(true);
  const refused = await day('bank-a', '2026-11-25');
  expect(refused).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/date', code: 'in_future' }] });
});

test('one event for many banks costs one transaction each, and its rows lie apart', async () => {
  await world.tell(world.event('A', 1));
  const before = started.requests();
  await world.tell(world.event('A', 2));
  // Partners, addresses, and one transaction per bank.
  expect(started.requests() - before).toBe(5);
  expect(await partitionOf(world.table, `RECONCILIATION#bank-a#${today}`)).toHaveLength(2);
});
