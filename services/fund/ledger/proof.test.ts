import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { Table } from '#packages/table';
import { tries } from '../../../test/support/effort.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import {
  approveReturn,
  chargeFee,
  creditInterest,
  payReturn,
  receiveContribution,
  receiveUnidentified,
} from './cash.ts';
import { accounts } from './accounts.ts';
import { stateBalance } from './close.ts';
import { bookAnew, takeBack } from './correct.ts';
import { canonical } from '#packages/canonical';
import { type Entry, hashOf } from './entry.ts';
import { entryKinds } from './entry-kinds.ts';
import { exportJournal } from './export.ts';
import { releaseExposure, reserveExposure } from './exposure.ts';
import { closeFundPeriod } from './operations/close-period.ts';
import { merkleRoot } from './merkle.ts';
import { openLedger, post } from './post.ts';
import { proveBook } from './proof.ts';
import { findEntry } from './read.ts';
import { resume, setTerms, suspend } from './suspension.ts';
import * as offline from './verify-journal.mjs';

const fundId = 'fund-1';
let store: TestTable;
let table: Table;
let whole: string;
let root: string;

/** A year with everything in it that needs no claim, closed and sealed, and the beginning of the next. */
async function liveAYear(): Promise<void> {
  let clock = Date.parse('2026-02-01T02:00:00.000Z');
  const ledger = openLedger(table, () => new Date((clock += 60_000)));
  const day = '2026-01-31';
  const line = (bankReference: string, amountFen: bigint) => ({ bankReference, amountFen, valueDate: day });
  const act = { actId: 's1', valueDate: day, reason: 'test', by: 'a', approvedBy: 'b' };
  await post(ledger, fundId, [
    setTerms({ programmeVersion: 1, leverage: 10, bankQuotaFen: { 'bank-a': 5_000 } }, day, {
      by: 'a',
      approvedBy: 'b',
    }),
    receiveContribution({ ...line('r1', 1_000n), contributor: 'city' }),
    receiveContribution({ ...line('r2', 500n), contributor: 'county-411525' }),
    creditInterest(line('i1', 31n)),
    chargeFee(line('f1', 7n)),
    receiveUnidentified(line('u1', 3n)),
    reserveExposure({ loanId: 'l1', bankId: 'bank-a', exposureFen: 700n, principalFen: 1_000n, valueDate: day }),
    suspend(act),
  ]);
  const [wrong] = await post(ledger, fundId, [creditInterest(line('i2', 99n))]);
  const cover = await findEntry(table, fundId, 'cover:l1');
  const mistake = wrong?.kind === 'posted' ? wrong.entry : undefined;
  const [correction] = await post(ledger, fundId, [
    takeBack(mistake!),
    resume({ ...act, actId: 's1' }),
    releaseExposure(cover!, { reference: '2026-02', valueDate: day, repaidFen: 300n }),
    approveReturn({ returnId: 'x1', contributor: 'city', amountFen: 100n, valueDate: day, by: 'a', approvedBy: 'b' }),
    payReturn({ ...line('x1', 100n), contributor: 'city' }),
    stateBalance({ depository: 'main', on: day, balanceFen: 1_427n }),
  ]);
  if (correction?.kind !== 'posted') throw new Error('no correction');
  await post(ledger, fundId, [bookAnew(creditInterest(line('i2', 9n)), correction.entry)]);
  clock = Date.parse('2027-01-02T02:00:00.000Z');
  const sealed = await closeFundPeriod(ledger)({ fundId, through: '2026-12-31', by: 'a', approvedBy: 'b' });
  if (sealed.kind !== 'done') throw new Error(sealed.code);
  ({ root } = sealed.result);
  // Late, and on time.
  await post(ledger, fundId, [
    creditInterest(line('i3', 2n)),
    creditInterest({ ...line('i4', 2n), valueDate: '2027-01-01' }),
  ]);
}

async function exported(): Promise<string> {
  let text = '';
  for await (const line of exportJournal(table, fundId)) text += line;
  return text;
}

beforeAll(async () => {
  store = await startTable({ streams: false });
  ({ table } = store);
  await liveAYear();
  whole = await exported();
});
afterAll(() => store.stop());

