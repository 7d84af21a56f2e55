import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { endOfDay } from '../../packages/calendar.ts';
import { createResources, startEngines } from '../../packages/local/engines.ts';
import type { StreamChange } from '../../packages/lambda/stream.ts';
import { type FaultProxy, startFaultProxy } from '../../packages/local/fault-proxy.ts';
import { openTable, type Table } from '../../packages/table.ts';
import { balanceOf, cashOf, exposureOf } from '../../services/fund/ledger/book.ts';
import { creditInterest, receiveContribution } from '../../services/fund/ledger/cash.ts';
import type { Answer, Command } from '../../services/fund/ledger/command.ts';
import type { Entry } from '../../services/fund/ledger/entry.ts';
import { coverId, releaseExposure, reserveExposure } from '../../services/fund/ledger/exposure.ts';
import { exportJournal } from '../../services/fund/ledger/export.ts';
import { closeFundPeriod } from '../../services/fund/ledger/operations/close-period.ts';
import { type Ledger, openLedger, post } from '../../services/fund/ledger/post.ts';
import { postAcross } from '../../services/fund/ledger/post-across.ts';
import { proveBook } from '../../services/fund/ledger/proof.ts';
import { findEntry, readBook, readJournal } from '../../services/fund/ledger/read.ts';
import { setTerms, suspend } from '../../services/fund/ledger/suspension.ts';
import { transferParts } from '../../services/fund/ledger/transfer.ts';
import { watchLedger } from '../../services/fund/ledger/watch.ts';
import { verifyJournal, verifyTransfers } from '../../services/fund/ledger/verify-journal.mjs';
import { clients, type Engines, tableSpec } from './messaging-world.ts';
import { numbers } from './storm.ts';

/** The scenarios of the ledger that need no claim, on the engine, through the fault proxy. */

let engines: Engines;
let proxy: FaultProxy;
/** Past the proxy: what the test itself looks at. */
let table: Table;
let faulty: Table;
let patient: Table;

beforeAll(async () => {
  engines = await startEngines({});
  proxy = await startFaultProxy({ target: engines.urls.dynamodb, engine: 'dynamodb', seed: 7 });
  const resources = { region: 'cn-north-1', queues: [], buckets: [] };
  await createResources(engines.urls, { ...resources, tables: [tableSpec('ledger'), tableSpec('restored')] });
  const through = { ...engines.urls, dynamodb: proxy.url };
  table = openTable(clients(engines.urls).db, 'ledger');
  faulty = openTable(clients(through).db, 'ledger');
  patient = openTable(clients(through, 3).db, 'ledger');
});
afterEach(() => proxy.setPlan(undefined));
afterAll(async () => {
  await proxy.stop();
  await engines.stop();
});

const day = '2026-11-20';
const start = Date.parse('2026-11-27T02:00:00.000Z');
const at = (milliseconds: number) => () => new Date(start + milliseconds);
/** The engine is quicker than a region is: so are the waits. */
const ledger = (through: Table = faulty, now = at(0)): Ledger => ({
  ...openLedger(through, now),
  pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds / 8)),
});
/** A process that dies where it would wait for its next attempt. */
const mortal = (): Ledger => ({ ...ledger(), pause: () => Promise.reject(new Error('killed')) });

let funds = 0;
const newFund = () => `fund-${(funds += 1)}`;
const contribution = (bankReference: string, amountFen = 10n) =>
  receiveContribution({ bankReference, amountFen, contributor: 'city', valueDate: day });
const cover = (loanId: string, exposureFen = 1n) =>
  reserveExposure({ loanId, bankId: 'bank-a', exposureFen, principalFen: exposureFen, valueDate: day });
const many = (count: number, make: (place: number) => Command) =>
  Array.from({ length: count }, (_, place) => make(place));
const terms = setTerms({ programmeVersion: 1, leverage: 10 }, day, { by: 'ann', approvedBy: 'bob' });

async function journalOf(fundId: string, from: Table = table): Promise<Entry[]> {
  return (await readJournal(from, fundId, 5_000)).entries;
}

