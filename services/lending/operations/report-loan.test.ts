import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { addMonths } from '#packages/calendar';
import { tries } from '../../../test/support/effort.ts';
import { failing } from '../../../test/support/partners.ts';
import { servicingOn, type ServicingWorld } from '../../../test/support/servicing.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { classifications } from '../contract.ts';
import { lastDayOf } from '../report-months.ts';

let started: TestTable;
let world: ServicingWorld;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = await fresh();
});

async function fresh(): Promise<ServicingWorld> {
  const made = servicingOn(await started.another(), '2026-08-03T04:00:00.000Z');
  await made.founded();
  await made.listed();
  return made;
}
const codesOf = ({ result }: { result?: any }) => result.exceptions.map(({ code }: { code: string }) => code);

test('a report is taken once: the same again is answered as the first time, another for its day is refused for ever', async () => {
  const loanId = await world.lent();
  world.at('2026-09-07T04:00:00.000Z');
  const first = await world.report(loanId, { asOf: '2026-08-31', overdueDays: 5 });
  expect(first).toMatchObject({ kind: 'done', result: { loanId, asOf: '2026-08-31', exceptions: [] } });
  world.at('2026-12-07T04:00:00.000Z');
  expect(await world.report(loanId, { asOf: '2026-08-31', overdueDays: 5 })).toEqual({ ...first, replayed: true });
  for (const other of [{ overdueDays: 6 }, { outstandingFen: 1 }, { allLoansNplBps: undefined }]) {
    expect(await world.report(loanId, { asOf: '2026-08-31', overdueDays: 5, ...other })).toMatchObject({
      code: 'already_exists',
    });
  }
  expect(await world.loanOf(loanId)).toMatchObject({ status: 'overdue', lastReport: { overdueDays: 5 } });
  expect(await world.told(loanId)).toEqual(['loan.filed.v1', 'loan.registered.v1', 'loan.reported.v1']);
});

test('a report of tomorrow is refused by its date, another bank’s loan is none', async () => {
  const loanId = await world.lent();
  expect(await world.report(loanId, { asOf: '2026-08-04' })).toMatchObject({
    code: 'validation_failed',
    errors: [{ pointer: '/asOf' }],
  });
  expect(await world.report(loanId, { asOf: '2026-08-03' }, 'bank-b')).toMatchObject({ code: 'not_found' });
  // In Shanghai it is tomorrow already.
  world.at('2026-08-03T16:00:00.000Z');
  expect(await world.report(loanId, { asOf: '2026-08-04' })).toMatchObject({ kind: 'done' });
});

test('nothing outstanding ends a loan and frees its rights; what is reported then is only kept', async () => {
  const loanId = await world.lent();
  world.at('2026-09-30T04:00:00.000Z');
  await world.report(loanId, { asOf: '2026-08-31' });
  expect(await world.portfolio()).toMatchObject({ loans: 1, outstandingFen: 500_000_000n });
  await world.report(loanId, { asOf: '2026-09-30', outstandingFen: 0 });
  const ended = { status: 'settled', ended: { how: 'repaid', on: '2026-09-30' } };
  expect(await world.loanOf(loanId)).toMatchObject(ended);
  expect(await world.portfolio()).toMatchObject({ loans: 0, outstandingFen: 0n });
  expect((await world.told(loanId)).slice(-2)).toEqual(['loan.reported.v1', 'loan.settled.v1']);
  expect(await world.due()).toEqual([expect.stringMatching(/^!/)]);
  world.at('2026-10-31T04:00:00.000Z');
  expect(codesOf(await world.report(loanId, { asOf: '2026-10-31' }))).toContain('reported-after-end');
  expect(await world.loanOf(loanId)).toMatchObject(ended);
  expect(await world.portfolio()).toMatchObject({ loans: 0 });
  // The same right may secure the next loan.
  expect((await world.loanOf(await world.lent())).status).toBe('active');
});

test('a bundle of fifty rights with its watches is set free in one transaction', async () => {
  const numbers = Array.from({ length: 50 }, (_right, place) => `ZZ-2026-${place}`);
  const assets = numbers.map((number) => ({ ...world.asset(number), kind: 'licence-income' }));
  const { result } = await world.file(world.loan({}, assets));
  world.at('2026-09-20T04:00:00.000Z');
  await world.watch();
  expect(await world.openWatches()).toHaveLength(51);
  const strict = failing(world.table, []);
  const answer = await world.report(result.loanId, { asOf: '2026-09-20', outstandingFen: 0 }, 'bank-a', strict);
  expect(answer.kind).toBe('done');
  await world.watch();
  expect(await world.openWatches()).toEqual([]);
  expect(await world.due()).toEqual([]);
});

