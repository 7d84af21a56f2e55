import { settle as settled, type Settlement } from '../arithmetic/settle.ts';
import { availableOf, type Book } from '../ledger/book.ts';
import { type Command, type Decision, no } from '../ledger/command.ts';
import { move } from '../ledger/entry.ts';
import { claimMachine, proposalMachine } from '../machines.ts';
import { meansFor, paymentTransfers, publicTotals, queueControl } from './booking.ts';
import { bankYearAggregate, enterpriseAggregate, withCapped } from './caps.ts';
import { drain, waitingAggregates } from './drain.ts';
import { after, claimIn, closing, decided, step } from './step.ts';
import {
  claimAggregate,
  movedMoney,
  opened,
  pendingFen,
  stateOf,
  type StoredClaim,
  type StoredProposal,
} from './stored-claim.ts';

type Kind = StoredProposal['kind'];
type Who = { by: string; at: string; on: string };
const asks = { settlement: 'settle', 'write-off': 'write-off' } as const;

/** How a proposal is named: the claim's so-manieth of its kind. */
export function proposalId(claim: StoredClaim, kind: Kind): string {
  return `${kind}-${claim.proposals.filter((one) => one.kind === kind).length + 1}`;
}

export function maySay(claim: StoredClaim, kind: Kind): boolean {
  if (claimMachine.next(claim.status, asks[kind]) === undefined) return false;
  // What the fund owes is paid before anything is given up.
  return kind === 'settlement' || pendingFen(stateOf(claim)) === 0n;
}

/** A proposal on the claim as it stands; one that rests on what has moved since makes room for it. */
export function propose(
  claimId: string,
  proposed: { kind: Kind; id: string; reason?: string },
  who: Who,
  said: (proposal: StoredProposal) => void,
): Command {
  const { kind, id: number, reason } = proposed;
  const { by, at, on } = who;
  const id = `proposal:${claimId}:${number}`;
  return {
    id,
    content: { kind: 'claim-proposed', claimId, number, by },
    aggregates: () => [claimAggregate(claimId)],
    decide: (book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      if (claim === undefined || !maySay(claim, kind) || proposalId(claim, kind) !== number)
        return no('state_conflict');
      const isOpen = (one: StoredProposal) => one.status === 'proposed';
      if (claim.proposals.some((one) => isOpen(one) && one.revision === claim.revision)) return no('state_conflict');
      const proposal: StoredProposal = {
        kind,
        claimId,
        id: number,
        status: proposalMachine.initial,
        ...expected(book, claim, kind),
        proposedAt: at,
        proposedBy: by,
        revision: claim.revision,
        ...(reason !== undefined && { reason }),
      };
      const others = claim.proposals.map((one) => (isOpen(one) ? { ...one, status: 'superseded' as const } : one));
      said(proposal);
      return decided([
        step({
          draft: {
            id,
            kind: 'claim-proposed',
            causeId: claimId,
            valueDate: on,
            by,
            transfers: [],
            control: { claim: claim.status },
          },
          claim: { ...claim, proposals: [...others, proposal] },
          did: { type: kind === 'settlement' ? 'settlement-proposed' : 'write-off-proposed', reference: number },
        }),
      ]);
    },
  };
}

/** What it would come to as the book stands: of a settlement, as far as money reaches. */
function expected(book: Book, claim: StoredClaim, kind: Kind) {
  if (kind === 'write-off') return { writtenOffFen: outOfPublic(claim) };
  const { topUpFen, clawBackFen } = settlementOf(book, claim);
  return { topUpFen, clawBackFen };
}

function outOfPublic(claim: StoredClaim): bigint {
  const { paid, back } = publicTotals(claim, claim.state);
  return paid - back;
}

function settlementOf(book: Book, claim: StoredClaim): Settlement {
  return settled(opened(claim), stateOf(claim), meansFor(book, claim, claim.county));
}

