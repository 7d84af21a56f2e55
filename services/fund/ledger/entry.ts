import assert from 'node:assert/strict';
import * as z from 'zod';
import { Instant, LegalDate, legalDateOf } from '#packages/calendar';
import { canonical, hashOfText } from '#packages/canonical';
import { Digest } from '#packages/words';
import { Control } from './control.ts';
import { accounts } from './accounts.ts';
import { isEntryKind, legsOf, type EntryKindName } from './entry-kinds.ts';

/** Fen of one line: never nothing, never negative. */
const LineFen = z.int().positive();

/** Names of funds and parties: no character that keys are put together with. */
export const Name = z.string().regex(/^[A-Za-z0-9_-][A-Za-z0-9._~-]{0,63}$/);

const place = { account: z.string(), partyId: Name.optional() };
const Line = z.union([
  z.strictObject({ ...place, debitFen: LineFen }),
  z.strictObject({ ...place, creditFen: LineFen }),
]);
export type Line = z.output<typeof Line>;

/** The longest business id: a bank's serial number, a loan's id with what happened to it. */
export const maxPostingId = 160;
export const PostingId = z.string().min(1).max(maxPostingId);

/**
 * One entry of a fund's journal, as `GET …/journal` shows it. `id` is the business event's own name, unique in the fund
 * for ever; `at` is the moment of booking, `valueDate` the day from which it counts; `late` marks a day in a period
 * already closed. `hash` is SHA-256 over the RFC 8785 form of all the rest, `prevHash` the hash of the entry before.
 */
export const Entry = z.strictObject({
  fundId: Name,
  seq: z.int().positive(),
  id: PostingId,
  at: Instant,
  valueDate: LegalDate,
  cause: z.strictObject({ type: z.string().refine(isEntryKind), id: z.string().min(1).max(128) }),
  lines: z.array(Line).max(60),
  late: z.literal(true).optional(),
  /** Who proposed and who approved, by identifiers only. */
  by: z.string().min(1).optional(),
  approvedBy: z.string().min(1).optional(),
  /** The entry that this one takes back or puts right. */
  corrects: z.strictObject({ seq: z.int().positive(), hash: Digest }).optional(),
  control: Control.optional(),
  prevHash: Digest,
  hash: Digest,
});
export type Entry = z.output<typeof Entry>;
export type Unhashed = Omit<Entry, 'hash'>;

export function hashOf(entry: Unhashed): string {
  return hashOfText(canonical(entry));
}

/** An entry with its hash, and the text that the hash is of. */
export function hashed(entry: Unhashed): { entry: Entry; text: string } {
  const text = canonical(entry);
  return { entry: { ...entry, hash: hashOfText(text) }, text };
}

export type Transfer = { debit: Side; credit: Side; fen: bigint };
/** An account and whose part of it. */
export type Side = readonly [account: string, partyId?: string | undefined];

/** One debit, one credit, one amount: so an entry made of these cannot fail to balance. Nothing moved is left out. */
export function move(debit: Side, credit: Side, fen: bigint): Transfer {
  return { debit, credit, fen };
}

/** The lines of some moves, those on the same side of the same account as one. @throws on a move the kind has not. */
export function linesOf(kind: EntryKindName, transfers: readonly Transfer[]): Line[] {
  const legs = legsOf(kind);
  const sums = new Map<string, { side: Side; debit: boolean; fen: bigint }>();
  const add = (side: Side, debit: boolean, fen: bigint) => {
    const key = `${debit ? 'D' : 'C'}${balanceKey(side)}`;
    sums.set(key, { side, debit, fen: fen + (sums.get(key)?.fen ?? 0n) });
  };
  for (const { debit, credit, fen } of transfers) {
    assert(fen >= 0n, 'a negative move');
    if (fen === 0n) continue;
    const known = legs.some(([from, to]) => from === debit[0] && to === credit[0]);
    assert(known, `${kind} has no move from ${debit[0]} to ${credit[0]}`);
    add(debit, true, fen);
    add(credit, false, fen);
  }
  return [...sums.values()].map(({ side: [account, partyId], debit, fen }) => {
    assert(fen <= BigInt(Number.MAX_SAFE_INTEGER), 'an amount beyond what JSON keeps exact');
    const where = { account, ...(partyId !== undefined && { partyId }) };
    return debit ? { ...where, debitFen: Number(fen) } : { ...where, creditFen: Number(fen) };
  });
}

/** The same lines the other way round. */
export function reversed(lines: readonly Line[]): Line[] {
  return lines.map((line) => {
    if ('debitFen' in line) {
      const { debitFen, ...where } = line;
      return { ...where, creditFen: debitFen };
    }
    const { creditFen, ...where } = line;
    return { ...where, debitFen: creditFen };
  });
}

/** How a balance is called: `1002/main`, `4101`. */
export function balanceKey([account, partyId]: Side): string {
  return partyId === undefined ? account : `${account}/${partyId}`;
}

/** Fen on the debit side, negative on the credit side. */
export function signedFen(line: Line): bigint {
  return 'debitFen' in line ? BigInt(line.debitFen) : -BigInt(line.creditFen);
}

/** Everything about an entry that is wrong by itself, whatever came before. Empty when it may be booked. */
export function entryProblems(entry: Unhashed): string[] {
  const { lines, cause } = entry;
  const { type: kind } = cause;
  if (!isEntryKind(kind)) return ['unknown-kind'];
  const problems: string[] = [];
  const legs = legsOf(kind);
  const seen = new Set<string>();
  const sums = new Map<string, bigint>([['money', 0n]]);
  for (const line of lines) {
    const account = accounts.get(line.account);
    if (account === undefined) {
      problems.push('unknown-account');
      continue;
    }
    if ((account.party === undefined) !== (line.partyId === undefined)) problems.push('party-missing-or-superfluous');
    const debit = 'debitFen' in line;
    if (!legs.some((leg) => leg[debit ? 0 : 1] === line.account)) problems.push('account-not-of-this-kind');
    const key = `${debit ? 'D' : 'C'}${balanceKey([line.account, line.partyId])}`;
    if (seen.has(key)) problems.push('two-lines-of-one-account');
    seen.add(key);
    // Money balances as a whole, a memo account with its mirror and for each party.
    const group = account.code.startsWith('9') ? balanceKey([account.mirrors ?? account.code, line.partyId]) : 'money';
    sums.set(group, (sums.get(group) ?? 0n) + signedFen(line));
  }
  if ([...sums.values()].some((sum) => sum !== 0n)) problems.push('unbalanced');
  if (lines.length === 0 && legs.length > 0 && entry.control === undefined) problems.push('nothing-moved');
  if (entry.valueDate > legalDateOf(entry.at)) problems.push('value-date-in-future');
  if (entry.approvedBy !== undefined && entry.approvedBy === entry.by) problems.push('approved-by-its-maker');
  return problems;
}
