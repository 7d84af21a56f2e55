import { todayOf } from '#packages/calendar';
import { callerId, isAnother } from '#packages/access';
import { actorOf, auditWrite } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { PolicyWarning, routes } from '../contract.ts';
import { policyMachine } from '../machines.ts';
import { builtIn } from '../policies/built-in.ts';
import type { PolicyBook } from '../policy-book.ts';
import { overlayInForce, type PolicyLine, released as withRelease } from '../policy-line.ts';
import { coverageOf, summaryOf, warningsOf } from '../policy-view.ts';
import { getPolicies, getPolicyHead, type PolicyHead, policyPk, releaseWrites } from '../store/policy.ts';
import { type Deps } from './context.ts';

/** So many releases keep the line far below what one item may hold. */
const maxReleases = 1_000;
/** Cases named in a refusal. */
const namesTold = 10;

/** The second person releases what another has drafted, if it decides its own cases as they are meant. */
export function releasePolicy({
  table,
  book,
}: Pick<Deps, 'table'> & { book: PolicyBook }): Operation<typeof routes.releasePolicy> {
  return async (call) =>
    untilSettled(async () => {
      const { version } = call.params;
      if (builtIn(version) !== undefined) return refused('state_conflict', '该版本随软件发布');
      const [head, line] = await Promise.all([getPolicyHead(table, version), getPolicies(table)]);
      if (head === undefined) return refused('not_found');
      const status = policyMachine.next(head.status, 'release');
      if (status === undefined) return refused('state_conflict', '该版本已发布');
      if (!isAnother(call.caller, head.draftedBy)) return refused('second_person_required');
      if (line.released.length >= maxReleases) return refused('state_conflict', `发布不得超过 ${maxReleases} 次`);

      const today = todayOf(call.now);
      const effectiveFrom = head.validFrom > today ? head.validFrom : today;
      const { kind, divisionCode, base, validThrough } = head;
      if (validThrough !== undefined && validThrough < effectiveFrom) return refused('state_conflict', '终止日已过');
      const [filed, policy] = await Promise.all([book.filed(version), book.policyOf(version)]);
      if (filed === undefined || policy === undefined) throw new Error(`the rules of ${version} are not there`);
      const coverage = coverageOf(policy, filed.cases ?? []);
      const failing = coverage.results.filter(({ met }) => !met).map(({ name }) => name);
      if (failing.length > 0) return refused('state_conflict', unmet(failing));

      const releasedAt = call.now.toISOString();
      const audit = auditWrite({
        pk: policyPk(version),
        previous: head.audit,
        at: releasedAt,
        requestId: call.requestId,
        actor: actorOf(call.caller),
        action: 'policy.release',
        resource: `screening-policy/${version}`,
        outcome: status,
        before: head.digest,
        after: head.digest,
      });
      const released: PolicyHead = {
        ...head,
        status,
        releasedAt,
        releasedBy: callerId(call.caller),
        effectiveFrom,
        audit: audit.head,
      };
      const next = withRelease(line, {
        version,
        kind,
        effectiveFrom,
        releasedAt,
        ...(divisionCode !== undefined && { divisionCode }),
        ...(base !== undefined && { base }),
        ...(validThrough !== undefined && { validThrough }),
      });
      const warnings = [...warningsOf(released, next, effectiveFrom), ...resting(line, next, effectiveFrom)];
      const outcome = done({ ...summaryOf(released), warnings, coverage });
      const written = await commit(
        table,
        [...releaseWrites(head, released, line, next), audit.write],
        call.receipt,
        outcome,
      );
      return written === 'moved' ? 'moved' : outcome;
    });
}

function unmet(names: readonly string[]): string {
  const more = names.length > namesTold ? ` 等 ${names.length} 个` : '';
  return `用例结果与预期不符：${names.slice(0, namesTold).join('、')}${more}`;
}

/** The counties whose overlay lies upon the core policy before, and rests from that day on. */
function resting(before: PolicyLine, after: PolicyLine, day: string): PolicyWarning[] {
  const counties = new Set(before.released.flatMap(({ divisionCode }) => divisionCode ?? []));
  return [...counties].flatMap((code) => {
    const version = overlayInForce(before, day, code);
    if (version === undefined || overlayInForce(after, day, code) !== undefined) return [];
    return [
      { code: 'overlay_rests', message: `${code} 的附加规则 ${version} 自 ${day} 起不再施行，须以新版为基础重新发布` },
    ];
  });
}
