import type { Write } from '#packages/table';
import { principalLeft } from '../arithmetic/basis.ts';
import { outOf } from '../arithmetic/claim.ts';
import type { Aggregates, Decision, Draft } from '../ledger/command.ts';
import type { Entry } from '../ledger/entry.ts';
import { claimMachine } from '../machines.ts';
import { claimEvent, type Did, didWrite, headWrite } from '../store/claim.ts';
import { startedClocks } from '../store/claim-clock.ts';
import { claimAggregate, claimWire, opened, pendingFen, readClaim, type StoredClaim } from './stored-claim.ts';

/** One entry of a claim's, the claim as it then is, and what is said of it. */
export type Step = {
  draft: Draft;
  claim: StoredClaim;
  did?: Omit<Did, 'seq' | 'at' | 'on'>;
  event?: { type: string; data: Record<string, unknown> };
};

export type ClaimEvent = (typeof claimMachine.events)[number];

/** The status after an event. What is not legal was refused before. */
export function after(claim: StoredClaim, event: ClaimEvent): StoredClaim['status'] {
  const status = claimMachine.next(claim.status, event);
  if (status === undefined) throw new Error(`${claim.claimId} is ${claim.status}: no ${event}`);
  return status;
}

/** A step that is told has the next number of the claim's events. */
export function step(made: Step): Step {
  if (made.event === undefined) return made;
  return { ...made, claim: { ...made.claim, sequence: made.claim.sequence + 1 } };
}

/** What puts a new duty on somebody. Whatever else happens on that day has none to put again. */
const startsClocks: ReadonlySet<Did['type']> = new Set<Did['type']>(['filed', 'approved', 'paid']);

/** Steps as one decision: each claim is written once, as its last step leaves it, with its copy and all that is told. */
export function decided(
  steps: readonly Step[],
  { before = [], beside }: { before?: readonly Draft[]; beside?: (entries: readonly Entry[]) => Write[] } = {},
): Decision {
  const last = new Map(steps.map(({ claim }, place) => [claim.claimId, place]));
  const drafts = steps.map(({ draft, claim }, place): Draft => {
    if (last.get(claim.claimId) !== place) return draft;
    const moves = [...(draft.moves ?? []), { aggregate: claimAggregate(claim.claimId), value: claimWire(claim) }];
    return { ...draft, moves };
  });
  return {
    kind: 'drafts',
    drafts: [...before, ...drafts],
    beside: (entries) => [
      ...steps.flatMap((one, place) => toldOf(one, entries[before.length + place])),
      ...steps.filter(({ claim }, place) => last.get(claim.claimId) === place).flatMap(({ claim }) => headWrite(claim)),
      ...steps
        .filter(({ did }) => did !== undefined && startsClocks.has(did.type))
        .flatMap(({ claim, draft }) => startedClocks(claim, draft.valueDate)),
      ...(beside?.(entries) ?? []),
    ],
  };
}

function toldOf({ claim, did, event }: Step, entry: Entry | undefined): Write[] {
  if (entry === undefined) throw new Error(`${claim.claimId}: a step without its entry`);
  const { seq, at, valueDate: on } = entry;
  return [
    ...(did === undefined ? [] : [didWrite(claim.claimId, { ...did, seq, at, on })]),
    ...(event === undefined ? [] : [claimEvent(claim, { ...event, seq, at, on })]),
  ];
}

export function claimIn(aggregates: Aggregates, claimId: string): StoredClaim | undefined {
  const found = aggregates.get(claimAggregate(claimId));
  return found && readClaim(found.value);
}

/** Everything has come back to everybody, and the borrower owes nothing more. */
function isWhole(claim: StoredClaim): boolean {
  const { state } = claim;
  if (state === undefined || state.phase === 'advanced' || pendingFen(state) > 0n) return false;
  const left = principalLeft(opened(claim).basis, state.recoveredFen) + state.interestLeftFen + state.penaltyLeftFen;
  return left === 0n && state.parties.every((party) => outOf(party) === 0n);
}

/** The step that closes a claim of which nothing is left. */
export function closing(claim: StoredClaim, on: string): Step[] {
  if (!isWhole(claim) || claimMachine.next(claim.status, 'close') === undefined) return [];
  const status = after(claim, 'close');
  return [
    step({
      draft: {
        id: `closed:${claim.claimId}`,
        kind: 'claim-closed',
        causeId: claim.claimId,
        valueDate: on,
        transfers: [],
        control: { claim: status },
      },
      claim: { ...claim, status, closedOn: on },
      did: { type: 'closed' },
      event: { type: 'claim.closed.v1', data: {} },
    }),
  ];
}
