import assert from 'node:assert/strict';
import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { accounts, isMemo } from './accounts.ts';
import { Seal, Terms } from './control.ts';
import { canonical, noHash } from '#packages/canonical';
import { balanceKey, type Entry, signedFen, type Unhashed } from './entry.ts';

const SignedFen = z.codec(z.string().regex(/^-?(0|[1-9][0-9]*)$/), z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (fen) => fen.toString(),
});

/**
 * A fund's book as it stands after an entry: what folding the journal up to `seq` gives, and nothing else. `number`
 * counts commits, and is 0 before the first. `balances` are on the debit side, credit balances negative, by the names
 * of `balanceKey`; what is nothing and what mirrors another account is left out.
 */
export const Book = z.strictObject({
  fundId: z.string().min(1),
  number: z.int().nonnegative(),
  at: z.union([Instant, z.literal('')]),
  seq: z.int().nonnegative(),
  headHash: z.string(),
  balances: z.record(z.string(), SignedFen),
  terms: Terms.optional(),
  /** Since which entry the fund is suspended. */
  suspendedSeq: z.int().positive().optional(),
  suspendedBanks: z.array(z.string()),
  closedThrough: LegalDate.optional(),
  sealed: Seal.optional(),
  /** The commit that holds the last seal: what follows it is still unsealed. */
  sealedIn: z.strictObject({ number: z.int().positive(), at: Instant }).optional(),
  /** Claims that wait for money, in the order of their approval. */
  waiting: z.array(z.strictObject({ claimId: z.string(), approvedSeq: z.int().positive() })),
});
export type Book = z.output<typeof Book>;

const BookText = jsonText(Book);

export function emptyBook(fundId: string): Book {
  return { fundId, number: 0, at: '', seq: 0, headHash: noHash, balances: {}, suspendedBanks: [], waiting: [] };
}

export function bookText(book: Book): string {
  return canonical(z.encode(Book, book));
}

export function readBook(text: unknown): Book {
  return BookText.parse(text);
}

/** The fold: the book after one more entry. Commits are counted by who commits. */
export function applyEntry(book: Book, entry: Entry): Book {
  const next: Book = { ...book, ...withLines(book, entry), seq: entry.seq, headHash: entry.hash, at: entry.at };
  const { control } = entry;
  if (control === undefined) return next;
  if ('terms' in control) return { ...next, terms: control.terms };
  if ('closedThrough' in control) return { ...next, closedThrough: control.closedThrough };
  if ('seal' in control) return { ...next, sealed: control.seal };
  if ('waits' in control) {
    const { waits: claimId, approvedSeq } = control;
    const waiting = [...book.waiting, { claimId, approvedSeq }];
    return { ...next, waiting: waiting.toSorted((one, other) => one.approvedSeq - other.approvedSeq) };
  }
  if ('waitsNoMore' in control) {
    return { ...next, waiting: book.waiting.filter(({ claimId }) => claimId !== control.waitsNoMore) };
  }
  if ('stated' in control || 'claim' in control) return next;
  const { suspendedSeq, ...rest } = next;
  if ('suspend' in control) {
    const { bankId } = control.suspend;
    if (bankId === undefined) return { ...rest, suspendedSeq: suspendedSeq ?? entry.seq };
    return { ...next, suspendedBanks: [...new Set([...next.suspendedBanks, bankId])].toSorted() };
  }
  const { bankId } = control.resume;
  if (bankId === undefined) return rest;
  return { ...next, suspendedBanks: next.suspendedBanks.filter((id) => id !== bankId) };
}

/** The book as the commit after `from` leaves it, once its entries are in. A seal says in which commit it lies. */
export function committed(from: Book, book: Book): Book {
  const number = from.number + 1;
  const sealsNow = book.sealed !== undefined && book.sealed.lastSeq !== from.sealed?.lastSeq;
  return { ...book, number, ...(sealsNow && { sealedIn: { number, at: book.at } }) };
}

/** What a line's balance is called in the snapshot; nothing for the mirror of another. */
export function snapshotKey(account: string, partyId?: string): string | undefined {
  const known = accounts.get(account);
  assert(known !== undefined, `no account ${account}`);
  if (known.mirrors !== undefined) return undefined;
  return known.party === 'case' ? account : balanceKey([account, partyId]);
}

function withLines(book: Book, entry: Unhashed): { balances: Record<string, bigint> } {
  const balances = { ...book.balances };
  for (const line of entry.lines) {
    const key = snapshotKey(line.account, line.partyId);
    if (key === undefined) continue;
    const sum = (balances[key] ?? 0n) + signedFen(line);
    if (sum === 0n) Reflect.deleteProperty(balances, key);
    else balances[key] = sum;
  }
  return { balances };
}

