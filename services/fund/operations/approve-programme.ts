import { callerId, isAnother } from '#packages/access';
import { auditWrite } from '#packages/audit';
import { commit, ReceiptTaken, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { programmeMachine } from '../machines.ts';
import { effectiveFrom } from '../programme-line.ts';
import { openLedger, post } from '../ledger/post.ts';
import { approvalWrites, fundPk, getFundHead, getProgrammeItem } from '../store/fund.ts';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { termsCommand } from './apply-terms.ts';
import { type Deps } from './context.ts';
import { programmeView } from './programme-view.ts';

/**
 * The second person approves what another has proposed: it holds from its day on, and never changes after. Where that day
 * has come the book learns of its terms in the same transaction; otherwise on that day (`apply-terms.ts`).
 */
export function approveProgramme({ table }: Deps): Operation<typeof routes.approveProgramme> {
  return async ({ params: { fundId, version }, caller, now, requestId, receipt }) =>
    untilSettled(async () => {
      const [head, draft] = await Promise.all([getFundHead(table, fundId), getProgrammeItem(table, fundId, version)]);
      if (head === undefined || draft === undefined) return refused('not_found');
      const status = programmeMachine.next(draft.status, 'approve');
      if (status === undefined) return refused('state_conflict', '该版方案已批准');
      if (!isAnother(caller, draft.proposedBy)) return refused('second_person_required');

      const approvedAt = now.toISOString();
      const approved = {
        ...draft,
        status,
        approvedAt,
        approvedBy: callerId(caller),
        effectiveFrom: effectiveFrom(draft.validFrom, todayOf(now)),
      };
      const audit = auditWrite({
        pk: fundPk(fundId),
        previous: head.audit,
        at: approvedAt,
        requestId,
        actor: actorOf(caller),
        action: 'fund.programme.approve',
        resource: `fund/${fundId}/programme/${version}`,
        outcome: status,
        before: draft.digest,
        after: draft.digest,
      });
      const outcome = done(programmeView(fundId, approved));
      const writes = [...approvalWrites(head, audit.head, draft, approved), audit.write];
      if (approved.effectiveFrom > todayOf(now)) {
        return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
      }
      try {
        const terms = termsCommand(approved, todayOf(now));
        const beside = () => [...writes, ...receipt(outcome)];
        const [answer] = await post(
          openLedger(table, () => now),
          fundId,
          [{ ...terms, beside }],
        );
        // Booked by somebody else at the same moment: then the version is approved, and that is said.
        return answer?.kind === 'posted' && !answer.replayed ? outcome : 'moved';
      } catch (error) {
        // What stood beside was in the way: this caller's own record, or a fund that moved. The latter is read again.
        const moved = error instanceof ReceiptTaken && (await getFundHead(table, fundId))?.revision !== head.revision;
        if (moved) return 'moved';
        throw error;
      }
    });
}
