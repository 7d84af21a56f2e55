import { isDeepStrictEqual } from 'node:util';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { loanWrites } from '../store/loan.ts';
import { getServicing, servicingWrites } from '../store/servicing.ts';
import { evidenceAtMost } from '../servicing-policy.ts';
import { type Deps, reachedLoan } from './context.ts';

/**
 * What shows that the bank's people did their duty (尽职免责), also after a loan has ended: the question comes up then.
 * A document is itself, so its digest names it.
 */
export function addEvidence({ table }: Deps): Operation<typeof routes.addEvidence> {
  return async (call) =>
    untilSettled(async () => {
      const { params, body, caller, now } = call;
      const held = await reachedLoan(table, caller, params.loanId);
      if (held === undefined) return refused('not_found');
      const { loanId, status } = held.state;
      if (body.on > todayOf(now)) {
        const message = '材料日期不能晚于今天';
        return refused('validation_failed', message, [{ pointer: '/on', code: 'in_future', message }]);
      }
      const before = await getServicing(table, loanId);
      const known = before.evidence.find(({ digest }) => digest === body.digest);
      if (known !== undefined) {
        if (!isDeepStrictEqual(known, body)) return refused('already_exists', '同一摘要已登记为另一材料');
        return { ...done({ loanId, evidence: before.evidence }), replayed: true };
      }
      if (before.evidence.length >= evidenceAtMost) {
        return refused('state_conflict', `一笔贷款的尽职材料不得超过 ${evidenceAtMost} 份`);
      }
      const after = { ...before, evidence: [...before.evidence, body] };
      const outcome = done({ loanId, evidence: after.evidence });
      const audit = { actor: actorOf(caller), action: 'loan.evidence', outcome: status, reason: body.digest };
      const writes = [
        ...loanWrites(held, { state: held.state, audit }, call),
        ...servicingWrites(held.state, before, after, now),
      ];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
