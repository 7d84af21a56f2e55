import { belongsTo, type Caller, mayReach } from '#packages/access';
import { ReceiptTaken, untilSettled } from '#packages/commit';
import type { Held } from '#packages/aggregate';
import type { Table } from '#packages/table';
import { isDeepStrictEqual } from 'node:util';
import type { LoanFacts, StoredClaim } from '../claims/stored-claim.ts';
import { loanFactsOf } from '../claims/filing-facts.ts';
import { findClaim } from '../store/claim.ts';
import { type CoveredLoan, getCoveredLoan } from '../store/covered-loan.ts';

/** May this caller see this claim? Guarantors and insurers see those that they share. */
export function maySee(caller: Caller, claim: StoredClaim): boolean {
  if (caller.kind === 'partner' && caller.role !== 'bank') {
    return claim.terms.parties.some(({ id, kind }) => kind === 'private' && id === caller.partnerId);
  }
  return mayReach(caller, belongsTo({ ...claim, partnerId: claim.bankId }));
}

/** A claim that the caller may see; one that he may not is not there. */
export async function claimFor(table: Table, caller: Caller, claimId: string): Promise<StoredClaim | undefined> {
  const claim = await findClaim(table, claimId);
  return claim !== undefined && maySee(caller, claim) ? claim : undefined;
}

/** Has what the claim rests on moved since it was filed? */
export function hasMoved(facts: LoanFacts, loan: CoveredLoan): boolean {
  return !isDeepStrictEqual(facts, loanFactsOf(loan));
}

/**
 * Runs what is written beside a loan's own item, on the condition that the loan is as it was read. Where it was not, all
 * is read again and decided again; nothing has been booked then.
 */
export async function onLoan<Answer>(
  table: Table,
  loanId: string,
  run: (held: Held<CoveredLoan>) => Promise<Answer>,
): Promise<Answer | undefined> {
  return untilSettled(async () => {
    const held = await getCoveredLoan(table, loanId);
    if (held === undefined) return undefined;
    try {
      return await run(held);
    } catch (error) {
      if (!(error instanceof ReceiptTaken)) throw error;
      const now = await getCoveredLoan(table, loanId);
      if (now?.books.version === held.books.version) throw error;
      return 'moved';
    }
  });
}