/** Booked once each, in one whole chain. */
async function expectOnce(fundId: string, commands: readonly Command[], from: Table = table): Promise<void> {
  const ids = (await journalOf(fundId, from)).map(({ id }) => id);
  expect(ids.toSorted()).toEqual(commands.map(({ id }) => id).toSorted());
  expect(await proveBook(from, fundId)).toMatchObject({ verified: true, findings: [] });
}

const kinds = (answers: readonly Answer[]) =>
  answers.map((answer) => (answer.kind === 'refused' ? answer.code : answer.kind));
const count = (answers: readonly Answer[], what: string) => kinds(answers).filter((kind) => kind === what).length;

test('1: killed before the transaction is sent: nothing is written, and the message that comes again is booked once', async () => {
  const fundId = newFund();
  proxy.failNext({ kind: 'fail-before', operation: 'TransactWriteItems' });
  await expect(post(mortal(), fundId, [contribution('r1')])).rejects.toThrow('killed');
  expect(await journalOf(fundId)).toEqual([]);
  await post(ledger(), fundId, [contribution('r1')]);
  await expectOnce(fundId, [contribution('r1')]);
});

test('2: killed after the transaction took effect: the message that comes again gets the entry that is there', async () => {
  const fundId = newFund();
  proxy.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
  await expect(post(mortal(), fundId, [contribution('r1')])).rejects.toThrow('killed');
  const [entry] = await journalOf(fundId);
  expect(await post(ledger(), fundId, [contribution('r1')])).toEqual([{ kind: 'posted', entry, replayed: true }]);
  await expectOnce(fundId, [contribution('r1')]);
});

test.each([
  ['the code looks again', () => faulty],
  ['the client sends again by itself', () => patient],
])('3: a lost answer has no second effect where %s', async (_name, through) => {
  const fundId = newFund();
  proxy.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
  const [answer] = await post(ledger(through()), fundId, [contribution('r1')]);
  expect(answer).toMatchObject({ kind: 'posted', replayed: false });
  await expectOnce(fundId, [contribution('r1')]);
});

test.each([
  ['4: the next day, after every token is forgotten', 86_400_000],
  ['5: six minutes later, when the queue has forgotten it', 360_000],
])('the same message %s is recognised by its id, and makes no commit', async (_name, later) => {
  const fundId = newFund();
  const [first] = await post(ledger(), fundId, [contribution('r1')]);
  const [again] = await post(ledger(faulty, at(later)), fundId, [contribution('r1')]);
  expect(again).toEqual({ ...first, replayed: true });
  expect((await readBook(table, fundId)).number).toBe(1);
});

test('6: two consumers with the same batches end with each command booked once', async () => {
  const fundId = newFund();
  const commands = many(40, (place) => contribution(`r${place}`));
  const work = async (order: readonly Command[]) => {
    for (let from = 0; from < order.length; from += 10) await post(ledger(), fundId, order.slice(from, from + 10));
  };
  await Promise.all([work(commands), work([...commands.slice(20), ...commands.slice(0, 20)])]);
  await expectOnce(fundId, commands);
});

test('7: a storm of conflicts: 32 writers on one fund, every one is answered, nothing is lost or doubled', async () => {
  const fundId = newFund();
  proxy.setPlan({ probabilities: { conflict: 0.2 }, operations: ['TransactWriteItems'] });
  const commands = many(32, (place) => contribution(`r${place}`));
  const answers = await Promise.all(commands.map((command) => post(ledger(), fundId, [command])));
  expect(count(answers.flat(), 'posted')).toBe(32);
  await expectOnce(fundId, commands);
});

test('8: while everything is throttled nothing is half done, and afterwards all is booked', async () => {
  const fundId = newFund();
  proxy.setPlan({ probabilities: { throttle: 1 } });
  const working = post(
    ledger(),
    fundId,
    many(90, (place) => contribution(`r${place}`)),
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await journalOf(fundId)).toEqual([]);
  proxy.setPlan(undefined);
  expect(count(await working, 'posted')).toBe(90);
  expect((await readBook(table, fundId)).number).toBe(1);
});

test('11: what the rules forbid is refused as an answer, the same one again', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [terms, contribution('r1'), cover('l1', 5n)]);
  const reserved = await findEntry(table, fundId, coverId('l1'));
  const tooMuch = releaseExposure(reserved!, { reference: 'x', valueDate: day, repaidFen: 6n });
  for (let time = 0; time < 2; time += 1) {
    expect(kinds(await post(ledger(), fundId, [tooMuch, cover('l2', 96n)]))).toEqual([
      'more-than-covered',
      'capacity-exhausted',
    ]);
  }
  expect(exposureOf(await readBook(table, fundId))).toBe(5n);
});

