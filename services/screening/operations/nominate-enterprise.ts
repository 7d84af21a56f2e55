import { todayOf } from '#packages/calendar';
import { actorOf } from '#packages/audit';
import { mayReach } from '#packages/access';
import { commit, untilSettled } from '#packages/commit';
import { checkUscc } from '#packages/identifiers';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { sameNomination } from '../domain.ts';
import type { Nomination } from '../nomination.ts';
import { enterpriseWrites, type EnterpriseState, getHead, type Head } from '../store/enterprise.ts';
import { dueNow } from '../store/due.ts';
import { enterpriseView } from '../view.ts';
import { type Deps } from './context.ts';

/** A county or a park names one enterprise. One code is one master entry; a second county adds its nomination to it. */
export function nominateEnterprise({ table }: Deps): Operation<typeof routes.nominateEnterprise> {
  return async (call) => {
    const { body, caller, now } = call;
    const parks = body.parkId === undefined ? [] : [body.parkId];
    if (!mayReach(caller, { divisions: [body.divisionCode], parks })) {
      return refused('forbidden', '只能推荐本县区或本园区的企业');
    }
    const today = todayOf(now);
    return untilSettled(async () => {
      const head = await getHead(table, body.uscc);
      const known = head?.nominations.find((nomination) => nomination.divisionCode === body.divisionCode);
      if (head !== undefined && known !== undefined) {
        if (!sameNomination(known, body)) return refused('already_exists');
        return { kind: 'done', result: enterpriseView(head, today), replayed: true, location: locationOf(body.uscc) };
      }
      const state = withNomination(head, body, now);
      const outcome = done(enterpriseView(state, today), locationOf(body.uscc));
      const audit = { actor: actorOf(caller), action: 'enterprise.nominate', outcome: 'done' };
      const written = await commit(table, enterpriseWrites(head, { state, audit }, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
  };
}

function locationOf(uscc: string): string {
  return `/v1/enterprises/${uscc}`;
}

/** The enterprise with this county's nomination added, or in place of what the county said before. */
export function withNomination(
  head: Head | undefined,
  nomination: Nomination,
  now: Date,
  importId?: string,
): EnterpriseState {
  const at = now.toISOString();
  const { divisionCode } = nomination;
  const known = head?.nominations.find((one) => one.divisionCode === divisionCode);
  const said = { ...nomination, nominatedAt: known?.nominatedAt ?? at, ...(importId !== undefined && { importId }) };
  if (head === undefined) {
    return {
      uscc: nomination.uscc,
      createdAt: at,
      nominations: [said],
      warnings: warningsOf(nomination.uscc),
      opinions: [],
      disputes: [],
      facts: {},
      dueOn: dueNow,
    };
  }
  const { version: _version, sequence: _sequence, audit: _audit, ...state } = head;
  const nominations =
    known === undefined
      ? [...head.nominations, said]
      : head.nominations.map((one) => (one.divisionCode === divisionCode ? said : one));
  // What counties say is a fact too.
  return { ...state, nominations, dueOn: dueNow };
}

/** A code whose check digit fails is taken with a warning: such codes exist (domain.md 8.1) and need a person's look. */
function warningsOf(uscc: string): { code: string; message: string }[] {
  const check = checkUscc(uscc);
  if (check.kind !== 'warning') return [];
  return [{ code: 'uscc_check_digit', message: `校验位不符（应为 ${check.expected}），请核对营业执照` }];
}
