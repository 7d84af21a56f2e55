import { addMonths } from '#packages/calendar';
import { payClaim as firstPayment } from '../arithmetic/pay.ts';
import { type Command, no } from '../ledger/command.ts';
import { claimPolicy } from '../policy.ts';
import { countyOf, meansFor, paymentTransfers, publicTotals, queueControl } from './booking.ts';
import { after, claimIn, closing, decided, step, type Step } from './step.ts';
import { claimAggregate, movedMoney, opened, pendingFen, type StoredClaim } from './stored-claim.ts';

/**
 * Pays what was approved as far as the fund's money reaches; the rest waits. By another person than who decided, on the
 * claim as the ledger has it.
 */
export function pay(
  claimId: string,
  { by, on }: { by: string; on: string },
  said: (paid: StoredClaim) => void,
): Command {
  const id = `payment:${claimId}`;
  return {
    id,
    content: { kind: 'compensation-paid', claimId },
    aggregates: () => [claimAggregate(claimId)],
    decide: (book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      if (claim?.status !== 'approved') return no('state_conflict');
      const { decision, approvedFen = 0n, terms } = claim;
      if (decision?.by === by) return no('second_person_required');
      const county = countyOf(book, claim);
      const { state } = firstPayment(opened(claim), meansFor(book, claim, county));
      const event = terms.prePosition !== undefined ? 'advance' : pendingFen(state) > 0n ? 'wait' : 'pay';
      const status = after(claim, event);
      const knowing: StoredClaim = { ...claim, county };
      const { paid } = publicTotals(claim, state);
      const firstPaid = state.parties.map(({ partyId, paidFen, pendingFen: rest }) => ({
        partyId,
        paidFen,
        pendingFen: rest,
      }));
      const next: StoredClaim = {
        ...knowing,
        ...movedMoney(claim),
        status,
        state,
        paidBy: by,
        paidOn: on,
        payments: 1,
        firstPayment: firstPaid,
        ...(status === 'advanced' && { settleBy: addMonths(on, claimPolicy.settleDeadlineMonths) }),
      };
      const made = step({
        draft: {
          id,
          kind: 'compensation-paid',
          causeId: claimId,
          valueDate: on,
          transfers: paymentTransfers(knowing, approvedFen, state),
          control: queueControl(book, claim, state) ?? { claim: status },
          ...(decision !== undefined && { by: decision.by }),
          approvedBy: by,
        },
        claim: next,
        did: { type: 'paid', paidFen: paid },
        event: {
          type: 'claim.paid.v1',
          data: { paidFen: Number(paid), pendingFen: Number(pendingFen(state)) },
        },
      });
      const steps: Step[] = [made, ...closing(made.claim, on)];
      said(made.claim);
      return decided(steps);
    },
  };
}