test('a whole journal is found whole, here and offline, and its root is the one that was sealed', async () => {
  expect(offline.verifyJournal(whole, { roots: { '2026-12-31': root } })).toMatchObject({
    problems: [],
    entries: 20,
    seals: { '2026-12-31': root },
  });
  expect(await proveBook(table, fundId)).toMatchObject({
    entries: 20,
    trialBalance: 0n,
    verified: true,
    sealedThrough: '2026-12-31',
    findings: [],
  });
  expect(await proveBook(table, 'no-fund')).toMatchObject({ entries: 0, verified: true, sealedThrough: null });
});

test('the offline checker spells RFC 8785 and computes roots as the ledger does', () => {
  const value = { b: [1, 'é\n"\\\u2028', { z: true, a: '知融' }], a: {}, '10': 0, '9': '' };
  expect(offline.canonical(value)).toBe(canonical(value));
  for (let count = 0; count < 20; count += 1) {
    const hashes = Array.from({ length: count }, (_, place) => String(place).padStart(64, 'a'));
    expect(offline.merkleRoot(hashes)).toBe(merkleRoot(hashes));
  }
});

/** The value with one field changed, taken away or added, in every way there is. */
function* mutations(value: unknown): Generator<unknown> {
  if (typeof value === 'number') yield* [value + 1, String(value)];
  else if (typeof value === 'string') yield* [`${value}0`, value.replace(/\w/, (one) => (one === '1' ? '2' : '1'))];
  else if (typeof value === 'boolean') yield !value;
  else if (Array.isArray(value)) {
    for (const [place, one] of value.entries()) {
      for (const other of mutations(one)) yield value.with(place, other);
      yield value.toSpliced(place, 1);
      yield [...value, one];
      if (place > 0) yield value.with(place, value[place - 1]).with(place - 1, one);
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, one] of Object.entries(value)) {
      for (const other of mutations(one)) yield { ...value, [name]: other };
      const { [name as keyof typeof value]: _gone, ...rest } = value;
      yield rest;
      yield { ...rest, [`${name}x`]: one };
    }
    yield { ...value, more: 1 };
  }
}

test('every change of a single field of an export is noticed, and every line lost, doubled or moved', () => {
  const lines = whole.trimEnd().split('\n');
  const text = (changed: readonly string[]) => `${changed.join('\n')}\n`;
  // All of them in the slow suite, every third in the usual one.
  const stride = tries(3, 1);
  let tried = 0;
  const unnoticed: string[] = [];
  const attempt = (changed: string, what: string) => {
    tried += 1;
    if (tried % stride !== 0) return;
    if (changed !== whole && offline.verifyJournal(changed).problems.length === 0) unnoticed.push(what);
  };
  for (const [place, line] of lines.entries()) {
    for (const value of mutations(JSON.parse(line)))
      attempt(text(lines.with(place, canonical(value))), canonical(value));
    attempt(text(lines.with(place, line.replace(':', ': '))), 'a space');
    attempt(text(lines.toSpliced(place, 1)), `line ${place} lost`);
    attempt(text(lines.toSpliced(place, 0, line)), `line ${place} doubled`);
    if (place > 0) attempt(text(lines.with(place, lines[place - 1]!).with(place - 1, line)), `line ${place} moved`);
  }
  attempt(whole.slice(0, -1), 'the end lost');
  expect(unnoticed).toEqual([]);
  expect(tried).toBeGreaterThan(1_500);
});

/** A forger who has the program: he changes entries and makes every hash, seal and sum fit again. */
function forged(change: (entry: Entry) => Entry): string {
  const lines = whole
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Entry & { summary?: Record<string, unknown> });
  const entries: Entry[] = [];
  for (const line of lines.slice(0, -1)) {
    let { hash: _hash, ...entry } = { ...change(line), prevHash: entries.at(-1)?.hash ?? '0'.repeat(64) };
    if (entry.corrects !== undefined) {
      entry = { ...entry, corrects: { ...entry.corrects, hash: entries[entry.corrects.seq - 1]!.hash } };
    }
    if (entry.control !== undefined && 'seal' in entry.control) {
      const { seal } = entry.control;
      const sealed = entries.slice(seal.firstSeq - 1, seal.lastSeq).map(({ hash }) => hash);
      entry = { ...entry, control: { seal: { ...seal, root: merkleRoot(sealed), headHash: sealed.at(-1)! } } };
    }
    entries.push({ ...entry, hash: hashOf(entry) });
  }
  const sealed = entries
    .flatMap(({ control }) => (control !== undefined && 'seal' in control ? [control.seal] : []))
    .at(-1);
  const summary = { ...lines.at(-1)!.summary, headHash: entries.at(-1)!.hash, sealed };
  return [...entries, { summary }].map((one) => `${canonical(one)}\n`).join('');
}

