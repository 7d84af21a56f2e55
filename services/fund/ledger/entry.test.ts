import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { accounts } from './accounts.ts';
import { applyEntry, balanceOf, emptyBook, trialBalance } from './book.ts';
import { noHash } from '#packages/canonical';
import { Entry, entryProblems, hashed, linesOf, move, reversed, type Side, type Unhashed } from './entry.ts';
import { entryKinds, type EntryKindName, isEntryKind } from './entry-kinds.ts';

const kinds = Object.keys(entryKinds).filter(isEntryKind);
const moving = kinds.filter((kind) => entryKinds[kind].legs.length > 0);

/** Memo accounts and their mirrors speak of the same party. */
const sideOf = (code: string, party: string): Side =>
  accounts.get(code)?.party === undefined ? [code] : [code, party];

const entries = fc
  .constantFrom(...moving)
  .chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      moves: fc.array(
        fc.record({
          leg: fc.constantFrom(...entryKinds[kind].legs),
          party: fc.constantFrom('a', 'b', 'c'),
          fen: fc.bigInt(1n, 10n ** 12n),
        }),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  )
  .map(({ kind, moves }) =>
    entryOf(
      kind,
      linesOf(
        kind,
        moves.map(({ leg: [debit, credit], party, fen }) => move(sideOf(debit, party), sideOf(credit, party), fen)),
      ),
    ),
  );

function entryOf(type: EntryKindName, lines: Unhashed['lines']): Unhashed {
  const at = '2026-11-26T16:00:00.000Z';
  return {
    fundId: 'f',
    seq: 1,
    id: 'x',
    at,
    valueDate: '2026-11-27',
    cause: { type, id: 'x' },
    lines,
    prevHash: noHash,
  };
}

test('every kind of entry moves between accounts that exist, a memo account only against its mirror', () => {
  for (const { legs } of Object.values(entryKinds)) {
    for (const [debit, credit] of legs) {
      const [one, other] = [accounts.get(debit), accounts.get(credit)];
      expect([debit, one, credit, other]).not.toContain(undefined);
      if (!debit.startsWith('9')) expect(credit.startsWith('9')).toBe(false);
      else
        expect([one?.mirrors, other?.mirrors]).toContain(
          debit.endsWith('0') || Number(debit) % 2 === 0 ? credit : debit,
        );
    }
  }
});

test('an entry made of moves balances and is well formed, and leaves a book in balance', () => {
  fc.assert(
    fc.property(entries, (entry) => {
      expect(entryProblems(entry)).toEqual([]);
      const made = hashed(entry);
      expect(Entry.parse(JSON.parse(JSON.stringify(made.entry)))).toEqual(made.entry);
      const book = applyEntry(emptyBook('f'), made.entry);
      expect(trialBalance(book)).toBe(0n);
      const back = applyEntry(book, { ...made.entry, lines: reversed(entry.lines) });
      expect(back.balances).toEqual({});
    }),
  );
});

test('one fen more or less on one line, or a line on another account, is a problem', () => {
  fc.assert(
    fc.property(entries, fc.nat(), fc.constantFrom(-1, 1, 1_000_000_007), (entry, any, more) => {
      const place = any % entry.lines.length;
      const line = entry.lines[place]!;
      const changed =
        'debitFen' in line
          ? { ...line, debitFen: line.debitFen + more }
          : { ...line, creditFen: line.creditFen + more };
      expect(entryProblems({ ...entry, lines: entry.lines.with(place, changed) })).toContain('unbalanced');
      const elsewhere = { ...line, account: '1008' };
      expect(entryProblems({ ...entry, lines: entry.lines.with(place, elsewhere) })).toContain('unknown-account');
      expect(entryProblems({ ...entry, lines: [...entry.lines, line] })).toContain('two-lines-of-one-account');
    }),
  );
});

test('a correction may bring back any entry', () => {
  fc.assert(fc.property(entries, ({ lines }) => entryProblems(entryOf('correction', reversed(lines))).length === 0));
});

test('what a kind does not move cannot be written down', () => {
  expect(() => linesOf('interest-credited', [move(['1002', 'main'], ['3101', 'city'], 1n)])).toThrow('has no move');
  expect(() => linesOf('interest-credited', [move(['1002', 'main'], ['4101'], -1n)])).toThrow('negative');
  const huge = BigInt(Number.MAX_SAFE_INTEGER);
  expect(() => linesOf('interest-credited', [move(['1002', 'main'], ['4101'], huge + 1n)])).toThrow('exact');
});

test('the hash is SHA-256 of the RFC 8785 form, byte for byte', () => {
  const entry: Unhashed = { ...entryOf('interest-credited', []), id: 'bank:利息"1"' };
  entry.lines = linesOf('interest-credited', [move(['1002', 'main'], ['4101'], 105n)]);
  const text =
    '{"at":"2026-11-26T16:00:00.000Z","cause":{"id":"x","type":"interest-credited"},"fundId":"f","id":"bank:利息\\"1\\"",' +
    '"lines":[{"account":"1002","debitFen":105,"partyId":"main"},{"account":"4101","creditFen":105}],' +
    `"prevHash":"${noHash}","seq":1,"valueDate":"2026-11-27"}`;
  expect(hashed(entry)).toEqual({
    text,
    entry: { ...entry, hash: createHash('sha256').update(text).digest('hex') },
  });
});

test('a balance is told on its account’s own side, a mirror as the opposite of what it mirrors', () => {
  const lines = linesOf('exposure-reserved', [
    move(['9001', 'bank-a'], ['9002', 'bank-a'], 7n),
    move(['9003', 'bank-b'], ['9004', 'bank-b'], 9n),
  ]);
  const book = applyEntry(emptyBook('f'), hashed(entryOf('exposure-reserved', lines)).entry);
  expect(book.balances).toEqual({ '9001/bank-a': 7n, '9003/bank-b': 9n });
  expect([balanceOf(book, '9001'), balanceOf(book, '9002', 'bank-a'), balanceOf(book, '9004')]).toEqual([7n, 7n, 9n]);
});
