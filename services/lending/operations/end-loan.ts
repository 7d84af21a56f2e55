import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { loanMachine } from '../machines.ts';
import { type Loan, loanWrites } from '../store/loan.ts';
import { getServicing } from '../store/servicing.ts';
import { type Deps, reachedLoan } from './context.ts';
import { keepWatch } from './keep-watch.ts';
import { endedEvents, portfolioStep } from './report-loan.ts';

/**
 * The bank writes a loan off its books. It must have reported it as lost; that alone does not end it. The debt goes on,
 * so its rights stay pledged, to be disposed of.
 */
export function writeOffLoan({ table }: Deps): Operation<typeof routes.writeOffLoan> {
  return async (call) =>
    untilSettled(async () => {
      const { params, body, caller, now } = call;
      const held = await reachedLoan(table, caller, params.loanId);
      if (held === undefined) return refused('not_found');
      const loan = held.state;
      const { loanId, lastReport, ended } = loan;
      const { on, reason } = body;
      const outcome = done({ loanId, status: 'written-off' as const, on });
      if (ended?.how === 'written-off') {
        return ended.on === on ? { ...outcome, replayed: true } : refused('already_exists', `已于 ${ended.on} 核销`);
      }
      const today = todayOf(now);
      if (on > today || on < loan.disbursedOn) {
        const message = `核销日应在放款日 ${loan.disbursedOn} 与今天（${today}）之间`;
        return refused('validation_failed', message, [{ pointer: '/on', code: 'out_of_range', message }]);
      }
      const status = loanMachine.next(loan.status, 'write-off');
      if (status === undefined) return refused('state_conflict', `贷款现为 ${loan.status}，不能核销`);
      if (lastReport?.classification !== 'loss') {
        return refused('state_conflict', '核销前应先以月报将贷款报为损失类');
      }
      const state: Loan = { ...loan, status, ended: { how: 'written-off', on } };
      const [step, before] = [await portfolioStep(table, held, state), await getServicing(table, loanId)];
      const kept = await keepWatch(table, state, { before }, now);
      const events = [...endedEvents(loan, state), ...kept.events];
      const audit = { actor: actorOf(caller), action: 'loan.write-off', outcome: status, reason };
      const writes = [...loanWrites(held, { state, events, audit }, call), step, ...kept.writes];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