test('15: the same business id with another amount is refused, and the original stays', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [contribution('r1', 10n)]);
  expect(kinds(await post(ledger(), fundId, [contribution('r1', 11n)]))).toEqual(['already-exists']);
  expect(cashOf(await readBook(table, fundId))).toBe(10n);
});

test('16: a hundred loans race for the last ten places under the cap: exactly ten are covered', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [terms, contribution('r1', 1n)]);
  const loans = many(100, (place) => cover(`l${place}`));
  const batches = Array.from({ length: 10 }, (_, place) => loans.slice(place * 10, place * 10 + 10));
  const answers = (await Promise.all(batches.map((batch) => post(ledger(), fundId, batch)))).flat();
  expect([count(answers, 'posted'), count(answers, 'capacity-exhausted')]).toEqual([10, 90]);
  expect(exposureOf(await readBook(table, fundId))).toBe(10n);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: true });
});

test('17: the fuse fires while 500 loans are queued: what is before it stands, everything behind is refused', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [terms, contribution('r1', 10_000n)]);
  const loans = many(500, (place) => cover(`l${place}`));
  const answers: Answer[] = [];
  const work = async (mine: readonly Command[]) => {
    for (let from = 0; from < mine.length; from += 50)
      answers.push(...(await post(ledger(), fundId, mine.slice(from, from + 50))));
  };
  const fuse = suspend({ actId: 's1', valueDate: day, reason: 'test' });
  const firing = async () => {
    while (answers.length < 100) await new Promise((resolve) => setTimeout(resolve, 1));
    return post(ledger(), fundId, [fuse]);
  };
  await Promise.all([work(loans.slice(0, 250)), work(loans.slice(250)), firing()]);
  const entries = await journalOf(fundId);
  const fired = entries.findIndex(({ cause }) => cause.type === 'suspended');
  expect(entries.slice(fired + 1)).toEqual([]);
  expect(count(answers, 'posted')).toBe(fired - 2);
  expect(count(answers, 'fund-suspended')).toBe(500 - (fired - 2));
});

test('20: workers whose clocks disagree keep order, ids and chain', async () => {
  const fundId = newFund();
  const clocks = [at(0), at(600_000), at(-86_400_000)];
  const commands = many(30, (place) => contribution(`r${place}`));
  await Promise.all(
    clocks.map(async (now, place) => {
      for (const command of commands.filter((_, own) => own % 3 === place))
        await post(ledger(faulty, now), fundId, [command]);
    }),
  );
  await expectOnce(fundId, commands);
});

test('21: accepted on the last day, booked after the close: in the open period, with its own day, marked late', async () => {
  const fundId = newFund();
  const interest = creditInterest({ bankReference: 'i1', amountFen: 5n, valueDate: '2026-11-30' });
  const after = Date.parse(endOfDay('2026-11-30')) + 3_000 - start;
  await post(ledger(), fundId, [contribution('r1')]);
  const sealed = await closeFundPeriod(ledger(faulty, at(after)))({ fundId, through: '2026-11-30' });
  const [answer] = await post(ledger(faulty, at(after)), fundId, [interest]);
  expect(answer).toMatchObject({ kind: 'posted', entry: { late: true, valueDate: '2026-11-30' } });
  expect(await post(ledger(faulty, at(after + 86_400_000)), fundId, [interest])).toEqual([
    { ...answer, replayed: true },
  ]);
  expect(await closeFundPeriod(ledger(faulty, at(after)))({ fundId, through: '2026-11-30' })).toEqual({
    ...sealed,
    replayed: true,
  });
});

