import { actorOf } from '#packages/audit';
import { callerId, mayReach } from '#packages/access';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { enterpriseWrites, getHead } from '../store/enterprise.ts';
import { type Deps } from './context.ts';
import { belongs } from './record-consent.ts';

/** The county looks at the latest screening and says whether it stands by the enterprise. */
export function giveCountyOpinion({ table }: Deps): Operation<typeof routes.giveCountyOpinion> {
  return async (call) =>
    untilSettled(async () => {
      const { caller, body } = call;
      const divisionCode = caller.kind === 'person' ? caller.divisionCode : undefined;
      const head = await getHead(table, call.params.uscc);
      if (head === undefined || divisionCode === undefined || !mayReach(caller, belongs(head)))
        return refused('not_found');
      const { screening } = head;
      if (screening === undefined) return refused('state_conflict', '尚未筛选，不能给出意见');
      if (screening.outcome === 'exclude') return refused('state_conflict', '筛选结论为排除，不能推荐');
      const { department = 'ip-office' } = body;
      const others = head.opinions.filter((one) => one.divisionCode !== divisionCode || one.department !== department);
      const by = callerId(caller);
      // Two departments are two people: nobody speaks for both.
      if (others.some((one) => one.divisionCode === divisionCode && one.by === by))
        return refused('second_person_required', '两个部门的意见须由不同的人给出');
      const opinion = {
        divisionCode,
        ...body,
        department,
        outcome: screening.outcome,
        screeningId: screening.screeningId,
        at: call.now.toISOString(),
      };
      const state = { ...head, opinions: [...others, { ...opinion, by }] };
      const outcome = done(opinion);
      const audit = { actor: actorOf(caller), action: `opinion.${body.opinion}`, outcome: 'done', reason: body.reason };
      const written = await commit(table, enterpriseWrites(head, { state, audit }, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}
