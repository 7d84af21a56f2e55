import type * as z from 'zod';
import { legalDateOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Event } from '#packages/messaging/envelope';
import { done, type Outcome, type Receipt } from '#packages/outcome';
import type { eventTypes } from '../contract.ts';
import { coveredLoanWrites, getCoveredLoan } from '../store/covered-loan.ts';
import { type CoverDeps, giveBackRest, worker } from './cover-steps.ts';

type Told<Name extends keyof typeof eventTypes> = Event<z.output<(typeof eventTypes)[Name]['data']>>;

/** A claim was turned down: what of its loan's cover only the claim still held is given back. */
export function hearTurnedDown(deps: CoverDeps) {
  return async (
    { id, time, data: { loanId } }: Told<'claim.returned.v1'> | Told<'claim.rejected.v1'>,
    receipt: Receipt,
  ): Promise<Outcome<unknown>> => {
    const held = await getCoveredLoan(deps.table, loanId);
    // A loan that goes on, or is under claim again, keeps its cover.
    if (held?.state.ended === undefined || held.state.claimId !== undefined) return done({ loanId });
    const telling = { requestId: id, toldOn: legalDateOf(time), reference: 'claim-closed' as const };
    return giveBackRest(deps, loanId, telling, receipt);
  };
}

/** A claim is at its end: its loan leaves the list of those that the fund answers for. */
export function hearClaimOver({ table, now }: CoverDeps) {
  return async (
    { id, data: { loanId, claimId } }: Told<'claim.closed.v1'> | Told<'claim.written-off.v1'>,
    receipt: Receipt,
  ): Promise<Outcome<unknown>> =>
    untilSettled(async () => {
      const held = await getCoveredLoan(table, loanId);
      const outcome = done({ loanId });
      if (held?.state.claimId !== claimId || held.state.cover === 'released') return outcome;
      const state = { ...held.state, cover: 'released' as const };
      const audit = { actor: worker, action: 'cover.claim-over', outcome: state.cover };
      const writes = coveredLoanWrites(held, { state, audit }, { now: now(), requestId: id });
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