/** By another person, on just the claim that the first one saw. */
export function approve(
  known: StoredClaim,
  number: string,
  kind: Kind,
  who: Who,
  said: (proposal: StoredProposal) => void,
): Command {
  const { claimId, uscc, bankId, filedOn } = known;
  const id = `approval:${claimId}:${number}`;
  return {
    id,
    content: { kind: 'claim-proposal-approved', claimId, number },
    aggregates: (book) => [
      ...new Set([
        claimAggregate(claimId),
        enterpriseAggregate(uscc),
        bankYearAggregate(bankId, filedOn),
        ...waitingAggregates(withoutOwn(book, claimId)),
      ]),
    ],
    decide: (book, aggregates) => {
      const claim = claimIn(aggregates, claimId);
      const proposal = claim?.proposals.find((one) => one.id === number && one.kind === kind);
      if (claim === undefined || proposal === undefined) return no('not_found');
      if (proposal.status !== 'proposed') return no('state_conflict');
      if (proposal.proposedBy === who.by) return no('second_person_required');
      if (proposal.revision !== claim.revision) return no('version_conflict');
      if (!maySay(claim, kind)) return no('state_conflict');
      const make = kind === 'settlement' ? settle : writeOff;
      return make({ id, book, aggregates, claim, proposal, who, said });
    },
  };
}

type Approving = {
  id: string;
  book: Book;
  aggregates: Parameters<Command['decide']>[1];
  claim: StoredClaim;
  proposal: StoredProposal;
  who: Who;
  said: (proposal: StoredProposal) => void;
};

function settle({ id, book, aggregates, claim, proposal, who: { by, at, on }, said }: Approving): Decision {
  const { state, topUpFen, clawBackFen } = settlementOf(book, claim);
  const before = publicTotals(claim, claim.state);
  const now = publicTotals(claim, state);
  const status = after(claim, 'settle');
  const approved = { ...proposal, status: 'approved' as const, topUpFen, clawBackFen, approvedAt: at };
  // The caps hold what it comes to, in place of what was entitled when it was filed.
  const entitledFen = now.paid - now.back + now.owed;
  const made = step({
    draft: {
      id,
      kind: 'claim-settled',
      causeId: claim.claimId,
      valueDate: on,
      by: proposal.proposedBy,
      approvedBy: by,
      transfers: paymentTransfers(claim, before.owed, state),
      control: queueControl(book, claim, state) ?? { claim: status },
      moves: withCapped(aggregates, claim, entitledFen - claim.cappedFen),
    },
    claim: {
      ...claim,
      ...movedMoney(claim),
      status,
      state,
      settledOn: on,
      cappedFen: entitledFen,
      proposals: claim.proposals.map((one) => (one === proposal ? approved : one)),
    },
    did: { type: 'settled', topUpFen, clawBackFen, reference: proposal.id },
    event: {
      type: 'claim.settled.v1',
      data: { topUpFen: Number(topUpFen), clawBackFen: Number(clawBackFen), pendingFen: Number(pendingFen(state)) },
    },
  });
  const bank = now.back - before.back - (now.paid - before.paid);
  const { county } = claim;
  const countyFen = now.countyBack - before.countyBack - (now.countyPaid - before.countyPaid);
  const incoming = { fen: bank, ...(county !== undefined && { county: { name: county, fen: countyFen } }) };
  // What it gave back beyond its own need pays who waits.
  const others = withoutOwn(book, claim.claimId);
  const paid = availableOf(book) + bank > 0n ? drain(others, aggregates, { on, incoming }) : [];
  said(approved);
  return decided([made, ...closing(made.claim, on), ...paid]);
}

/** What a settlement pays of its own claim, it pays itself; behind it all others move up by a place. */
function withoutOwn(book: Book, own: string): Book {
  return { ...book, waiting: book.waiting.filter(({ claimId }) => claimId !== own) };
}

function writeOff({ id, claim, proposal, who: { by, at, on }, said }: Approving): Decision {
  const { claimId, bankId } = claim;
  const writtenOffFen = outOfPublic(claim);
  const approved = { ...proposal, status: 'approved' as const, writtenOffFen, approvedAt: at };
  const status = after(claim, 'write-off');
  said(approved);
  return decided([
    step({
      draft: {
        id,
        kind: 'written-off',
        causeId: claimId,
        valueDate: on,
        by: proposal.proposedBy,
        approvedBy: by,
        transfers: [
          move(['5101'], ['1221', claimId], writtenOffFen),
          move(['9007', bankId], ['9008', bankId], writtenOffFen),
        ],
        control: { claim: status },
      },
      claim: {
        ...claim,
        ...movedMoney(claim),
        status,
        writtenOffOn: on,
        proposals: claim.proposals.map((one) => (one === proposal ? approved : one)),
      },
      did: { type: 'written-off', writtenOffFen, reference: proposal.id },
      event: { type: 'claim.written-off.v1', data: { writtenOffFen: Number(writtenOffFen) } },
    }),
  ]);
}
