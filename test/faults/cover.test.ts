import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startEngines } from '#packages/local/engines';
import { type FaultProxy, startFaultProxy } from '#packages/local/fault-proxy';
import { replay } from '#packages/messaging/replay';
import { openTable } from '#packages/table';
import { capacityOf, exposureOf } from '../../services/fund/ledger/book.ts';
import { openLedger, post } from '../../services/fund/ledger/post.ts';
import { proveBook } from '../../services/fund/ledger/proof.ts';
import { readBook, readJournal } from '../../services/fund/ledger/read.ts';
import { suspend } from '../../services/fund/ledger/suspension.ts';
import { fundId } from '../support/covered-fund.ts';
import { tries } from '../support/effort.ts';
import { type CoverWorld, enqueue, oneBatch, openCoverWorld, workOff } from './cover-world.ts';
import { interrupted, lying } from './messaging-checks.ts';
import { clients, lambdaContext, receive, remove, send, streamEvent } from './messaging-world.ts';
import { relayFunction } from '#packages/messaging/relay';
import { outboxFunction } from '#packages/messaging/outbox-function';

/** The ledger's scenarios of queues and streams: loans told by lending, through its outbox and the fund's queue. */

let engines: Awaited<ReturnType<typeof startEngines>>;
let proxy: FaultProxy;
beforeAll(async () => {
  engines = await startEngines({});
  proxy = await startFaultProxy({ target: engines.urls.dynamodb, engine: 'dynamodb', seed: 11 });
});
afterEach(() => proxy.setPlan(undefined));
afterAll(async () => {
  await proxy.stop();
  await engines.stop();
});
const throughProxy = () => clients({ ...engines.urls, dynamodb: proxy.url }, 1);

const places = (count: number) => Array.from({ length: count }, (_, place) => `l${place}`);

/** Of each loan: what the fund said, and what is left of its cover. */
async function endOf(world: CoverWorld, loanIds: readonly string[]) {
  const loans = await Promise.all(loanIds.map((id) => world.loan(id)));
  expect(await proveBook(world.table, fundId)).toMatchObject({ verified: true, findings: [] });
  expect([await lying(world, world.queueUrl), await lying(world, world.deadLetterUrl)]).toEqual([0, 0]);
  return loans.map((loan) => [loan?.cover, loan?.refusal, loan?.left?.exposureFen, loan?.lastReport?.asOf]);
}

/** A life of a loan of 200 fen that ends with 50 of its principal left. */
function lifeOf(world: CoverWorld, id: string) {
  return [
    world.filed(id, 200),
    world.registered(id),
    world.reported(id, '2026-10-31', 150),
    world.reported(id, '2026-11-10', 100),
    world.reported(id, '2026-11-20', 50),
  ];
}
const lived = ['covered', undefined, 25n, '2026-11-20'];

test('9: one message of a batch fails: what is before it in its group is done, it and what follows come again, other groups are done', async () => {
  const world = await openCoverWorld(engines);
  const { db } = clients(engines.urls);
  const [mine, others] = [lifeOf(world, 'l1'), lifeOf(world, 'l2')];
  const batch = mine.flatMap((event, place) => [event, others[place]!]);
  const killed = interrupted(db, 'release:l1:2026-11-10', () => Promise.reject(new Error('killed')));
  const run = world.runOn(openTable(killed, world.fundName));
  expect(await oneBatch(run, batch)).toEqual(['loan/l1#4', 'loan/l1#5']);
  expect(await endOf(world, ['l1', 'l2'])).toEqual([['covered', undefined, 75n, '2026-10-31'], lived]);
  expect(await oneBatch(run, mine.slice(3))).toEqual([]);
  expect(await endOf(world, ['l1', 'l2'])).toEqual([lived, lived]);
  const ofLoan = (await readJournal(world.table, fundId, 50)).entries.filter(({ cause }) => cause.id === 'l1');
  expect(ofLoan.map(({ id }) => id)).toEqual([
    'cover:l1',
    ...['2026-10-31', '2026-11-10', '2026-11-20'].map((asOf) => `release:l1:${asOf}`),
  ]);
});

