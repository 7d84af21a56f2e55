import type { UnavailableReason } from '../facts.ts';
import type { Breaker } from './breaker.ts';
import type { Budget } from './budget.ts';
import { readReply, type Reply, Unbelievable } from './reply.ts';

/** What asking a source needs of the world. */
export type SourceWorld = {
  fetch: typeof globalThis.fetch;
  now: () => Date;
  /** Between 0 and 1, as `Math.random`. */
  random: () => number;
  wait: (milliseconds: number) => Promise<void>;
};

export type SourceLimits = {
  /** Of one attempt, from the request to the last byte. */
  timeoutMs: number;
  attempts: number;
  /** Between attempts: any time up to `base`, which doubles with each attempt and stays below `cap`. */
  pauseMs: { base: number; cap: number };
  /** The longest Retry-After that is waited out; a source that asks for more is left alone. */
  retryAfterMs: number;
  maxBytes: number;
  /** How far ahead of ours the source's clock may be. */
  clockSkewMs: number;
  /** Changes asked for at once. */
  feedPage: number;
};

export const defaultSourceLimits: SourceLimits = {
  timeoutMs: 2_500,
  attempts: 2,
  pauseMs: { base: 200, cap: 2_000 },
  retryAfterMs: 2_000,
  maxBytes: 256 * 1_024,
  clockSkewMs: 60_000,
  feedPage: 500,
};

/** All ways of asking one source share these: it is one peer, with one state of health and one budget. */
export type SourceMeans = { world: SourceWorld; limits: SourceLimits; breaker: Breaker; budget: Budget };

export type Question = {
  url: string;
  headers?: Record<string, string>;
  /** The statuses that are answers. */
  statuses: readonly number[];
  /** When our own time is up. Leave an attempt's time before it: one that it cuts off is an answer of `deadline`. */
  deadline?: Date | undefined;
};

/** `postponed`: our time was up before anything was asked. That says nothing of the source. */
export type Asked<Answer> =
  | { kind: 'answered'; answer: Answer }
  | { kind: 'unavailable'; reason: UnavailableReason }
  | { kind: 'postponed' };

/** Failures that say the source is unwell: another attempt may help, and too many in a row open the breaker. */
const unwell: ReadonlySet<UnavailableReason> = new Set([
  'timeout',
  'unreachable',
  'rate-limited',
  'server-error',
  'truncated',
]);

/**
 * Asks a source one thing. `believe` makes an answer of a whole reply or throws `Unbelievable`; nothing else is
 * thrown. Each attempt is admitted by the breaker and takes a turn of the budget.
 */
export async function askSource<Answer>(
  { world, limits, breaker, budget }: SourceMeans,
  question: Question,
  believe: (reply: Reply) => Answer,
): Promise<Asked<Answer>> {
  let asked: Asked<Answer> = { kind: 'unavailable', reason: 'circuit-open' };
  for (let attempt = 1; attempt <= limits.attempts; attempt += 1) {
    const admission = await breaker.admit();
    if (admission === undefined) break;
    if ((await budget.turn(question.deadline)) === 'too-late') {
      admission.abandoned();
      return attempt === 1 ? { kind: 'postponed' } : asked;
    }
    // While many wait for their turns, the first of them may have found the source down.
    if (admission.lapsed()) {
      admission.abandoned();
      budget.giveBack();
      break;
    }
    const answer = await attemptOnce(world, limits, question, believe);
    if (!(answer instanceof Unbelievable)) {
      admission.worked();
      return { kind: 'answered', answer };
    }
    const { reason } = answer;
    asked = { kind: 'unavailable', reason };
    if (unwell.has(reason)) admission.failed();
    else if (reason === 'deadline') admission.abandoned();
    else admission.worked();
    const pause = pauseMs(answer, attempt, world, limits, question.deadline);
    if (!unwell.has(reason) || attempt === limits.attempts || pause === undefined) break;
    await world.wait(pause);
  }
  return asked;
}

async function attemptOnce<Answer>(
  world: SourceWorld,
  limits: SourceLimits,
  { url, headers, statuses, deadline }: Question,
  believe: (reply: Reply) => Answer,
): Promise<Answer | Unbelievable> {
  const leftMs = deadline === undefined ? Infinity : deadline.getTime() - world.now().getTime();
  const timer = new AbortController();
  const timeout = setTimeout(() => timer.abort(), Math.min(limits.timeoutMs, leftMs));
  let answering = false;
  try {
    // A redirect is not followed: where an enterprise's code is sent is configuration, not the source's choice.
    const response = await world.fetch(url, {
      headers: { accept: 'application/json', ...headers },
      redirect: 'manual',
      signal: timer.signal,
    });
    answering = true;
    return believe(await readReply(response, { statuses, maxBytes: limits.maxBytes, now: world.now() }));
  } catch (error) {
    if (error instanceof Unbelievable) return error;
    if (timer.signal.aborted) return new Unbelievable(leftMs < limits.timeoutMs ? 'deadline' : 'timeout');
    return new Unbelievable(answering ? 'truncated' : 'unreachable');
  } finally {
    clearTimeout(timeout);
  }
}

/** How long to wait before the next attempt, with full jitter; undefined where the source is to be left alone. */
function pauseMs(
  { retryAfterMs = 0 }: Unbelievable,
  attempt: number,
  world: SourceWorld,
  limits: SourceLimits,
  deadline: Date | undefined,
): number | undefined {
  if (retryAfterMs > limits.retryAfterMs) return undefined;
  const { base, cap } = limits.pauseMs;
  // On top of what the source asked for, so that all whom it told the same do not come back at once.
  const pause = retryAfterMs + world.random() * Math.min(cap, base * 2 ** (attempt - 1));
  const fits = deadline === undefined || world.now().getTime() + pause < deadline.getTime();
  return fits ? pause : undefined;
}