test('a bank’s ratio goes with each report, over those of its loans that it has reported and that live', async () => {
  const [one, other] = [await world.lent(), await world.lent({ principalFen: 100_000_000 }, ['201810000001.3'])];
  world.at('2026-12-31T04:00:00.000Z');
  await world.report(one, { asOf: '2026-12-31' });
  await world.report(other, {
    asOf: '2026-12-31',
    outstandingFen: 99_999_999,
    overdueDays: 91,
    classification: 'substandard',
  });
  expect(await world.portfolio()).toMatchObject({
    loans: 2,
    outstandingFen: 599_999_999n,
    nplLoans: 1,
    nplFen: 99_999_999n,
    asOf: '2026-12-31',
    allLoans: { asOf: '2026-12-31', bps: 120n },
  });
  const items = await eventsOf(other);
  // 99,999,999 of 599,999,999 is 16.6666…67 %: rounded up.
  expect(items.at(-1)).toMatchObject({ ipNplBps: 1_667, allLoansNplBps: 120, outstandingFen: 99_999_999 });
});

async function eventsOf(loanId: string): Promise<any[]> {
  const events: any[] = [];
  const condition = {
    expression: 'pk = :pk AND begins_with(sk, :prefix)',
    values: { ':pk': `LOAN#${loanId}`, ':prefix': 'EVENT#' },
  };
  for await (const item of world.table.each({ condition })) events.push(JSON.parse(String(item['event'])).data);
  return events.filter((data) => 'outstandingFen' in data);
}

test('a loan is written off once it is reported as lost, and its rights stay pledged', async () => {
  const loanId = await world.lent();
  world.at('2027-09-30T04:00:00.000Z');
  const writeOff = (on: string, reason = '经审批核销') =>
    world.call(world.operations.writeOffLoan, {
      caller: { kind: 'partner', partnerId: 'bank-a', role: 'bank' },
      params: { loanId },
      body: { on, reason },
    });
  expect(await writeOff('2027-09-30')).toMatchObject({ code: 'state_conflict' });
  await world.report(loanId, { asOf: '2027-09-29', overdueDays: 361, classification: 'loss' });
  expect(await writeOff('2027-10-01')).toMatchObject({ code: 'validation_failed', errors: [{ pointer: '/on' }] });
  const done = await writeOff('2027-09-30');
  expect(done).toMatchObject({ kind: 'done', result: { status: 'written-off', on: '2027-09-30' } });
  expect(await writeOff('2027-09-30')).toEqual({ ...done, replayed: true });
  expect(await writeOff('2027-09-29')).toMatchObject({ code: 'already_exists' });
  expect(await world.loanOf(loanId)).toMatchObject({ ended: { how: 'written-off', on: '2027-09-30' } });
  expect(await world.portfolio()).toMatchObject({ loans: 0, nplFen: 0n });
  expect((await world.told(loanId)).filter((type) => type === 'loan.settled.v1')).toHaveLength(1);
  await world.listed({ validUntil: '2028-09-30' });
  expect(await world.file(world.loan())).toMatchObject({ code: 'right_already_pledged' });
});

test('evidence of due diligence is kept by its digest, once, and read with the loan', async () => {
  const loanId = await world.lent();
  const caller = { kind: 'partner', partnerId: 'bank-a', role: 'bank' } as const;
  const add = (body: object) => world.call(world.operations.addEvidence, { caller, params: { loanId }, body });
  const document = { kind: 'investigation', digest: 'a'.repeat(64), on: '2026-08-01' };
  expect(await add(document)).toMatchObject({ kind: 'done', result: { evidence: [document] } });
  expect(await add(document)).toMatchObject({ replayed: true });
  expect(await add({ ...document, kind: 'approval' })).toMatchObject({ code: 'already_exists' });
  expect(await add({ ...document, on: '2026-08-04' })).toMatchObject({ code: 'validation_failed' });
  await add({ kind: 'approval', digest: 'b'.repeat(64), on: '2026-08-02' });
  const { result } = await world.call(world.operations.getLoan, { caller, params: { loanId } });
  expect(result.evidence).toEqual([document, { kind: 'approval', digest: 'b'.repeat(64), on: '2026-08-02' }]);
});