test('22: a close races with postings: every entry is in exactly one period, and the root comes out again', async () => {
  const fundId = newFund();
  const through = '2026-11-26';
  const random = numbers(22);
  const interest = (place: number) => creditInterest({ bankReference: `i${place}`, amountFen: 3n, valueDate: day });
  await post(ledger(), fundId, [contribution('r1')]);
  const [sealed] = await Promise.all([
    closeFundPeriod(ledger())({ fundId, through }),
    ...[0, 1].map(async (worker) => {
      for (let place = 0; place < 12; place += 1) {
        await new Promise((resolve) => setTimeout(resolve, random() * 30));
        await post(ledger(), fundId, [interest(worker * 100 + place)]);
      }
    }),
  ]);
  if (sealed.kind !== 'done') throw new Error(sealed.code);
  const entries = await journalOf(fundId);
  const closed = entries.findIndex(({ cause }) => cause.type === 'period-closed');
  expect(sealed.result).toMatchObject({ firstSeq: 1, lastSeq: closed + 1 });
  expect(entries.map((entry, place) => entry.late === true && place <= closed)).not.toContain(true);
  for (const entry of entries.slice(closed + 1))
    expect(Boolean(entry.late)).toBe(entry.cause.type === 'interest-credited');
  const inside = entries.slice(0, closed).filter(({ cause }) => cause.type === 'interest-credited').length;
  const book = await readBook(table, fundId);
  expect([balanceOf(book, '3103'), balanceOf(book, '4101')]).toEqual([BigInt(inside * 3), BigInt((24 - inside) * 3)]);
  let text = '';
  for await (const line of exportJournal(table, fundId)) text += line;
  expect(verifyJournal(text, { roots: { [through]: sealed.result.root } }).problems).toEqual([]);
});

test('25: stale reads everywhere only cost attempts', async () => {
  const fundId = newFund();
  proxy.setPlan({ probabilities: { 'stale-read': 0.7 } });
  const commands = many(20, (place) => contribution(`r${place % 10}`));
  for (const command of commands) expect(kinds(await post(ledger(), fundId, [command]))).toEqual(['posted']);
  await expectOnce(fundId, commands.slice(0, 10));
});

test('26: more than a transaction holds is split in order; one command that is too large is a bug and books nothing', async () => {
  const fundId = newFund();
  const commands = many(205, (place) => contribution(`r${place}`));
  await post(ledger(), fundId, commands);
  expect((await journalOf(fundId)).map(({ id }) => id)).toEqual(commands.map(({ id }) => id));
  expect((await readBook(table, fundId)).number).toBe(3);
  const large: Command = {
    ...contribution('big'),
    beside: () => Array.from({ length: 99 }, (_, place) => ({ kind: 'put', item: { pk: 'X', sk: String(place) } })),
  };
  await expect(post(ledger(), fundId, [large])).rejects.toThrow('more than a transaction holds');
  expect((await journalOf(fundId)).length).toBe(205);
});

test('27: a book that newer code has written in a way unknown here is left alone, not read over', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [contribution('r1')]);
  const key = { expression: 'pk = :pk', values: { ':pk': `LEDGER#${fundId}` } };
  const [block] = (await table.page({ condition: key }, 1)).items as { pk: string; sk: string; book: string }[];
  await table.transact([{ kind: 'put', item: { ...block!, book: block!.book.replace('{', '{"newer":1,') } }]);
  await expect(post(ledger(), fundId, [contribution('r2')])).rejects.toThrow(/newer/);
  expect(await findEntry(table, fundId, 'bank:r2')).toBeUndefined();
});

test('29: an entry that somebody edits or deletes is named by the proof', async () => {
  const fundId = newFund();
  await post(
    ledger(),
    fundId,
    many(5, (place) => contribution(`r${place}`)),
  );
  const key = { pk: `LEDGER#${fundId}#ENTRY#bank:r3`, sk: 'ENTRY' };
  const item = await table.get(key);
  const edited = { ...item, ...key, entry: String(item!['entry']).replaceAll('10', '90') };
  await table.transact([{ kind: 'put', item: edited }]);
  expect((await proveBook(table, fundId)).findings[0]).toMatch(/entry 4/);
  await table.transact([{ kind: 'delete', key }]);
  expect((await proveBook(table, fundId)).findings[0]).toMatch(/bank:r3/);
});

