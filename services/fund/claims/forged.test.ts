import { afterAll, beforeAll, expect, test } from 'vitest';
import { canonical } from '#packages/canonical';
import { claimWorld } from '../../../test/support/claims.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { type Entry, hashOf } from '../ledger/entry.ts';
import { exportJournal } from '../ledger/export.ts';
import * as offline from '../ledger/verify-journal.mjs';

/** A journal with claims in it, forged as a whole: every hash fits, and the outsider's checker still says what cannot be. */

let store: TestTable;
let lines: (Entry & { summary?: object })[];
beforeAll(async () => {
  store = await startTable({ streams: false });
  const world = await claimWorld(store.table);
  await world.contribute(120_000_000n);
  const [one, two, three] = [await world.loan(), await world.loan(), await world.loan()];
  await world.paid(one);
  await world.paid(two);
  const waiting = await world.paid(three);
  await world.contribute(10_000_000n);
  await world.recover(waiting, 'RC-1', 40_000_000);
  let text = '';
  for await (const line of exportJournal(store.table, world.fundId)) text += line;
  lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry);
});
afterAll(() => store.stop());

function forged(change: (entry: Entry, place: number) => Entry[]): string {
  const entries: Entry[] = [];
  for (const [place, line] of lines.slice(0, -1).entries()) {
    for (const changed of change(line, place)) {
      const { hash: _hash, ...entry } = {
        ...changed,
        seq: entries.length + 1,
        prevHash: entries.at(-1)?.hash ?? '0'.repeat(64),
      };
      entries.push({ ...entry, hash: hashOf(entry) });
    }
  }
  const summary = { ...lines.at(-1)?.summary, headHash: entries.at(-1)?.hash };
  return [...entries, { summary }].map((one) => `${canonical(one)}\n`).join('');
}

/** A fen of the city's capital, to be returned by two people right after an entry. */
function returned({ control: _control, ...entry }: Entry): Entry {
  const city = { partyId: 'city' };
  return {
    ...entry,
    id: 'return:D1',
    cause: { type: 'contribution-return-approved', id: 'D1' },
    lines: [
      { account: '3101', ...city, debitFen: 1 },
      { account: '2203', ...city, creditFen: 1 },
    ],
    by: 'ann',
    approvedBy: 'bob',
  };
}

const isOf = (type: string, { cause }: Entry) => cause.type === type;
const first = (type: string) => lines.findIndex((line) => line.cause !== undefined && isOf(type, line));

test.each<[string, (entry: Entry, place: number) => Entry[], RegExp]>([
  ['nothing', (entry) => [entry], /^$/],
  [
    'a claim paid that nobody approved',
    (entry, place) => (place === first('claim-approved') ? [] : [entry]),
    /compensation-paid: .* is filed/,
  ],
  [
    'a claim approved that nobody filed',
    (entry, place) => (place === first('claim-filed') ? [] : [entry]),
    /is not filed/,
  ],
  [
    'a claim paid twice',
    (entry, place) => (place === first('compensation-paid') ? [entry, { ...entry, id: 'paid:again:2' }] : [entry]),
    /below zero/,
  ],
  [
    'a claim approved twice',
    (entry, place) => (place === first('claim-approved') ? [entry, { ...entry, id: 'again' }] : [entry]),
    /claim-approved: .* is approved/,
  ],
  [
    'a payment by one person',
    (entry, place) => {
      const { approvedBy: _second, ...alone } = entry;
      return place === first('compensation-paid') ? [alone] : [entry];
    },
    /needs two people/,
  ],
  [
    'a place in the queue that is not that of the approval',
    (entry) =>
      entry.control !== undefined && 'waits' in entry.control
        ? [{ ...entry, control: { ...entry.control, approvedSeq: 1 } }]
        : [entry],
    /since when/,
  ],
  [
    'capital returned that is owed on claims',
    (entry) =>
      entry.id === lines.findLast((line) => line.cause !== undefined && isOf('claim-approved', line))?.id
        ? [entry, returned(entry)]
        : [entry],
    /owes on claims/,
  ],
  [
    'a recovery kept from the fund',
    (entry) =>
      isOf('recovery-received', entry)
        ? [{ ...entry, lines: entry.lines.filter(({ account }) => account > '9') }]
        : [entry],
    /summary/,
  ],
])('%s', (_what, change, problem) => {
  expect(offline.verifyJournal(forged(change)).problems.join('\n')).toMatch(problem);
});