test('10: messages that mean nothing are set aside with their reason, their group goes on, no dead letter', async () => {
  const world = await openCoverWorld(engines);
  const { queueUrl, unreadableUrl } = world;
  const [filed, ...rest] = lifeOf(world, 'l1');
  const bad = (data: object) => JSON.stringify({ ...filed, data: { ...filed!.data, ...data } });
  const poison = [
    'no json',
    JSON.stringify({ hello: 'world' }),
    JSON.stringify({ ...filed, dataschema: '/services/lending/events/loan.filed.v9' }),
    bad({ principalFen: -1 }),
    // As another writer of JSON would write it.
    bad({ principalFen: 200 }).replace('"principalFen":200', `"principalFen":${2n ** 70n}`),
    bad({ fundId: 'nobody' }),
  ];
  for (const body of poison) await send(world, queueUrl, 'loan/l1', body);
  await enqueue(world, [filed!, ...rest]);
  await workOff(world);
  expect(await endOf(world, ['l1'])).toEqual([lived]);
  const letters = [];
  for (;;) {
    const some = await receive(world, unreadableUrl);
    if (some.length === 0) break;
    letters.push(...some.map(({ Body }) => JSON.parse(Body!) as { reason: string; group: string; body: string }));
    await remove(world, unreadableUrl, some);
  }
  const reasons = Object.fromEntries(letters.map(({ body, reason }) => [body, reason]));
  expect(poison.map((body) => reasons[body])).toEqual([
    'not-json',
    'not-an-envelope',
    'unknown-dataschema',
    'invalid-data',
    'invalid-data',
    'fund-or-programme-unknown',
  ]);
  expect(letters.map(({ group }) => group)).toEqual(poison.map(() => 'loan/l1'));
});

test('10: what follows a filing with a fund that nobody knows is held, and goes on once there is the fund', async () => {
  const world = await openCoverWorld(engines);
  const [filed, registered] = [world.filed('l1', 200, { fundId: 'luoyang' }), world.registered('l1')];
  await enqueue(world, [filed, registered]);
  await workOff(world);
  expect([await endOf(world, ['l1']), await lying(world, world.unreadableUrl)]).toEqual([
    [[undefined, undefined, undefined, undefined]],
    1,
  ]);
  const { programme } = (await world.call('GET', `/v1/funds/${fundId}/programmes/1`)).body;
  await world.post('/v1/funds', { fundId: 'luoyang', name: '另一个', programme });
  await world.post('/v1/funds/luoyang/programmes/1/approvals', {}, 'city-reviewer.second');
  await enqueue(world, [filed]);
  await workOff(world);
  expect(await endOf(world, ['l1'])).toEqual([['refused', 'capacity-exhausted', undefined, undefined]]);
});

test('16: a hundred loans in the queue race for the last ten places: exactly ten are covered, each is told once', async () => {
  const world = await openCoverWorld(engines, { faulty: throughProxy(), amountFen: 100 });
  proxy.setPlan({ probabilities: { conflict: 0.03, 'fail-after': 0.01 }, operations: ['TransactWriteItems'] });
  const ids = places(tries(40, 100));
  // 1,000 fen of capacity, of which the first takes all but ten places of one fen.
  await enqueue(world, [world.filed('first', 1_980), world.registered('first')]);
  await workOff(world);
  await enqueue(world, [...ids.map((id) => world.filed(id, 2)), ...ids.map((id) => world.registered(id))]);
  await workOff(world);
  const ends = await endOf(world, ids);
  expect(ends.filter(([cover]) => cover === 'covered')).toHaveLength(10);
  expect(ends.filter(([, refusal]) => refusal === 'capacity-exhausted')).toHaveLength(ids.length - 10);
  for (const [place, id] of ids.entries()) {
    const told = (await world.told('cover', id)).map(({ type }) => type);
    expect(told).toEqual([`fund.cover.${ends[place]?.[0] === 'covered' ? 'confirmed' : 'refused'}.v1`]);
  }
  const book = await readBook(world.table, fundId);
  expect(exposureOf(book)).toBe(capacityOf(book));
});