test('23 and 29: the stream’s watcher finds nothing wrong in any order, and tells of every change and deletion', async () => {
  const fundId = newFund();
  for (let batch = 0; batch < 4; batch += 1) {
    await post(
      ledger(),
      fundId,
      many(3, (place) => contribution(`r${batch}-${place}`)),
    );
  }
  const changes: StreamChange[] = [];
  const mine = { expression: 'begins_with(pk, :pk)', values: { ':pk': `LEDGER#${fundId}` } };
  for await (const item of table.scan(mine)) {
    const key = { pk: String(item['pk']), sk: String(item['sk']) };
    changes.push({ sequenceNumber: `${changes.length}`, change: 'INSERT', key, item });
  }
  expect(changes).toHaveLength(16);
  const random = numbers(23);
  for (let time = 0; time < 6; time += 1) {
    // Out of order, some of it twice, cut into batches anywhere.
    const told = [...changes, ...changes.slice(0, 5)].toSorted(() => random() - 0.5);
    const size = 1 + Math.floor(random() * told.length);
    for (let from = 0; from < told.length; from += size) {
      expect(await watchLedger(table, told.slice(from, from + size))).toEqual([]);
    }
  }
  const [entry] = changes.filter(({ key }) => key.pk.endsWith('bank:r2-1'));
  const { key } = entry!;
  for (const [change, finding] of [
    ['MODIFY', 'changed'],
    ['REMOVE', 'deleted'],
  ] as const) {
    expect(await watchLedger(table, [{ ...entry!, change }])).toEqual([{ key, finding }]);
  }
  const item = { ...entry!.item!, ...key };
  const edited = { ...item, entry: String(item['entry' as never]).replaceAll('"creditFen":10', '"creditFen":90') };
  const commit = changes.filter((one) => one.key.sk.startsWith('B#'));
  const found = await watchLedger(table, [...commit, { ...entry!, item: edited }]);
  expect(found.map(({ finding }) => finding).join()).toMatch(/another hash/);
  const strange = { ...key, pk: `LEDGER#${fundId}#ENTRY#bank:new` };
  const alone = { ...item, ...strange, entry: String(item['entry' as never]).replace('bank:r2-1', 'bank:new') };
  expect(await watchLedger(table, [{ ...entry!, key: strange, item: alone }])).toEqual([
    { key: strange, finding: 'is of no commit' },
  ]);
  await table.transact([{ kind: 'delete', key }]);
  const gone = (await watchLedger(table, commit)).map(({ finding }) => finding);
  expect(gone).toContain('entry bank:r2-1 is not there');
});

test('30: restored to an earlier time, the book goes on: what is missing is booked again, the rest recognised', async () => {
  const fundId = newFund();
  const commands = many(12, (place) => contribution(`r${place}`));
  const restored = openTable(clients(engines.urls).db, 'restored');
  for (const [place, command] of commands.entries()) {
    await post(ledger(), fundId, [command]);
    if (place !== 6) continue;
    for await (const item of table.scan({
      expression: 'begins_with(pk, :pk)',
      values: { ':pk': `LEDGER#${fundId}` },
    })) {
      await restored.transact([{ kind: 'put', item: item as { pk: string; sk: string } }]);
    }
  }
  const head = (await readBook(table, fundId)).headHash;
  const answers = await post(ledger(restored, at(3_600_000)), fundId, commands);
  expect(answers.map((answer) => answer.kind === 'posted' && answer.replayed)).toEqual(
    commands.map((_, place) => place <= 6),
  );
  await expectOnce(fundId, commands, restored);
  // Whoever kept the head sees that the fund went back.
  let text = '';
  for await (const line of exportJournal(restored, fundId)) text += line;
  expect(verifyJournal(text).problems).toEqual([]);
  expect(verifyJournal(text, { head }).problems).toHaveLength(1);
});

