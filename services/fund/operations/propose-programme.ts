import { callerId } from '#packages/access';
import { auditWrite } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { programmeMachine } from '../machines.ts';
import { fundPk, getFundHead, type ProgrammeItem, programmeText, proposalWrites } from '../store/fund.ts';
import { actorOf } from '#packages/audit';
import { type Deps } from './context.ts';
import { programmeView } from './programme-view.ts';

/** So many versions keep a fund's line far below what one item may hold. */
const maxVersions = 1_000;

/** The next version of a fund's programme. It covers nothing until another person has approved it. */
export function proposeProgramme({ table }: Deps): Operation<typeof routes.proposeProgramme> {
  return async ({ params: { fundId }, body, caller, now, requestId, receipt }) =>
    untilSettled(async () => {
      const head = await getFundHead(table, fundId);
      if (head === undefined) return refused('not_found');
      if (head.versions >= maxVersions) return refused('state_conflict', `方案不得超过 ${maxVersions} 版`);
      const version = head.versions + 1;
      const proposedAt = now.toISOString();
      const proposed: ProgrammeItem = {
        version,
        status: programmeMachine.initial,
        validFrom: body.validFrom,
        ...programmeText(body.programme),
        proposedAt,
        proposedBy: callerId(caller),
      };
      const audit = auditWrite({
        pk: fundPk(fundId),
        previous: head.audit,
        at: proposedAt,
        requestId,
        actor: actorOf(caller),
        action: 'fund.programme.propose',
        resource: `fund/${fundId}/programme/${version}`,
        outcome: proposed.status,
        after: proposed.digest,
      });
      const location = `/v1/funds/${fundId}/programmes/${version}`;
      const outcome = done(programmeView(fundId, proposed), location);
      const writes = [...proposalWrites(head, audit.head, proposed), audit.write];
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
