import { outcomeOfFiling } from './filing-facts.ts';
import type { CaseFacts, NewClaim, SharingTerms } from '../contract.ts';
import { type Command, no } from '../ledger/command.ts';
import { type Entry, move } from '../ledger/entry.ts';
import { coverOf, loanAggregate, LoanCover } from '../ledger/exposure.ts';
import { claimMachine } from '../machines.ts';
import { bankYearAggregate, enterpriseAggregate, takenOf, withCapped } from './caps.ts';
import { claimIn, decided, step } from './step.ts';
import { claimAggregate, claimIdOf, type LoanFacts, type StoredClaim } from './stored-claim.ts';

/** All that a claim is made of but what the book alone knows. */
export type Filing = {
  body: NewClaim;
  ordinal: number;
  loan: Pick<StoredClaim, 'loanId' | 'fundId' | 'bankId' | 'uscc' | 'divisionCode' | 'parkId' | 'programmeVersion'>;
  facts: LoanFacts;
  terms: SharingTerms;
  /** But for what was paid before. */
  caseFacts: CaseFacts;
  at: string;
  on: string;
  by: string;
};

export function filingId(claimId: string): string {
  return `claim:${claimId}`;
}

/** What makes it the same claim again. */
export function filingContent(wire: unknown): unknown {
  return { kind: 'claim-filed', claim: wire };
}

/**
 * Files a claim: the loan's cover comes under claim, and the claim takes its part of what caps its enterprise and its
 * bank's year. A new one only on the loan's last, if that was turned down.
 */
export function file(filing: Filing, reserved: Entry, wire: unknown, said: (claim: StoredClaim) => void): Command {
  const { body, ordinal, loan, facts, terms, at, on, by } = filing;
  const { loanId, bankId, uscc } = loan;
  const claimId = claimIdOf(loanId, ordinal);
  const id = filingId(claimId);
  const previous = body.previousClaimId;
  const [enterprise, bankYear] = [enterpriseAggregate(uscc), bankYearAggregate(bankId, on)];
  return {
    id,
    content: filingContent(wire),
    aggregates: () => [
      claimAggregate(claimId),
      loanAggregate(loanId),
      enterprise,
      bankYear,
      ...(previous === undefined ? [] : [claimAggregate(previous)]),
    ],
    decide: (_book, aggregates) => {
      if (previous !== undefined) {
        const before = claimIn(aggregates, previous);
        if (before?.status !== 'returned' && before?.status !== 'rejected') return no('state_conflict');
      }
      const left = aggregates.get(loanAggregate(loanId));
      const cover = left === undefined ? coverOf(reserved) : LoanCover.parse(left.value);
      if (cover.principalFen === 0n) return no('loan_not_covered');
      const caseFacts: CaseFacts = {
        ...filing.caseFacts,
        enterprisePaidBeforeFen: takenOf(aggregates.get(enterprise)),
        bankYearPaidBeforeFen: takenOf(aggregates.get(bankYear)),
      };
      const outcome = outcomeOfFiling(terms, caseFacts);
      if (outcome === 'ip-share-below-min') return no('ip_share_below_min');
      const { entitlement, publicFen } = outcome;
      const { exposureFen, principalFen } = cover;
      const filed: StoredClaim = {
        claimId,
        ordinal,
        ...loan,
        status: claimMachine.initial,
        revision: 0,
        sequence: 0,
        payments: 0,
        filed: body,
        terms,
        facts: caseFacts,
        loan: facts,
        cover: { exposureFen, principalFen },
        entitlement,
        cappedFen: publicFen,
        filedAt: at,
        filedOn: on,
        bankBackFen: 0n,
        proposals: [],
      };
      const { trigger, lossPrincipalFen } = body;
      const made = step({
        draft: {
          id,
          kind: 'claim-filed',
          causeId: claimId,
          valueDate: on,
          by,
          transfers: [
            move(['9002', bankId], ['9001', bankId], exposureFen),
            move(['9005', bankId], ['9006', bankId], exposureFen),
          ],
          control: { claim: filed.status },
          moves: [
            // Nothing of it is free to be given back while the claim is open.
            { aggregate: loanAggregate(loanId), value: { exposureFen: 0, principalFen: 0 } },
            ...withCapped(aggregates, filed, publicFen),
          ],
        },
        claim: filed,
        did: { type: 'filed' },
        event: {
          type: 'claim.filed.v1',
          data: {
            programmeVersion: loan.programmeVersion,
            trigger: trigger.mode,
            lossPrincipalFen: Number(lossPrincipalFen),
            entitledFen: Number(publicFen),
            ...(previous !== undefined && { previousClaimId: previous }),
          },
        },
      });
      said(made.claim);
      return decided([made]);
    },
  };
}
