import { callerId } from '#packages/access';
import { actorOf } from '#packages/audit';
import { unchangedSince, headKeyOf, type Held } from '#packages/aggregate';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Write } from '#packages/table';
import { decideOn, lapse } from '../claims/decide.ts';
import { pay } from '../claims/pay.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import type { routes } from '../contract.ts';
import { claimMachine } from '../machines.ts';
import { openLedger } from '../ledger/post.ts';
import { findClaim, returnsWrite } from '../store/claim.ts';
import { type CoveredLoan, coveredLoanWrites } from '../store/covered-loan.ts';
import { afterPayments } from './after-payments.ts';
import { bookAnswered } from './book-answered.ts';
import { claimFor, hasMoved, onLoan } from './claim-context.ts';
import type { Deps } from './context.ts';

/**
 * Approves, rejects or returns a claim, on the loan as the claim knew it. A loan that has moved since can only be filed
 * anew: so the claim may be returned or rejected, also once it is approved.
 */
export function decideClaim({ table }: Deps): Operation<typeof routes.decideClaim> {
  return async ({ params: { claimId }, body, caller, now, requestId, receipt }) => {
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined) return refused('not_found');
    const said = { ...body, by: callerId(caller), on: todayOf(now) };
    const outcome = await onLoan(table, claim.loanId, async (held) => {
      const loan = held.state;
      const moved = hasMoved(claim.loan, loan);
      const lapses = moved && claim.status === 'approved' && body.decision === 'return';
      const status = claimMachine.next(claim.status, lapses ? 'lapse' : body.decision);
      if (status === undefined) return refused('state_conflict');
      if (moved && status === 'approved') return refused('version_conflict', movedDetail);
      const command = lapses ? lapse(claim, said) : decideOn(claim, said);
      const told = done({ claimId, status });
      const audit = { actor: actorOf(caller), action: `cover.claim-${body.decision}`, outcome: status };
      const state = status === 'approved' ? takenOver(loan) : freed(loan, claim);
      const beside = [
        ...coveredLoanWrites(held, { state, audit }, { now, requestId }),
        ...(status === 'returned' ? [returnsWrite(claim, 'returned', body.codes)] : []),
      ];
      const ledger = openLedger(table, () => now);
      const booked = await bookAnswered(ledger, claim.fundId, command, receipt, () => ({ told, beside }));
      return booked.told ?? refused('state_conflict');
    });
    if (outcome === undefined) throw new Error(`${claimId} is a claim on a loan that is not there`);
    return outcome;
  };
}

const movedDetail = '贷款余额、分类或状态自申请后已变，请退回，由银行重新申请';

/** From the approval on the fund answers by the claim, not by the cover. */
function takenOver(loan: CoveredLoan): CoveredLoan {
  return { ...loan, left: { exposureFen: 0n, principalFen: 0n } };
}

/** Turned down, also after it was approved, it leaves its loan the cover that it took. */
function freed({ claimId: _claim, ...loan }: CoveredLoan, { cover }: StoredClaim): CoveredLoan {
  return { ...loan, left: cover };
}

/** Pays an approved claim, by another person than who approved it. Paid once; said again it answers as the first time. */
export function payClaim({ table }: Deps): Operation<typeof routes.payClaim> {
  return async ({ params: { claimId }, caller, now, requestId, receipt }) => {
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined) return refused('not_found');
    const who = { by: callerId(caller), on: todayOf(now) };
    const outcome = await onLoan(table, claim.loanId, async (held) => {
      // Read behind the loan: whoever paid it in between is answered as the first, however the loan has moved since.
      const known = (await findClaim(table, claimId)) ?? claim;
      if (known.firstPayment === undefined) {
        if (known.status !== 'approved') return refused('state_conflict');
        if (hasMoved(known.loan, held.state)) return refused('version_conflict', movedDetail);
      }
      let paid: StoredClaim | undefined;
      const command = pay(claimId, who, (next) => {
        paid = next;
      });
      const ledger = openLedger(table, () => now);
      const telling = () => (paid === undefined ? undefined : { told: paidView(paid), beside: [unmoved(held)] });
      const { answer, told } = await bookAnswered(ledger, claim.fundId, command, receipt, telling);
      if (answer?.kind === 'refused' && answer.code === 'second_person_required') return refused(answer.code);
      if (answer?.kind !== 'posted') return refused('state_conflict');
      if (told !== undefined) return told;
      const first = await findClaim(table, claimId);
      if (first === undefined) throw new Error(`${claimId} is paid and not there`);
      return { ...paidView(first), replayed: true as const };
    });
    if (outcome === undefined) throw new Error(`${claimId} is a claim on a loan that is not there`);
    if (outcome.kind === 'done') await afterPayments({ table }, claim.fundId, { now, requestId });
    return outcome;
  };
}

/** As it was answered when it was paid, whatever was paid since. */
function paidView({ claimId, firstPayment = [], terms }: StoredClaim) {
  const pending = firstPayment.some(({ pendingFen }) => pendingFen > 0n);
  const status: StoredClaim['status'] =
    terms.prePosition !== undefined ? 'advanced' : pending ? 'pending-funds' : 'paid';
  return done({ claimId, status, payments: firstPayment });
}

/** The loan is as it was read: whoever moves it meanwhile and this payment exclude each other. */
function unmoved({ books, state: { loanId } }: Held<CoveredLoan>): Write {
  return { kind: 'check', key: headKeyOf({ name: 'cover' }, loanId), condition: unchangedSince(books) };
}
