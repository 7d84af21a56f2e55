import type * as z from 'zod';
import { shareOf } from '#packages/money';
import { sum } from '../arithmetic/amounts.ts';
import type { NewDecision } from '../contract.ts';
import { type Aggregates, type Command, type Decision, no } from '../ledger/command.ts';
import { move } from '../ledger/entry.ts';
import { loanAggregate } from '../ledger/exposure.ts';
import { claimMachine } from '../machines.ts';
import { bankYearAggregate, enterpriseAggregate, withCapped } from './caps.ts';
import { entitledOf } from './entitled.ts';
import { claimIn, decided, step } from './step.ts';
import { claimAggregate, type StoredClaim } from './stored-claim.ts';

type Decided = z.output<typeof NewDecision> & { by: string; on: string };

/** By what a decision moves: the caps get back what a claim took of them that is turned down, the loan its cover. */
type Known = Pick<StoredClaim, 'claimId' | 'loanId' | 'uscc' | 'bankId' | 'filedOn'>;

function decisionAggregates({ claimId, loanId, uscc, bankId, filedOn }: Known): string[] {
  return [
    claimAggregate(claimId),
    loanAggregate(loanId),
    enterpriseAggregate(uscc),
    bankYearAggregate(bankId, filedOn),
  ];
}

/** What the public parties pay first: their due, or the advance on it. */
export function firstDueFen({ terms, entitlement }: Pick<StoredClaim, 'terms' | 'entitlement'>): bigint {
  const { prePosition } = terms;
  const due = entitledOf(terms, entitlement).map((fen, place) => {
    if (terms.parties[place]?.kind !== 'public') return 0n;
    return prePosition === undefined ? fen : shareOf(fen, prePosition.advanceBps);
  });
  return sum(due);
}

/** Approved, the claim is owed; returned or rejected, the loan's cover is what it was. */
export function decideOn(known: Known, said: Decided): Command {
  const { claimId } = known;
  const { decision, reason, codes, by, on } = said;
  const id = `decision:${claimId}`;
  return {
    id,
    content: { kind: 'claim-decided', claimId, decision, reason, codes: codes ?? [] },
    aggregates: () => decisionAggregates(known),
    decide: (book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      const status = claim && claimMachine.next(claim.status, decision);
      if (claim === undefined || status === undefined) return no('state_conflict');
      if (status !== 'approved') return turnDown(claim, aggregates, { id, status, said });
      const { bankId, cover } = claim;
      const approvedFen = firstDueFen(claim);
      const transfers = [
        move(['1221', claimId], ['2201', bankId], approvedFen),
        move(['9006', bankId], ['9005', bankId], cover.exposureFen),
        move(['9004', bankId], ['9003', bankId], cover.principalFen),
      ];
      return decided([
        step({
          draft: {
            id,
            kind: 'claim-approved',
            causeId: claimId,
            valueDate: on,
            transfers,
            by,
            control: { claim: status },
          },
          claim: { ...claim, status, decision: said, approvedFen, approvedSeq: book.seq + 1 },
          did: { type: 'approved' },
          event: { type: 'claim.approved.v1', data: { approvedFen: Number(approvedFen) } },
        }),
      ]);
    },
  };
}

/** What was approved is not paid, because the loan is not what it was: the bank may file anew. */
export function lapse(known: Known, said: Decided): Command {
  const { claimId } = known;
  const id = `lapse:${claimId}`;
  return {
    id,
    content: { kind: 'claim-lapsed', claimId, reason: said.reason },
    aggregates: () => decisionAggregates(known),
    decide: (_book, aggregates) => {
      const now = claimIn(aggregates, claimId);
      const status = now && claimMachine.next(now.status, 'lapse');
      if (now === undefined || status === undefined) return no('state_conflict');
      return turnDown(now, aggregates, { id, status, said });
    },
  };
}

function turnDown(
  claim: StoredClaim,
  aggregates: Aggregates,
  { id, status, said }: { id: string; status: StoredClaim['status']; said: Decided },
): Decision {
  const { claimId, loanId, bankId, cover, approvedFen } = claim;
  const taken = approvedFen !== undefined;
  const transfers = [
    move(['9001', bankId], ['9002', bankId], cover.exposureFen),
    ...(taken
      ? [
          move(['9003', bankId], ['9004', bankId], cover.principalFen),
          move(['2201', bankId], ['1221', claimId], approvedFen),
        ]
      : [move(['9006', bankId], ['9005', bankId], cover.exposureFen)]),
  ];
  const returned = status === 'returned';
  const codes = said.codes ?? [];
  const left = { exposureFen: Number(cover.exposureFen), principalFen: Number(cover.principalFen) };
  return decided([
    step({
      draft: {
        id,
        kind: 'claim-turned-down',
        causeId: claimId,
        valueDate: said.on,
        transfers,
        control: { claim: status },
        by: said.by,
        moves: [{ aggregate: loanAggregate(loanId), value: left }, ...withCapped(aggregates, claim, -claim.cappedFen)],
      },
      claim: { ...claim, status, decision: said, cappedFen: 0n },
      did: { type: returned ? 'returned' : 'rejected' },
      event: returned ? { type: 'claim.returned.v1', data: { codes } } : { type: 'claim.rejected.v1', data: {} },
    }),
  ]);
}