test('the checker knows the same kinds and the same accounts for each as the ledger, written down twice', () => {
  for (const [type, { legs }] of Object.entries(entryKinds)) {
    for (const code of accounts.keys()) {
      for (const side of ['debitFen', 'creditFen']) {
        const allowed = legs.some(([debit, credit]) => code === (side === 'debitFen' ? debit : credit));
        if (legs.length === 0) continue;
        const line = { account: code, [side]: 1 };
        const entry = {
          at: '2026-11-27T00:00:00.000Z',
          valueDate: '2026-11-27',
          cause: { type, id: 'x' },
          lines: [line],
        };
        const { problems } = offline.verifyJournal(`${canonical(entry)}\n`);
        expect(problems.join()).not.toMatch(/no known kind|no account/);
        expect([type, code, side, !problems.some((one) => one.endsWith('does not move'))]).toEqual([
          type,
          code,
          side,
          allowed,
        ]);
      }
    }
  }
});

test('a journal forged as a whole agrees with itself, and not with the root or the head kept outside', () => {
  const untouched = forged((entry) => entry);
  expect(untouched).toBe(whole);
  const other = forged((entry) => (entry.id === 'bank:u1' ? { ...entry, by: 'somebody else' } : entry));
  expect(offline.verifyJournal(other).problems).toEqual([]);
  expect(offline.verifyJournal(other, { roots: { '2026-12-31': root } }).problems).toHaveLength(1);
  const { headHash } = offline.verifyJournal(whole);
  expect(offline.verifyJournal(other, { head: headHash }).problems).toHaveLength(1);
  // An older head is still in a journal that has only grown.
  const older = JSON.parse(whole.split('\n')[4]!) as Entry;
  expect(offline.verifyJournal(whole, { head: older.hash }).problems).toEqual([]);
});

test.each<[string, (entry: Entry) => Entry, RegExp]>([
  ['money out of nothing', (entry) => withLine(entry, 'bank:r1', 0, { debitFen: 2_000 }), /balance/],
  ['a fee beyond what there is', (entry) => withAmount(entry, 'bank:f1', 5_000), /below zero|available/],
  ['cover beyond the capacity', (entry) => withAmount(entry, 'cover:l1', 20_000), /capacity/],
  ['cover beyond the quota', (entry) => withAmount(entry, 'cover:l1', 5_001), /quota/],
  ['an approval by its maker', (entry) => (entry.id === 'return:x1' ? { ...entry, approvedBy: 'a' } : entry), /maker/],
  ['terms of one person', (entry) => (entry.id === 'terms:1' ? onePerson(entry) : entry), /two people/],
  ['money returned by one person', (entry) => (entry.id === 'return:x1' ? onePerson(entry) : entry), /two people/],
  ['a remainder out of nothing', carryMore, /carries on/],
  ['a day ahead', (entry) => (entry.id === 'bank:i1' ? { ...entry, valueDate: '2026-12-30' } : entry), /ahead/],
  ['a late entry as if it were not', (entry) => (entry.id === 'bank:i3' ? withoutLate(entry) : entry), /late/],
  ['a name booked twice', (entry) => (entry.id === 'bank:i1' ? { ...entry, id: 'bank:r1' } : entry), /second time/],
  ['half a correction', (entry) => withAmount(entry, 'correction:9', 98), /something else/],
  [
    'interest booked as capital',
    (entry) => withLine(entry, 'bank:i1', 1, { account: '3101', partyId: 'city' }),
    /does not move/,
  ],
  ['interest booked as a fee', (entry) => withKind(entry, 'bank:i1', 'fee-charged'), /brings money in/],
  [
    'more cover given back than taken',
    (entry) => withAmount(entry, 'release:l1:2026-02', 701),
    /more cover|below zero/,
  ],
])('a forger who keeps to every hash is caught by the rules: %s', (_name, change, finding) => {
  expect(offline.verifyJournal(forged(change)).problems.join('\n')).toMatch(finding);
});