test('32: a transfer between funds that is killed, throttled or run into is booked in both books or in none', async () => {
  const [from, to] = [newFund(), newFund()];
  await post(ledger(), from, [contribution('r1', 1_000n)]);
  await post(ledger(), to, [contribution('r1', 1_000n)]);
  const transfer = (bankReference: string, fromFundId = from, toFundId = to) =>
    transferParts({ fromFundId, toFundId, amountFen: 5n, bankReference, valueDate: day });
  const booked = async (fundId: string) =>
    (await journalOf(fundId)).filter(({ cause }) => cause.type.startsWith('transferred-')).map(({ id }) => id);
  for (const [kind, id, there] of [
    ['fail-before', 't1', []],
    ['fail-after', 't2', ['bank:t1', 'bank:t2']],
  ] as const) {
    proxy.failNext({ kind, operation: 'TransactWriteItems' });
    await expect(postAcross(mortal(), transfer(id))).rejects.toThrow('killed');
    for (const fundId of [from, to]) expect(await booked(fundId)).toEqual(there);
    expect(await postAcross(ledger(), transfer(id))).toMatchObject({ kind: 'posted', replayed: kind === 'fail-after' });
  }
  proxy.failNext({ kind: 'fail-after', operation: 'TransactWriteItems' });
  expect(await postAcross(ledger(), transfer('t3'))).toMatchObject({ kind: 'posted', replayed: false });

  // Both ways at once, each twice, while both books move, under every fault there is.
  proxy.setPlan({ probabilities: { conflict: 0.1, throttle: 0.05, 'fail-before': 0.05, 'stale-read': 0.2 } });
  const names = Array.from({ length: 8 }, (_, place) => `w${place}`);
  const answers = await Promise.all([
    ...[...names, ...names].map((name, place) =>
      postAcross(ledger(), Number(name.slice(1)) % 2 === 0 ? transfer(name) : transfer(name, to, from)).then(
        (answer) => [name, answer.kind, place],
      ),
    ),
    ...[from, to].map((fundId) =>
      post(
        ledger(),
        fundId,
        many(4, (place) => contribution(`k${place}`)),
      ),
    ),
  ]);
  proxy.setPlan(undefined);
  expect(answers.slice(0, 16).filter(([, kind]) => kind !== 'posted')).toEqual([]);
  const ids = ['t1', 't2', 't3', ...names].map((name) => `bank:${name}`).toSorted();
  const texts: string[] = [];
  for (const [fundId, other] of [
    [from, to],
    [to, from],
  ] as const) {
    expect((await booked(fundId)).toSorted()).toEqual(ids);
    expect(await proveBook(table, fundId)).toMatchObject({ verified: true, findings: [] });
    const [book, mirror] = [await readBook(table, fundId), await readBook(table, other)];
    expect(balanceOf(book, '1009', other) + balanceOf(mirror, '1009', fundId)).toBe(0n);
    let text = '';
    for await (const line of exportJournal(table, fundId)) text += line;
    expect(verifyJournal(text).problems).toEqual([]);
    texts.push(text);
  }
  expect(verifyTransfers(texts)).toEqual([]);
});

test('33: a file of loans sent twice at the same time covers each once, and the second is told so', async () => {
  const fundId = newFund();
  await post(ledger(), fundId, [terms, contribution('r1', 1_000n)]);
  const loans = many(450, (place) => cover(`l${place}`));
  const upload = async () => {
    const answers: Answer[] = [];
    for (let from = 0; from < loans.length; from += 90)
      answers.push(...(await post(ledger(), fundId, loans.slice(from, from + 90))));
    return answers;
  };
  const both = await Promise.all([upload(), upload()]);
  for (const answers of both) expect(count(answers, 'posted')).toBe(450);
  const first = both.flat().filter((answer) => answer.kind === 'posted' && !answer.replayed);
  expect(first).toHaveLength(450);
  await expectOnce(fundId, [terms, contribution('r1'), ...loans]);
});

test('34: the function’s time is over while 90 entries are under way: all or none, and once in the end', async () => {
  const fundId = newFund();
  const commands = many(90, (place) => contribution(`r${place}`));
  for (const kind of ['fail-before', 'fail-after'] as const) {
    proxy.failNext({ kind, operation: 'TransactWriteItems' });
    await expect(post(mortal(), fundId, commands)).rejects.toThrow('killed');
    expect((await journalOf(fundId)).length).toBe(kind === 'fail-before' ? 0 : 90);
  }
  expect(count(await post(ledger(), fundId, commands), 'posted')).toBe(90);
  await expectOnce(fundId, commands);
});

test('35: a contribution that comes again after twenty later entries is not booked again', async () => {
  const fundId = newFund();
  const commands = many(21, (place) => contribution(`r${place}`));
  for (const command of commands) await post(ledger(), fundId, [command]);
  expect(await post(ledger(), fundId, commands.slice(0, 1))).toMatchObject([{ kind: 'posted', replayed: true }]);
  await expectOnce(fundId, commands);
});
