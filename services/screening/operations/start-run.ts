import { commit } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { coreInForce } from '../policy-line.ts';
import { getPolicies } from '../store/policy.ts';
import { readRun, startRunWrites } from '../store/run.ts';
import { type Context, type Deps, todayOf } from './context.ts';

/** A person starts a run over the city, a county, a park or named enterprises. */
export function startScreeningRun({ table, newId }: Deps): Operation<typeof routes.startScreeningRun> {
  return async (call) => {
    const { scope } = call.body;
    const given = [scope.divisionCode, scope.parkId, scope.usccs].filter((part) => part !== undefined);
    if (given.length > 1) {
      const message = 'divisionCode、parkId、usccs 最多填一个';
      return refused('validation_failed', message, [{ pointer: '/scope', code: 'exclusive', message }]);
    }
    const policyVersion = coreInForce(await getPolicies(table), todayOf(call.now));
    if ((call.body.policyVersion ?? policyVersion) !== policyVersion) {
      const message = `现行政策是 ${policyVersion} 版`;
      return refused('validation_failed', message, [{ pointer: '/policyVersion', code: 'unknown_policy', message }]);
    }
    const runId = newId('run');
    const head = { runId, scope, policyVersion, startedAt: call.now.toISOString() };
    const outcome = done({ runId }, `/v1/screening-runs/${runId}`);
    await commit(table, startRunWrites(head, call.now), call.receipt, outcome);
    return outcome;
  };
}

/** The schedule starts one run a day. Fired twice for a day, it starts one: the run's id is the day's. */
export function startDailyRun({ table }: Pick<Deps, 'table'>) {
  return async (at: Date, context: Context): Promise<Outcome<{ runId: string }>> => {
    const runId = `daily-${todayOf(at)}`;
    const policyVersion = coreInForce(await getPolicies(table), todayOf(at));
    const head = { runId, scope: {}, policyVersion, startedAt: context.now.toISOString() };
    const outcome = done({ runId });
    // Somebody having started it already is just as well.
    await commit(table, startRunWrites(head, context.now), context.receipt, outcome);
    return outcome;
  };
}

export function getScreeningRun({ table }: Deps): Operation<typeof routes.getScreeningRun> {
  return async ({ params }) => {
    const run = await readRun(table, params.runId);
    return run === undefined ? refused('not_found') : done(run);
  };
}
