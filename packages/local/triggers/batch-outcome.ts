import * as z from 'zod';
import type { Invoke } from '../deployment.ts';

const Response = z.object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string().min(1) })).nullish() });

/**
 * Which of a batch failed, by id, read as Lambda reads it: a failed invocation fails all; so does an answer that cannot
 * be read or names an id that was not in the batch; no answer, or one without failures, is success.
 */
export function failuresOf(
  outcome: Awaited<ReturnType<Invoke>>,
  ids: readonly string[],
  reportsFailures: boolean,
): ReadonlySet<string> {
  if (!outcome.ok) return new Set(ids);
  if (!reportsFailures || outcome.payload === null || outcome.payload === undefined) return new Set();
  const response = Response.safeParse(outcome.payload);
  if (!response.success) return new Set(ids);
  const failed = response.data.batchItemFailures?.map(({ itemIdentifier }) => itemIdentifier) ?? [];
  return new Set(failed.every((id) => ids.includes(id)) ? failed : ids);
}

/** An invocation that cannot even be made has failed like any other. */
export async function attempt(invoke: Invoke, functionName: string, event: unknown): ReturnType<Invoke> {
  try {
    return await invoke(functionName, event);
  } catch (error) {
    return { ok: false, errorType: 'Error', errorMessage: error instanceof Error ? error.message : String(error) };
  }
}
