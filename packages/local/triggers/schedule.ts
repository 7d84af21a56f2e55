import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Invoke, RunningTrigger, ScheduleSpec } from '../deployment.ts';
import { arnOf } from '../template/naming.ts';
import { attempt } from './batch-outcome.ts';
import { readExpression } from './schedule-expression.ts';

export type SchedulesOptions = {
  schedules: readonly ScheduleSpec[];
  region: string;
  invoke: Invoke;
  /** The clock; the machine's by default. */
  now?: () => Date;
  /** Before the first retry; it doubles from there. */
  backoffMs?: number;
};

export type RunningSchedules = RunningTrigger & {
  /**
   * Fires a schedule by hand with that event time and waits for the outcome, retries included; undefined where there is
   * no schedule of that name.
   */
  fire(name: string, at: Date): ReturnType<Invoke> | undefined;
};

/** EventBridge Scheduler retries for a day; here it is over while somebody still looks on. */
const attemptsAtMost = 3;
const firstBackoffMs = 500;
/** Timers reach 24 days at most, and a clock that is set anew is noticed within this. */
const longestTimerMs = 60_000;

/** Fires schedules as EventBridge Scheduler does. Throws on an expression that cannot be read. */
export function startSchedules(options: SchedulesOptions): RunningSchedules {
  const { schedules, region, invoke, now = () => new Date(), backoffMs = firstBackoffMs } = options;
  const since = now();
  const stopping = new AbortController();
  const timers = new Map<string, NodeJS.Timeout>();
  const firing = new Set<ReturnType<Invoke>>();

  async function run(schedule: ScheduleSpec, at: Date): ReturnType<Invoke> {
    const executionId = randomUUID();
    for (let number = 1; ; number += 1) {
      const event: unknown = JSON.parse(inputOf(schedule, at, region, executionId, number));
      const outcome = await attempt(invoke, schedule.functionName, event);
      if (outcome.ok || number === attemptsAtMost || stopping.signal.aborted) return outcome;
      await sleep(backoffMs * 2 ** (number - 1), undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return outcome;
    }
  }

  function start(schedule: ScheduleSpec, at: Date): ReturnType<Invoke> {
    const outcome = run(schedule, at).finally(() => firing.delete(outcome));
    firing.add(outcome);
    return outcome;
  }

  for (const schedule of schedules) {
    const next = readExpression(schedule.expression, schedule.timezone);
    const arm = (due: Date | undefined) => {
      if (due === undefined || stopping.signal.aborted) return;
      const wait = due.getTime() - now().getTime();
      const timer = setTimeout(
        () => {
          if (now() < due) return arm(due);
          arm(next(now(), since));
          // How it ends stands in the function's log; a schedule goes on regardless.
          void start(schedule, due);
        },
        Math.min(Math.max(wait, 0), longestTimerMs),
      );
      timers.set(schedule.name, timer.unref());
    };
    arm(next(since, since));
  }

  return {
    fire(name, at) {
      const schedule = schedules.find((one) => one.name === name);
      return schedule === undefined ? undefined : start(schedule, at);
    },
    pending: () => Promise.resolve(firing.size),
    async stop() {
      stopping.abort();
      for (const timer of timers.values()) clearTimeout(timer);
      await Promise.all(firing);
    },
  };
}

/** The input with the scheduler's own words filled in; its instants have no fraction of a second. */
function inputOf(schedule: ScheduleSpec, at: Date, region: string, executionId: string, number: number): string {
  return schedule.input
    .replaceAll('<aws.scheduler.scheduled-time>', at.toISOString().replace('.000Z', 'Z'))
    .replaceAll('<aws.scheduler.schedule-arn>', arnOf('AWS::Scheduler::Schedule', schedule.name, region))
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', String(number));
}