function withLine(entry: Entry, id: string, place: number, change: object): Entry {
  return entry.id === id
    ? { ...entry, lines: entry.lines.with(place, { ...entry.lines[place]!, ...change } as never) }
    : entry;
}
function withAmount(entry: Entry, id: string, fen: number): Entry {
  const lines = entry.lines.map((line) =>
    'debitFen' in line ? { ...line, debitFen: fen } : { ...line, creditFen: fen },
  );
  return entry.id === id ? { ...entry, lines } : entry;
}
function withKind(entry: Entry, id: string, type: Entry['cause']['type']): Entry {
  return entry.id === id ? { ...entry, cause: { ...entry.cause, type } } : entry;
}
function onePerson({ approvedBy: _approvedBy, ...entry }: Entry): Entry {
  return entry;
}
function carryMore(entry: Entry): Entry {
  const { control } = entry;
  if (control === undefined || !('closedThrough' in control)) return entry;
  return { ...entry, control: { ...control, carried: { ...control.carried, '3103/city': 1 } } };
}
function withoutLate({ late: _late, ...entry }: Entry): Entry {
  return entry;
}

test('run as a program it says what it found, by its exit code too', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'zhirong-journal-'));
  onTestFinished(() => rm(dir, { recursive: true }));
  const checker = fileURLToPath(new URL('verify-journal.mjs', import.meta.url));
  const check = async (text: string, ...args: string[]) => {
    await writeFile(join(dir, 'journal.jsonl'), text);
    return promisify(execFile)(process.execPath, [checker, join(dir, 'journal.jsonl'), ...args]).then(
      ({ stdout }) => ({ code: 0, stdout }),
      (error: { code: number; stdout: string }) => error,
    );
  };
  expect(await check(whole, '--root', `2026-12-31=${root}`)).toMatchObject({
    code: 0,
    stdout: expect.stringContaining(`sealed through 2026-12-31: ${root}\n20 entries`),
  });
  expect(await check(whole, '--root', `2026-12-31=${'0'.repeat(64)}`)).toMatchObject({ code: 1 });
  expect(await check(whole.replace('"creditFen":31', '"creditFen":32'))).toMatchObject({ code: 1 });
});

test.each([
  ['an entry rewritten', 'entry', (text: string) => text.replace('"creditFen":2}', '"creditFen":3}')],
  ['a hash rewritten', 'hash', (text: string) => text.replace(/^./, (one) => (one === '0' ? '1' : '0'))],
])('what somebody edits in the table is found: %s', async (_name, field, edit) => {
  const key = { pk: `LEDGER#${fundId}#ENTRY#bank:i4`, sk: 'ENTRY' };
  const item = await table.get(key);
  await table.transact([{ kind: 'put', item: { ...item, ...key, [field]: edit(String(item![field])) } }]);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: false });
  await table.transact([{ kind: 'put', item: { ...item, ...key } }]);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: true });
});

test('a snapshot that somebody edits, and an entry that is gone, are found', async () => {
  const blocks = await table.page(
    { condition: { expression: 'pk = :pk', values: { ':pk': `LEDGER#${fundId}` } }, newestFirst: true },
    1,
  );
  const block = blocks.items[0] as { pk: string; sk: string; book: string };
  const edited = block.book.replace(/"1002\/main":"(\d)/, '"1002/main":"9$1');
  expect(edited).not.toBe(block.book);
  await table.transact([{ kind: 'put', item: { ...block, book: edited } }]);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: false });
  await table.transact([{ kind: 'put', item: block }]);
  const key = { pk: `LEDGER#${fundId}#ENTRY#bank:i4`, sk: 'ENTRY' };
  const item = await table.get(key);
  await table.transact([{ kind: 'delete', key }]);
  const proof = await proveBook(table, fundId);
  expect(proof.findings[0]).toMatch(/bank:i4 of commit \d+ is not there/);
  await table.transact([{ kind: 'put', item: { ...item, ...key } }]);
  expect(await proveBook(table, fundId)).toMatchObject({ verified: true });
});
