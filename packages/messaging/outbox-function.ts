import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { Instant, instantOf } from '#packages/calendar';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { logger, metrics } from '#packages/lambda/telemetry';
import { type RelayDependencies, relayFromEnvironment } from './relay.ts';
import { replay } from './replay.ts';
import { sweep } from './sweep.ts';

const Sweep = z.strictObject({ action: z.literal('sweep'), at: ScheduledAt.optional() });
const Replay = z.strictObject({
  action: z.literal('replay'),
  since: Instant,
  queueUrl: z.url(),
  next: z.strictObject({ pk: z.string(), sk: z.string() }).optional(),
});

/** `{"action":"sweep"}` by its schedule, `{"action":"replay","since","queueUrl"}` by a person. */
export function outboxFunction(deps: RelayDependencies = relayFromEnvironment()) {
  return scheduleFunction(z.discriminatedUnion('action', [Sweep, Replay]), async (input, { runId, remainingMs }) => {
    switch (input.action) {
      case 'sweep':
        return sweep(deps, input.at ?? instantOf(deps.now()), remainingMs);
      case 'replay': {
        const { since, queueUrl, next } = input;
        const answer = await replay(deps, { since, queueUrl, runId, ...(next && { next }) }, remainingMs);
        metrics.addMetric('EventsReplayed', MetricUnit.Count, answer.sent);
        logger.info('replayed', { since, queueUrl, sent: answer.sent });
        return answer;
      }
    }
  });
}