test('17: the fuse fires while loans are queued: what is before it stands, everything behind it is refused', async () => {
  const world = await openCoverWorld(engines, { faulty: throughProxy(), amountFen: 10_000 });
  proxy.setPlan({ probabilities: { conflict: 0.03, 'fail-after': 0.01 }, operations: ['TransactWriteItems'] });
  const ids = places(tries(60, 500));
  await enqueue(
    world,
    ids.map((id) => world.filed(id, 2)),
  );
  await workOff(world);
  await enqueue(
    world,
    ids.map((id) => world.registered(id)),
  );
  const fire = async () => {
    while (exposureOf(await readBook(world.table, fundId)) < BigInt(ids.length) / 4n)
      await new Promise((resolve) => setTimeout(resolve, 1));
    const act = suspend({ actId: 's1', valueDate: '2026-11-23', reason: 'test' });
    return post(openLedger(world.table, world.clock), fundId, [act]);
  };
  await Promise.all([workOff(world), fire()]);
  const kinds = (await readJournal(world.table, fundId, 1_000)).entries.map(({ cause }) => cause.type);
  const fired = kinds.indexOf('suspended');
  expect(kinds.slice(fired + 1)).toEqual([]);
  const covered = kinds.filter((kind) => kind === 'exposure-reserved').length;
  const ends = await endOf(world, ids);
  expect(ends.filter(([cover]) => cover === 'covered')).toHaveLength(covered);
  expect(ends.filter(([, refusal]) => refusal === 'fund-suspended')).toHaveLength(ids.length - covered);
  expect(covered).toBeLessThan(ids.length);
});

test('23: the stream’s records come out of order, twice and a day late: the fund comes to the same', async () => {
  let now = new Date('2026-11-23T04:00:00.000Z');
  const world = await openCoverWorld(engines, { clock: () => now });
  const ids = places(4);
  for (const id of ids) lifeOf(world, id);
  await world.keepOutbox();
  const relay = relayFunction(world.relaying);
  const backwards = world.outbox.toReversed();
  for (let from = 0; from < backwards.length; from += 7) {
    const records = streamEvent(backwards.slice(from, from + 7));
    expect((await relay(records, lambdaContext())).batchItemFailures).toEqual([]);
    await relay(records, lambdaContext());
    await workOff(world);
  }
  expect(await endOf(world, ids)).toEqual(ids.map(() => lived));
  const book = await readBook(world.table, fundId);
  // The queue has long forgotten them; the fund has not.
  now = new Date('2026-11-24T03:00:00.000Z');
  await enqueue(
    world,
    world.outbox.map((item) => JSON.parse(String(item['event']))),
  );
  await workOff(world);
  expect([await endOf(world, ids), await readBook(world.table, fundId)]).toEqual([ids.map(() => lived), book]);
});

test('24: the stream is out for longer than it keeps its records: the history comes from the outbox, and a sweep after it changes nothing', async () => {
  const world = await openCoverWorld(engines);
  const ids = places(4);
  for (const id of ids) lifeOf(world, id);
  await world.keepOutbox();
  const told = { since: '2026-01-01T00:00:00.000Z', queueUrl: world.queueUrl };
  expect(await replay(world.relaying, { ...told, runId: 'one' }, () => 600_000)).toEqual({ sent: world.outbox.length });
  await workOff(world);
  expect(await endOf(world, ids)).toEqual(ids.map(() => lived));
  const book = await readBook(world.table, fundId);
  const sweep = outboxFunction(world.relaying);
  expect(await sweep({ action: 'sweep', at: '2026-11-25T04:00:00Z' }, lambdaContext())).toMatchObject({ left: 0 });
  await replay(world.relaying, { ...told, runId: 'two' }, () => 600_000);
  await workOff(world);
  expect([await endOf(world, ids), await readBook(world.table, fundId)]).toEqual([ids.map(() => lived), book]);
});
