import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import type { Context } from 'aws-lambda';
import middy from '@middy/core';
import * as z from 'zod';
import { instantOf } from '#packages/calendar';
import { logger, metrics } from './telemetry.ts';

/** The moment a schedule fired for; the scheduler leaves the milliseconds out. */
export const ScheduledAt = z.iso.datetime().transform((text) => instantOf(new Date(text)));

/** What a run knows of its invocation: an id of its own, and how long it may still work. */
export type RunContext = { runId: string; remainingMs: () => number };

/**
 * A function started by a schedule or by a person's command. Its event is read by `input`; one that does not fit is
 * refused loudly: the invocation fails, and the alarm on failures tells.
 */
export function scheduleFunction<Input extends z.ZodType, Answer>(
  input: Input,
  run: (input: z.output<Input>, context: RunContext) => Promise<Answer>,
) {
  return middy<unknown, Answer>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: unknown, context: Context): Promise<Answer> => {
      const parsed = input.safeParse(event);
      if (!parsed.success) throw new Error(`the event is not understood: ${z.prettifyError(parsed.error)}`);
      try {
        const remainingMs = () => context.getRemainingTimeInMillis();
        return await run(parsed.data, { runId: context.awsRequestId, remainingMs });
      } catch (error) {
        logger.error('run failed', { error: error instanceof Error ? error : String(error) });
        throw error;
      }
    });
}
