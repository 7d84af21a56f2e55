import { type Caller, callerId, mayReach } from '#packages/access';
import { actorOf, auditWrite, sha256 } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type FieldError, refused } from '#packages/outcome';
import type { Table } from '#packages/table';
import type { routes } from '../contract.ts';
import { policyMachine } from '../machines.ts';
import { builtIn } from '../policies/built-in.ts';
import type { PolicyBook } from '../policy-book.ts';
import { combinedVersion } from '../policy-line.ts';
import { draftOf } from '../policy-view.ts';
import { coreOf, type FiledOverlay, type FiledPolicy, isOverlay, overlayOf } from '../rules/filed-policy.ts';
import { combine } from '../rules/overlay.ts';
import { Version } from '../rules/policy-schema.ts';
import { problemsOfCore, toldOfOverlay } from '../rules/problem-places.ts';
import { draftWrites, getPolicies, getPolicyHead, type PolicyHead, policyPk } from '../store/policy.ts';
import { type Deps } from './context.ts';

/**
 * The city drafts a core policy, a county an overlay for itself. The version is the business key: the same again replays
 * whoever says it, other content under it is refused for ever.
 */
export function draftPolicy({
  table,
  book,
}: Pick<Deps, 'table'> & { book: PolicyBook }): Operation<typeof routes.draftPolicy> {
  return async (call) => {
    const { body: filed, caller } = call;
    const { version } = filed;
    const notTheirs = foreign(caller, filed);
    if (notTheirs !== undefined) return refused('forbidden', notTheirs);
    if (builtIn(version) !== undefined) return refused('already_exists', `${version} 版随软件发布`);
    const location = `/v1/screening-policies/${version}`;
    const digest = sha256(filed);
    return untilSettled(async () => {
      const known = await getPolicyHead(table, version);
      if (known !== undefined) {
        if (known.digest !== digest) return refused('already_exists');
        return { kind: 'done', result: draftOf(known), replayed: true, location };
      }
      const problems = isOverlay(filed) ? await problemsOfOverlay(table, book, filed) : problemsOfCore(filed);
      const errors = [...misnamed(filed), ...problems];
      if (errors.some(({ code }) => code === 'relaxes_core')) return refused('overlay_relaxes_core', undefined, errors);
      if (errors.length > 0) return refused('validation_failed', undefined, errors);

      const draftedAt = call.now.toISOString();
      const audit = auditWrite({
        pk: policyPk(version),
        previous: undefined,
        at: draftedAt,
        requestId: call.requestId,
        actor: actorOf(caller),
        action: 'policy.draft',
        resource: `screening-policy/${version}`,
        outcome: policyMachine.initial,
        after: digest,
      });
      const { title, validFrom, validThrough } = filed;
      const head: PolicyHead = {
        version,
        status: policyMachine.initial,
        ...(isOverlay(filed)
          ? { kind: 'overlay', divisionCode: filed.divisionCode, base: filed.base }
          : { kind: 'core' }),
        title,
        validFrom,
        ...(validThrough !== undefined && { validThrough }),
        digest,
        draftedAt,
        draftedBy: callerId(caller),
        audit: audit.head,
      };
      const outcome = done(draftOf(head), location);
      const written = await commit(table, [...draftWrites(head, filed), audit.write], call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
  };
}

/** Why it is not this caller's to draft (中文). */
function foreign(caller: Caller, filed: FiledPolicy): string | undefined {
  const county = caller.role === 'county-reviewer';
  if (!isOverlay(filed)) return county ? '市级政策由市级管理员起草' : undefined;
  if (!county) return '附加规则由县区复核人起草';
  return mayReach(caller, { divisions: [filed.divisionCode] }) ? undefined : '只能起草本县区的附加规则';
}

/** A tilde joins the versions of a core policy and an overlay, so neither has one of its own. */
function misnamed({ version }: FiledPolicy): FieldError[] {
  return version.includes('~') ? [{ pointer: '/version', code: 'invalid_format', message: '版本号不得含 ~' }] : [];
}

/** An overlay is drafted upon a core policy that is released, so that what it makes of it will never change. */
async function problemsOfOverlay(table: Table, book: PolicyBook, filed: FiledOverlay): Promise<FieldError[]> {
  const { version, base } = filed;
  const [core, line] = await Promise.all([book.filed(base), getPolicies(table)]);
  const released = builtIn(base) !== undefined || line.released.some((one) => one.version === base);
  if (core === undefined || isOverlay(core) || !released) {
    return [{ pointer: '/base', code: 'unknown_policy', message: '没有已发布的这一版市级政策' }];
  }
  if (!Version.safeParse(combinedVersion(base, version)).success) {
    return [{ pointer: '/version', code: 'too_big', message: `与 ${base} 合并后的版本号过长` }];
  }
  const combination = combine(coreOf(core), overlayOf(filed));
  return combination.kind === 'combined' ? [] : toldOfOverlay(filed, combination.problems);
}