/** A history that contradicts itself nowhere: what is outstanding falls, and once it is nothing, nothing follows. */
const history = fc
  .array(
    fc.record({
      outstandingFen: fc.integer({ min: 1, max: 500_000_000 }),
      overdueDays: fc.integer({ min: 0, max: 400 }),
      classification: fc.constantFrom(...classifications),
      allLoansNplBps: fc.option(fc.integer({ min: 0, max: 500 }), { nil: undefined }),
      skip: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .chain((rows) =>
    fc.record({
      reports: fc.boolean().map((repaid) => {
        const falling = rows.map(({ outstandingFen }) => outstandingFen).toSorted((a, b) => b - a);
        return rows
          .map(({ skip: _skip, ...row }, place) => ({
            ...row,
            asOf: lastDayOf(addMonths('2026-08-01', place).slice(0, 7)),
            outstandingFen: repaid && place === rows.length - 1 ? 0 : (falling[place] ?? 0),
          }))
          .filter((_row, place) => place === rows.length - 1 || rows[place]?.skip !== true);
      }),
      order: fc.infiniteStream(fc.nat()),
      repeats: fc.array(fc.nat(), { maxLength: 4 }),
      faults: fc.array(fc.constantFrom('before', 'after', 'not'), { maxLength: 4 }),
    }),
  );

async function endOf(reports: readonly Record<string, unknown>[], faults: readonly string[]) {
  world = await fresh();
  const loanId = await world.lent();
  world.at('2027-03-01T04:00:00.000Z');
  const table = failing(world.table, [...faults] as never);
  for (const report of reports) {
    for (let sent = 0; sent < 10; sent += 1) {
      const answer = await world.report(loanId, report, 'bank-a', table).catch(() => undefined);
      if (answer !== undefined) break;
    }
  }
  const [loan, kept, { version: _version, ...portfolio }] = [
    await world.loanOf(loanId),
    await world.kept(loanId),
    await world.portfolio(),
  ];
  const { filing: _filing, loanId: _id, bankLoanNo: _no, ...state } = loan;
  const reported = (await world.told(loanId)).filter((type) => type === 'loan.reported.v1').length;
  const watches = kept.watches.map(({ code, about, dueOn }) => `${code} ${about} ${dueOn}`).toSorted();
  return { state, months: kept.months, expects: kept.expects, watches, portfolio, reported };
}

test('late, repeated, reordered and broken deliveries of the same reports come to the same end', async () => {
  await fc.assert(
    fc.asyncProperty(history, async ({ reports, order, repeats, faults }) => {
      const keys = reports.map(() => order.next().value as number);
      const shuffled = reports
        .map((report, place) => ({ report, key: keys[place] ?? 0 }))
        .toSorted((one, other) => one.key - other.key)
        .map(({ report }) => report);
      const again = repeats.map((place) => reports[place % reports.length]!);
      const straight = await endOf(reports, []);
      expect(await endOf([...shuffled, ...again], faults)).toEqual(straight);
      expect(straight.reported).toBe(reports.length);
      const last = reports.at(-1)!;
      const expected = last.outstandingFen === 0 ? 'settled' : last.overdueDays > 0 ? 'overdue' : 'active';
      expect(straight.state).toMatchObject({ status: expected, lastReport: { asOf: last.asOf } });
      const isBad = ['substandard', 'doubtful', 'loss'].includes(last.classification);
      expect(straight.portfolio).toMatchObject({
        outstandingFen: BigInt(last.outstandingFen),
        nplFen: isBad ? BigInt(last.outstandingFen) : 0n,
      });
    }),
    { numRuns: tries(2, 300) },
  );
});

test('the clock of reports is the law’s: the months that are missed are named, and nothing else', async () => {
  const loanId = await world.lent();
  world.at('2026-11-14T04:00:00.000Z');
  expect(codesOf(await world.report(loanId, { asOf: '2026-10-31' }))).toEqual(['report-late', 'months-missing']);
  expect(await world.kept(loanId)).toMatchObject({ months: ['2026-10'], expects: '2026-08' });
});
