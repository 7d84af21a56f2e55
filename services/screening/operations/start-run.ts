import { todayOf } from '#packages/calendar';
import { commit } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { coreInForce } from '../policy-line.ts';
import { getPolicies } from '../store/policy.ts';
import { readRun, startRunWrites } from '../store/run.ts';
import { type Context, type Deps } from './context.ts';

/** A person starts a run over the city, a county, a park or named enterprises. */
export function startScreeningRun({ table, newId }: Deps): Operation<typeof routes.startScreeningRun> {
  return async (call) => {
    const day = todayOf(call.now);
    const inForce = coreInForce(await getPolicies(table), day);
    const { scope, policyVersion = inForce } = call.body;
    const given = [scope.divisionCode, scope.parkId, scope.usccs].filter((part) => part !== undefined);
    if (given.length > 1) {
      const message = 'divisionCode、parkId、usccs 最多填一个';
      return refused('validation_failed', message, [{ pointer: '/scope', code: 'exclusive', message }]);
    }
    if (policyVersion !== inForce) {
      const message = `现行政策是 ${inForce}，不能按别的版本筛选`;
      return refused('validation_failed', message, [{ pointer: '/policyVersion', code: 'unknown_policy', message }]);
    }
    const runId = newId('run');
    const reach = scope.usccs === undefined ? 'place' : 'named';
    const head = { runId, scope, policyVersion, reach, day, startedAt: call.now.toISOString() } as const;
    const outcome = done({ runId }, `/v1/screening-runs/${runId}`);
    await commit(table, startRunWrites(head, call.now), call.receipt, outcome);
    return outcome;
  };
}

/** Runs of one day; more than that are somebody's mistake. */
const dailyRunsAtMost = 100;

/**
 * The schedule starts the day's run. Fired again while that works, it starts none; afterwards another, which finds only
 * what has changed since. A day that is made up for is decided as of today.
 */
export function startDailyRun({ table }: Pick<Deps, 'table'>) {
  return async (at: Date, context: Context): Promise<Outcome<{ runId: string }>> => {
    const [firedFor, today] = [todayOf(at), todayOf(context.now)];
    const day = firedFor > today ? firedFor : today;
    const policyVersion = coreInForce(await getPolicies(table), day);
    for (let count = 1; count <= dailyRunsAtMost; count += 1) {
      const runId = count === 1 ? `daily-${firedFor}` : `daily-${firedFor}.${count}`;
      const outcome = done({ runId });
      const known = await readRun(table, runId);
      if (known?.status === 'running') return outcome;
      if (known !== undefined) continue;
      const startedAt = context.now.toISOString();
      const head = { runId, scope: {}, policyVersion, reach: 'due', day, startedAt } as const;
      // Somebody having started it already is just as well.
      await commit(table, startRunWrites(head, context.now), context.receipt, outcome);
      return outcome;
    }
    throw new Error(`${dailyRunsAtMost} runs on ${firedFor}`);
  };
}

export function getScreeningRun({ table }: Deps): Operation<typeof routes.getScreeningRun> {
  return async ({ params }) => {
    const run = await readRun(table, params.runId);
    return run === undefined ? refused('not_found') : done(run);
  };
}
