import { recover as shared, type Recovery } from '../arithmetic/recover.ts';
import type { NewRecovery } from '../contract.ts';
import { bankId as theBank } from '../contract/programme-problems.ts';
import { type Command, no } from '../ledger/command.ts';
import { mainDepository } from '../ledger/accounts.ts';
import { move } from '../ledger/entry.ts';
import { claimMachine } from '../machines.ts';
import { recoveryWrite } from '../store/claim.ts';
import { isWrittenOff, refundOf, refundTransfers } from './booking.ts';
import { drain, waitingAggregates } from './drain.ts';
import { after, claimIn, closing, decided, step } from './step.ts';
import { claimAggregate, opened, pendingFen, stateOf, type StoredClaim } from './stored-claim.ts';

export type SharedRecovery = Omit<Recovery, 'state'>;

export function recoveryId(claimId: string, reference: string): string {
  return `recovery:${claimId}:${reference}`;
}

/**
 * A recovery by the bank, shared by what each is out by. What of it is the fund's is booked as received; it pays at once
 * what waits for money.
 */
export function recover(
  claimId: string,
  body: NewRecovery,
  { by, on }: { by: string; on: string },
  said: (answer: SharedRecovery) => void,
): Command {
  const { grossFen, costsFen, receivedOn, source, reference } = body;
  const id = recoveryId(claimId, reference);
  return {
    id,
    content: {
      kind: 'recovery-received',
      claimId,
      reference,
      grossFen: Number(grossFen),
      costsFen: Number(costsFen),
      receivedOn,
      source,
    },
    aggregates: (book) => [...new Set([claimAggregate(claimId), ...waitingAggregates(book)])],
    decide: (book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      if (claim === undefined || claimMachine.next(claim.status, 'recover') === undefined) return no('state_conflict');
      const before = stateOf(claim);
      const { state, ...answer } = shared(opened(claim), before, { grossFen, costsFen });
      const refund = refundOf(claim, state);
      const toBank = answer.allocations.find(({ partyId }) => partyId === theBank)?.principalFen ?? 0n;
      const status = after(claim, 'recover');
      const { netFen, shortfallFen, surplusToPledgorFen } = answer;
      const made = step({
        draft: {
          id,
          kind: isWrittenOff(claim) ? 'recovery-after-write-off' : 'recovery-received',
          causeId: claimId,
          valueDate: receivedOn,
          by,
          transfers: refundTransfers(claim, refund),
          control: { claim: status },
        },
        claim: {
          ...claim,
          status,
          state,
          revision: claim.revision + 1,
          bankBackFen: claim.bankBackFen + toBank,
          lastRecovery: {
            reference,
            status: claim.status,
            state: before,
            bankBackFen: claim.bankBackFen,
            netFen,
            ...refund,
          },
        },
        did: { type: 'recovery', reference, source, grossFen, costsFen, netFen, shortfallFen, surplusToPledgorFen },
        event: {
          type: 'fund.refund.posted.v1',
          data: { reference, netFen: Number(netFen), refundFen: Number(refund.refundFen), reversed: false },
        },
      });
      const { county } = claim;
      const incoming = {
        fen: refund.refundFen,
        ...(county !== undefined && { county: { name: county, fen: refund.countyFen } }),
      };
      const paid =
        refund.refundFen > 0n || pendingFen(state) > 0n
          ? drain(book, aggregates, { on, incoming, known: [made.claim] })
          : [];
      const own = paid.findLast((one) => one.claim.claimId === claimId);
      const steps = [made, ...paid, ...(own === undefined ? closing(made.claim, on) : [])];
      said(answer);
      return decided(steps, { beside: () => [recoveryWrite(claimId, reference, answer)] });
    },
  };
}

/** A recovery that the bank reported by mistake, taken back by entries the other way round; the first entry stays. */
export function reverse(
  claimId: string,
  { reference, reason }: { reference: string; reason: string },
  { by, on }: { by: string; on: string },
  said: (status: StoredClaim['status']) => void,
): Command {
  const id = `recovery-reversed:${claimId}:${reference}`;
  return {
    id,
    content: { kind: 'recovery-reversed', claimId, reference, reason },
    aggregates: () => [claimAggregate(claimId)],
    decide: (_book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      const last = claim?.lastRecovery;
      // What has moved since, moved on what this recovery left.
      if (claim === undefined || last?.reference !== reference || claim.status === 'closed')
        return no('state_conflict');
      const { bankId, county } = claim;
      const { refundFen, countyFen, netFen } = last;
      const off = isWrittenOff(claim);
      const transfers = [
        move(off ? ['4201'] : ['1221', claimId], ['1002', mainDepository], refundFen),
        ...(off ? [move(['9007', bankId], ['9008', bankId], refundFen)] : []),
        move(['9009', bankId], ['9010', bankId], refundFen),
        ...(county === undefined ? [] : [move(['9011', county], ['9012', county], countyFen)]),
      ];
      said(last.status);
      return decided([
        step({
          draft: {
            id,
            kind: 'recovery-reversed',
            causeId: claimId,
            valueDate: on,
            by,
            transfers,
            control: { claim: last.status },
          },
          claim: {
            ...claim,
            status: last.status,
            state: last.state,
            bankBackFen: last.bankBackFen,
            revision: claim.revision + 1,
            lastRecovery: undefined,
          },
          did: { type: 'recovery-reversed', reference },
          event: {
            type: 'fund.refund.posted.v1',
            data: { reference, netFen: Number(netFen), refundFen: Number(refundFen), reversed: true },
          },
        }),
      ]);
    },
  };
}
