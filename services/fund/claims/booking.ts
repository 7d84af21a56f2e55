import { sum } from '../arithmetic/amounts.ts';
import type { ClaimState, PartyState } from '../arithmetic/claim.ts';
import { mainDepository } from '../ledger/accounts.ts';
import { availableOf, balanceOf, type Book } from '../ledger/book.ts';
import { move, type Transfer } from '../ledger/entry.ts';
import type { Means } from '../arithmetic/disbursement.ts';
import { pendingFen, type StoredClaim } from './stored-claim.ts';

/*
 * A claim's state in the words of the accounts. Of a claim stand in the book: on 1221 what the public parties are out by
 * and what they owe, on 2201 what they owe, on 9009 what they are out by. Each step books the difference of two states,
 * so that this holds after any of them. Private parties pay the bank themselves: no account of the fund moves for them.
 */

type Totals = { paid: bigint; back: bigint; owed: bigint; countyPaid: bigint; countyBack: bigint; forCounty: bigint };

/** What the public parties have paid, got back and owe together, and the county's part of it. */
export function publicTotals({ terms }: Pick<StoredClaim, 'terms'>, state: ClaimState | undefined): Totals {
  const parties = (state?.parties ?? []).filter((_one, place) => terms.parties[place]?.kind === 'public');
  const total = (of: (party: PartyState) => bigint | undefined) => sum(parties.map((party) => of(party) ?? 0n));
  return {
    paid: total(({ paidFen }) => paidFen),
    back: total(({ refundedFen }) => refundedFen),
    owed: total((party) => party.pendingFen),
    countyPaid: total(({ county }) => county?.paidFen),
    countyBack: total(({ county }) => county?.refundedFen),
    forCounty: total(({ county }) => county?.owedToCityFen),
  };
}

/**
 * The moves from one state to the next where the fund pays, now or out of later money, or settles; `owedFen` is what
 * 2201 holds for the claim before.
 */
export function paymentTransfers(claim: StoredClaim, owedFen: bigint, next: ClaimState): Transfer[] {
  const before = publicTotals(claim, claim.state);
  const after = publicTotals(claim, next);
  const [paid, back] = [after.paid - before.paid, after.back - before.back];
  const { bankId, claimId } = claim;
  const owed = ['2201', bankId] as const;
  const receivable = ['1221', claimId] as const;
  const cash = ['1002', mainDepository] as const;
  const more = after.owed + paid - owedFen;
  return [
    move(cash, receivable, back),
    more > 0n ? move(receivable, owed, more) : move(owed, receivable, -more),
    move(owed, cash, paid),
    move(['9009', bankId], ['9010', bankId], paid),
    move(['9010', bankId], ['9009', bankId], back),
    ...countyTransfers(claim, before, after),
  ];
}

function countyTransfers({ county }: StoredClaim, before: Totals, after: Totals): Transfer[] {
  if (county === undefined) return [];
  return [
    move(['9011', county], ['9012', county], after.countyPaid - before.countyPaid),
    move(['9012', county], ['9011', county], after.countyBack - before.countyBack),
    move(['9013', county], ['9014', county], after.forCounty - before.forCounty),
  ];
}

/** What a recovery brings the fund, as received; and what of it is the county's. */
export function refundOf(claim: StoredClaim, next: ClaimState): { refundFen: bigint; countyFen: bigint } {
  const [before, after] = [publicTotals(claim, claim.state), publicTotals(claim, next)];
  return { refundFen: after.back - before.back, countyFen: after.countyBack - before.countyBack };
}

/** The moves of a refund; once written off it is income. */
export function refundTransfers(claim: StoredClaim, refund: { refundFen: bigint; countyFen: bigint }): Transfer[] {
  const { bankId, claimId, county } = claim;
  const { refundFen, countyFen } = refund;
  const off = isWrittenOff(claim);
  return [
    move(['1002', mainDepository], off ? ['4201'] : ['1221', claimId], refundFen),
    ...(off ? [move(['9008', bankId], ['9007', bankId], refundFen)] : []),
    move(['9010', bankId], ['9009', bankId], refundFen),
    ...(county === undefined ? [] : [move(['9012', county], ['9011', county], countyFen)]),
  ];
}

export function isWrittenOff({ status }: StoredClaim): boolean {
  return status === 'written-off';
}

/** Which county shares a claim: the one of the loan's place, or the one that contributes without saying which it is. */
export function countyOf(book: Book, { terms, divisionCode }: Pick<StoredClaim, 'terms' | 'divisionCode'>) {
  if (terms.parties.every(({ split }) => split === undefined)) return undefined;
  const own = `county-${divisionCode}`;
  return balanceOf(book, '3101', own) > 0n || balanceOf(book, '3101', 'county') === 0n ? own : 'county';
}

/** What a county has brought in and is not out by. */
export function countyMeans(book: Book, county: string | undefined): bigint | undefined {
  if (county === undefined) return undefined;
  const capital = balanceOf(book, '3101', county) - balanceOf(book, '1131', county);
  const left = capital - balanceOf(book, '9011', county);
  return left > 0n ? left : 0n;
}

/** The money at hand for a claim. What is there is first for those that were approved before it and wait. */
export function meansFor(book: Book, claim: StoredClaim, county: string | undefined): Means {
  const isBehind = book.waiting.some(
    ({ claimId, approvedSeq }) => claimId !== claim.claimId && approvedSeq < (claim.approvedSeq ?? 0),
  );
  const available = availableOf(book);
  return { fundFen: isBehind || available < 0n ? 0n : available, countyFen: countyMeans(book, county) };
}

/** The queue's side of a step: a claim waits from when something is pending until nothing is. */
export function queueControl(book: Book, claim: StoredClaim, next: ClaimState) {
  const { claimId, approvedSeq } = claim;
  const waits = book.waiting.some((one) => one.claimId === claimId);
  const pends = pendingFen(next) > 0n;
  if (pends && !waits && approvedSeq !== undefined) return { waits: claimId, approvedSeq };
  return waits && !pends ? { waitsNoMore: claimId } : undefined;
}
