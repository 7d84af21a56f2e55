import { replenish } from '../arithmetic/replenish.ts';
import { lossNow } from '../arithmetic/claim.ts';
import { availableOf, type Book } from '../ledger/book.ts';
import type { Aggregates, Command } from '../ledger/command.ts';
import { countyMeans, paymentTransfers, publicTotals, queueControl } from './booking.ts';
import { after, claimIn, closing, decided, step, type Step } from './step.ts';
import { claimAggregate, movedMoney, opened, pendingFen, stateOf, type StoredClaim } from './stored-claim.ts';

/** So many claims are paid in one commit: each takes five of the hundred places of a transaction. The rest follows. */
export const drainAtOnce = 15;

/** The aggregates that a command needs which brings money. */
export function waitingAggregates(book: Book): string[] {
  return book.waiting.slice(0, drainAtOnce).map(({ claimId }) => claimAggregate(claimId));
}

/** What has come in by the command itself and is not in the book yet; the county's part of it by its name. */
export type Incoming = { fen: bigint; county?: { name: string; fen: bigint } };

/**
 * Pays claims that wait out of the money at hand, in the order of their approval, each cut to what is left of its loss.
 * `known` are claims that the same command has moved already.
 */
export function drain(
  book: Book,
  aggregates: Aggregates,
  { on, incoming, known = [] }: { on: string; incoming: Incoming; known?: readonly StoredClaim[] },
): Step[] {
  let left = availableOf(book) + incoming.fen;
  const countyLeft = new Map<string, bigint>();
  const steps: Step[] = [];
  const moved = new Map(known.map((claim) => [claim.claimId, claim]));
  for (const [place, { claimId }] of book.waiting.entries()) {
    if (place >= drainAtOnce && !moved.has(claimId)) continue;
    const claim = moved.get(claimId) ?? claimIn(aggregates, claimId);
    if (claim === undefined) throw new Error(`${claimId} waits and is not there`);
    // What was lost has come back: nothing is owed any more, money or not, wherever it waits.
    const isGone = lossNow(opened(claim), stateOf(claim)) === 0n;
    if (!isGone && (left <= 0n || place >= drainAtOnce)) continue;
    const { county } = claim;
    const arrived = county !== undefined && county === incoming.county?.name ? incoming.county.fen : 0n;
    const has =
      county === undefined ? undefined : (countyLeft.get(county) ?? (countyMeans(book, county) ?? 0n) + arrived);
    const paid = replenish(opened(claim), stateOf(claim), left > 0n ? left : 0n, has);
    left = left > 0n ? paid.unusedFen : left;
    if (county !== undefined) countyLeft.set(county, paid.countyFen ?? 0n);
    const made = replenished(book, claim, paid, on);
    steps.push(made, ...closing(made.claim, on));
  }
  return steps;
}

function replenished(book: Book, claim: StoredClaim, paid: ReturnType<typeof replenish>, on: string): Step {
  const { claimId, payments, decision, paidBy } = claim;
  const { state, paidFen } = paid;
  const rest = pendingFen(state);
  const status = after(claim, claim.status === 'pending-funds' && rest > 0n ? 'wait' : 'pay');
  return step({
    draft: {
      id: `paid:${claimId}:${payments + 1}`,
      kind: 'compensation-paid',
      causeId: claimId,
      valueDate: on,
      transfers: paymentTransfers(claim, publicTotals(claim, claim.state).owed, state),
      control: queueControl(book, claim, state) ?? { claim: status },
      ...(decision !== undefined && { by: decision.by }),
      ...(paidBy !== undefined && { approvedBy: paidBy }),
    },
    claim: { ...claim, status, state, payments: payments + 1, ...movedMoney(claim) },
    did: { type: 'replenished', paidFen },
    event: { type: 'claim.paid.v1', data: { paidFen: Number(paidFen), pendingFen: Number(rest) } },
  });
}

/** A command that brings money, which also pays what waits for it, in the same commit. */
export function draining(command: Command, incoming: Incoming, on: string): Command {
  return {
    ...command,
    aggregates: (book) => [...(command.aggregates?.(book) ?? []), ...waitingAggregates(book)],
    decide: (book, aggregates) => {
      const decision = command.decide(book, aggregates);
      if (decision.kind === 'refused') return decision;
      const { drafts: before, beside } = decision;
      const steps = drain(book, aggregates, { on, incoming });
      return decided(steps, { before, ...(beside !== undefined && { beside }) });
    },
  };
}

/**
 * Pays what one commit did not hold. Named by the first claim that it pays and its number of payments, so that of two
 * who go on at once one is the other's.
 */
export function drainOn(first: StoredClaim, on: string): Command {
  const id = `paid:${first.claimId}:${first.payments + 1}`;
  return {
    id,
    content: { kind: 'compensation-paid', claimId: first.claimId, payment: first.payments + 1 },
    aggregates: waitingAggregates,
    decide: (book, aggregates) => {
      const steps = drain(book, aggregates, { on, incoming: { fen: 0n } });
      if (steps[0]?.draft.id !== id) return { kind: 'refused', code: 'nothing-to-pay', kept: false };
      return decided(steps);
    },
  };
}
