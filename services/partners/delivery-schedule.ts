import { deliveryPolicy } from './policy.ts';

const { waitsMs, jitter, maxRetryAfterMs } = deliveryPolicy;

/**
 * How long to wait after the attempt that was the `tries`th of its round and failed; undefined after the last. What the
 * receiver asked for counts where it is longer. `random` in [0, 1).
 */
export function waitAfter(tries: number, retryAfterMs: number, random: number): number | undefined {
  const wait = waitsMs[tries];
  if (wait === undefined) return undefined;
  return Math.max(Math.round(wait * (1 + jitter * (2 * random - 1))), retryAfterMs);
}

/** `Retry-After` as milliseconds from now: seconds or an HTTP date, up to the longest that is honoured; else 0. */
export function retryAfterMs(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  const text = header.trim();
  const asked = /^[0-9]{1,9}$/.test(text) ? Number(text) * 1_000 : httpDate(text) - now.getTime();
  return Number.isFinite(asked) ? Math.min(Math.max(asked, 0), maxRetryAfterMs) : 0;
}

/** Other texts that `Date.parse` takes are no HTTP dates. */
function httpDate(text: string): number {
  return /^[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT$/.test(text) ? Date.parse(text) : Number.NaN;
}
