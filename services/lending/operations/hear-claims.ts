import { commit, untilSettled } from '#packages/commit';
import type { Handlers } from '#packages/lambda/queue';
import type { Event } from '#packages/messaging/envelope';
import { done, type Outcome, type Receipt } from '#packages/outcome';
import type { eventTypes as fundEvents } from '#services/fund/contract';
import { loanMachine } from '../machines.ts';
import { getLoan, type Loan, loanWrites } from '../store/loan.ts';
import { getServicing } from '../store/servicing.ts';
import { type Deps, worker } from './context.ts';
import { keepWatch } from './keep-watch.ts';
import { endedEvents, portfolioStep } from './report-loan.ts';

type Told = { loanId: string; claimId: string; on: string };
type ClaimEvent = Event<Told>;

/** What the fund tells of a claim, as far as its loan is another one by it: claimed, compensated, in recovery, written off. */
export function hearClaims({ table, clock }: Deps & { clock: () => Date }): Handlers<typeof fundEvents> {
  async function heard(
    { id, type, data }: ClaimEvent,
    receipt: Receipt,
    next: (loan: Loan) => Loan,
  ): Promise<Outcome<undefined>> {
    return untilSettled(async (): Promise<Outcome<undefined> | 'moved'> => {
      const held = await getLoan(table, data.loanId);
      if (held === undefined) throw new Error(`${data.claimId} is of ${data.loanId}, which was never filed`);
      const outcome = done(undefined);
      const state = next(held.state);
      // Several claims and payments of one loan come here: what it is already, it stays.
      if (state === held.state) return outcome;
      const audit = { actor: worker, action: type.replace(/\.v\d+$/, ''), outcome: state.status, reason: data.claimId };
      const change = { state, audit, events: endedEvents(held.state, state) };
      const now = clock();
      const writes = loanWrites(held, change, { now, requestId: id });
      if (state.ended !== undefined && held.state.ended === undefined) {
        const before = await getServicing(table, state.loanId);
        const [step, kept] = [
          await portfolioStep(table, held, state),
          await keepWatch(table, state, { before }, now, 0),
        ];
        writes.push(step, ...kept.writes);
      }
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  }

  const moved = (loan: Loan, act: 'compensate' | 'recover' | 'write-off'): Loan => {
    const status = loanMachine.next(loan.status, act);
    return status === undefined || status === loan.status ? loan : { ...loan, status };
  };
  const ended = (event: ClaimEvent, receipt: Receipt) =>
    heard(event, receipt, (loan) => {
      if (loan.claimId !== event.data.claimId) return loan;
      const { claimId: _over, ...rest } = loan;
      return rest;
    });

  return {
    'claim.filed.v1': (event, receipt) =>
      heard(event, receipt, (loan) =>
        loan.claimId === event.data.claimId ? loan : { ...loan, claimId: event.data.claimId },
      ),
    'claim.returned.v1': ended,
    'claim.rejected.v1': ended,
    'claim.paid.v1': (event, receipt) => heard(event, receipt, (loan) => moved(loan, 'compensate')),
    'fund.refund.posted.v1': (event, receipt) =>
      heard(event, receipt, (loan) => (event.data.reversed ? loan : moved(loan, 'recover'))),
    'claim.written-off.v1': (event, receipt) =>
      heard(event, receipt, (loan) => {
        const off = moved(loan, 'write-off');
        return off === loan ? loan : { ...off, ended: { how: 'written-off', on: event.data.on } };
      }),
  };
}