/** What stands on an account, for one party or all together; positive on the account's own side. */
export function balanceOf(book: Book, code: string, partyId?: string): bigint {
  const account = accounts.get(code);
  assert(account !== undefined, `no account ${code}`);
  if (account.mirrors !== undefined) return balanceOf(book, account.mirrors, partyId);
  let sum = 0n;
  if (partyId !== undefined) sum = book.balances[balanceKey([code, partyId])] ?? 0n;
  else for (const [key, fen] of Object.entries(book.balances)) if (key.startsWith(code)) sum += fen;
  return account.normal === 'debit' ? sum : -sum;
}

/** What the special accounts must hold together. */
export function cashOf(book: Book): bigint {
  return balanceOf(book, '1002');
}

/** What the fund may pay out: its cash, without what is on its way out or is held for others. */
export function availableOf(book: Book): bigint {
  const held = ['1003', '2202', '2203', '2204'].reduce((sum, code) => sum + balanceOf(book, code), 0n);
  return cashOf(book) - held;
}

/** What one special account still has when the payments under way have left it. */
export function depositoryFen(book: Book, depository: string): bigint {
  return balanceOf(book, '1002', depository) - balanceOf(book, '1003', depository);
}

/** What the fund answers for: loans covered and loans under claim. */
export function exposureOf(book: Book, bankId?: string): bigint {
  return balanceOf(book, '9001', bankId) + balanceOf(book, '9005', bankId);
}

function netOf(book: Book): bigint {
  return availableOf(book) - balanceOf(book, '2201');
}

/** The most that the fund may answer for: its net assets, without what it hopes to recover, times its leverage. */
export function capacityOf(book: Book): bigint {
  const net = netOf(book);
  return net <= 0n ? 0n : net * BigInt(book.terms?.leverage ?? 0);
}

/** Whether the fund could still pay all that it owes, and answer for all that it covers, if it gave this much away. */
export function couldSpare(book: Book, fen: bigint): boolean {
  const net = netOf(book) - fen;
  if (exposureOf(book) === 0n && balanceOf(book, '2201') === 0n) return true;
  return net >= 0n && net * BigInt(book.terms?.leverage ?? 0) >= exposureOf(book);
}

export type Breach = 'insufficient-funds' | 'balance-below-zero' | 'period-closed-twice';

/**
 * What an entry may never do to its book, whoever books it: take a balance beyond zero, or pay out more than is
 * available. `entry` has been applied to `before`.
 */
export function breachOf(before: Book, after: Book, entry: Unhashed): Breach | undefined {
  for (const line of entry.lines) {
    const { account: code, partyId } = line;
    const account = accounts.get(code);
    if (account?.eitherSide === true) continue;
    const kept = account?.party === 'case' ? undefined : partyId;
    if (balanceOf(after, code, kept) < 0n) return isMoney(code) ? 'insufficient-funds' : 'balance-below-zero';
    if (isMoney(code) && partyId !== undefined && depositoryFen(after, partyId) < 0n) return 'insufficient-funds';
  }
  const available = availableOf(after);
  if (available < 0n && available < availableOf(before)) return 'insufficient-funds';
  const { control } = entry;
  const closes = control !== undefined && 'closedThrough' in control ? control.closedThrough : undefined;
  if (closes !== undefined && closes <= (before.closedThrough ?? '')) return 'period-closed-twice';
  return undefined;
}

function isMoney(code: string): boolean {
  return code === '1002' || code === '1003';
}

export type AccountBalance = { code: string; name: string; partyId?: string; balanceFen: bigint };

/** Every account that is not empty, the mirrors too, by code and party; on the account's own side. */
export function accountBalances(book: Book): AccountBalance[] {
  const parties = Object.keys(book.balances).map((key) => key.split('/'));
  const listed: AccountBalance[] = [];
  for (const { code, name, mirrors } of accounts.values()) {
    for (const [from, partyId] of parties) {
      if (from !== (mirrors ?? code)) continue;
      const balanceFen = balanceOf(book, code, partyId);
      listed.push({ code, name, ...(partyId !== undefined && { partyId }), balanceFen });
    }
  }
  return listed.toSorted((one, other) =>
    balanceKey([one.code, one.partyId]) < balanceKey([other.code, other.partyId]) ? -1 : 1,
  );
}

/** All money accounts together: nothing, or the book is wrong. Memo accounts are mirrored and need no sum. */
export function trialBalance(book: Book): bigint {
  return Object.entries(book.balances).reduce((sum, [key, fen]) => (isMemo(key) ? sum : sum + fen), 0n);
}
