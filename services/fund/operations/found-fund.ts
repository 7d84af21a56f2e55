import { callerId } from '#packages/access';
import { auditWrite, sha256 } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { programmeMachine } from '../machines.ts';
import { foundWrites, type FundHead, fundPk, getFundHead, programmeText } from '../store/fund.ts';
import { actorOf } from '#packages/audit';
import { type Deps } from './context.ts';

const firstVersion = 1;

/**
 * A fund and the first version of its programme. The fund's id is the business key: the same again is answered as the
 * first time, whoever says it, other content under it is refused for ever.
 */
export function foundFund({ table }: Deps): Operation<typeof routes.foundFund> {
  return async ({ body, caller, now, requestId, receipt }) => {
    const { fundId, name, programme } = body;
    const location = `/v1/funds/${fundId}`;
    const { text, digest } = programmeText(programme);
    const said = sha256({ name, programme: digest });
    return untilSettled(async () => {
      const known = await getFundHead(table, fundId);
      if (known !== undefined) {
        if (known.digest !== said) return refused('already_exists');
        return { ...done(foundedView(known), location), replayed: true };
      }
      const at = now.toISOString();
      const audit = auditWrite({
        pk: fundPk(fundId),
        previous: undefined,
        at,
        requestId,
        actor: actorOf(caller),
        action: 'fund.found',
        resource: `fund/${fundId}`,
        outcome: programmeMachine.initial,
        after: said,
      });
      const head: FundHead = {
        fundId,
        name,
        revision: 1,
        versions: firstVersion,
        sequence: 1,
        approved: [],
        digest: said,
        createdAt: at,
        audit: audit.head,
      };
      const status = programmeMachine.initial;
      const first = { version: firstVersion, status, text, digest, proposedAt: at, proposedBy: callerId(caller) };
      const outcome = done(foundedView(head), location);
      const written = await commit(table, [...foundWrites(head, first), audit.write], receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
  };
}

/** As it was answered to who founded it, whatever has become of it since. */
function foundedView({ fundId, name, createdAt }: FundHead) {
  return { fundId, name, version: firstVersion, status: programmeMachine.initial, createdAt };
}
