import type { Deployment, EngineUrls, Invoke, RunningTrigger } from './deployment.ts';
import { startQueueTrigger } from './triggers/queue.ts';
import { startSchedules } from './triggers/schedule.ts';
import { startStreamTrigger } from './triggers/stream.ts';

export type Triggers = {
  all: readonly RunningTrigger[];
  /** Has the streams of these tables looked at now, not at the next poll. */
  wake: (tableNames: readonly string[]) => void;
  /** Fires a schedule with that event time and waits for its end; undefined where there is none of that name. */
  fire: (schedule: string, at: Date) => ReturnType<Invoke> | undefined;
  stop: () => Promise<void>;
};

/** Starts every trigger of the deployment: pollers of queues and streams, and the clock of the schedules. */
export function startTriggers(options: {
  deployment: Deployment;
  engines: EngineUrls;
  invoke: Invoke;
  /** Where triggers keep how far they have come. */
  dir: string;
}): Triggers {
  const { deployment, engines, invoke, dir } = options;
  const { region } = deployment;
  const streams = deployment.streamTriggers.map((trigger) => ({
    tableName: trigger.tableName,
    running: startStreamTrigger({ trigger, urls: engines, region, invoke, dir }),
  }));
  const queues = deployment.queueTriggers.map((trigger) => {
    const concurrency = deployment.functions.find(({ name }) => name === trigger.functionName)?.concurrency;
    return startQueueTrigger({
      trigger,
      sqsUrl: engines.sqs,
      region,
      invoke,
      ...(concurrency !== undefined && { concurrency }),
    });
  });
  const schedules = startSchedules({ schedules: deployment.schedules, region, invoke });
  const all: RunningTrigger[] = [...queues, ...streams.map(({ running }) => running), schedules];
  return {
    all,
    wake(tableNames) {
      for (const { tableName, running } of streams) if (tableNames.includes(tableName)) running.wake();
    },
    fire: (schedule, at) => schedules.fire(schedule, at),
    async stop() {
      await Promise.all(all.map((trigger) => trigger.stop()));
    },
  };
}
