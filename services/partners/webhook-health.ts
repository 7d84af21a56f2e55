import { deliveryPolicy } from './policy.ts';

/** What an address has failed in a row, since when, and until when it is left alone. */
export type Health = { failures: number; failingSince: string; restUntil?: string | undefined };

const { breaker, disableAfterMs } = deliveryPolicy;

/** After one more failure. `restMs` is what the receiver asked for itself. */
export function afterFailure(before: Health | undefined, now: Date, restMs = 0): Health {
  const failures = (before?.failures ?? 0) + 1;
  const failingSince = before?.failingSince ?? now.toISOString();
  const opened = failures < breaker.failures ? 0 : openMs(failures - breaker.failures);
  const rest = Math.max(opened, restMs);
  return { failures, failingSince, ...(rest > 0 && { restUntil: later(now, rest) }) };
}

/** Doubled with each failure, to the longest. */
function openMs(beyond: number): number {
  return Math.min(breaker.longestMs, breaker.firstMs * 2 ** Math.min(beyond, 20));
}

/** Whether the address has to be left alone now. */
export function isResting(health: Health | undefined, now: Date): boolean {
  return health?.restUntil !== undefined && health.restUntil > now.toISOString();
}

/** Whether only one message may go, to see whether the address is back: the others wait for what becomes of it. */
export function needsProbe(health: Health | undefined): health is Health {
  return health !== undefined && health.failures >= breaker.failures;
}

/** While the one is on its way. Should it never come back, another goes then. */
export function probing(health: Health, now: Date): Health {
  return { ...health, restUntil: later(now, breaker.firstMs) };
}

/** Whether nothing has succeeded for so long that it is no use. */
export function isHopeless({ failingSince }: Health, now: Date): boolean {
  return now.getTime() - Date.parse(failingSince) >= disableAfterMs;
}

function later(now: Date, ms: number): string {
  return new Date(now.getTime() + ms).toISOString();
}
