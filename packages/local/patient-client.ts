import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';

/** One call of the outside API. `key` is the Idempotency-Key; a retry sends the same one. */
export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  token?: string;
  key?: string;
  json?: unknown;
  file?: { bytes: Uint8Array<ArrayBuffer>; mediaType: string };
};

/** The answer's status and body; only what the caller said it can deal with, everything else is thrown. */
export type Reply = { status: number; body: unknown };

export type Api = {
  /** Sends the call until it is answered. `accept`: statuses that are answers besides the 2xx ones. */
  call(call: Call, accept?: readonly number[]): Promise<Reply>;
};

const Problem = z.looseObject({ code: z.string().optional(), detail: z.string().optional() });

const attempts = 10;
const firstPauseMs = 200;
const longestPauseMs = 5_000;

/** A patient client: what the system cannot take right now, and what the network lost, is sent again. */
export function connect(baseUrl: string): Api {
  const send = async ({ method, path, token, key, json, file }: Call) => {
    const headers = new Headers();
    if (token !== undefined) headers.set('authorization', `Bearer ${token}`);
    if (key !== undefined) headers.set('idempotency-key', key);
    if (file !== undefined) headers.set('content-type', file.mediaType);
    else if (json !== undefined) headers.set('content-type', 'application/json');
    const body = file?.bytes ?? (json === undefined ? null : JSON.stringify(json));
    const response = await fetch(`${baseUrl}${path}`, { method, headers, body });
    const text = await response.text();
    const retryAfter = Number(response.headers.get('retry-after') ?? 0);
    return { status: response.status, body: parse(text), retryAfter };
  };

  return {
    async call(call, accept = []) {
      let pauseMs = firstPauseMs;
      for (let attempt = 1; ; attempt += 1) {
        // No answer is no refusal: the same key makes sure that sending again has no second effect.
        const reply = await send(call).catch((error: unknown) => String(error));
        const last = attempt === attempts;
        if (typeof reply !== 'string') {
          if (reply.status < 300 || accept.includes(reply.status)) return reply;
          if (last || !passes(reply)) throw new Error(`${call.method} ${call.path}: ${wording(reply)}`);
          pauseMs = Math.max(pauseMs, reply.retryAfter * 1_000);
        } else if (last) throw new Error(`${call.method} ${call.path}: ${reply}`);
        await wait(Math.min(pauseMs, longestPauseMs));
        pauseMs *= 2;
      }
    },
  };
}

/** A refusal that time alone may change. */
function passes({ status, body }: Reply): boolean {
  if (status === 429 || status >= 500) return true;
  return status === 409 && Problem.safeParse(body).data?.code === 'idempotency_in_progress';
}

function wording({ status, body }: Reply): string {
  const problem = Problem.safeParse(body).data;
  return [status, problem?.code, problem?.detail].filter((part) => part !== undefined).join(' ');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** An Idempotency-Key that says what it is for and is the same for the same thing: the demo can be run again. */
export function keyFor(purpose: string, ...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part).update('\n');
  return `demo-${purpose}-${hash.digest('hex').slice(0, 16)}`;
}

/** Does the work for every item, so many at a time, and answers in the order of the items. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  atOnce: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const worker = async () => {
    for (const [i, item] of queue) results.set(i, await work(item));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return [...results].toSorted(([a], [b]) => a - b).map(([, result]) => result);
}

/** Asks again until there is an answer; gives up, and says what it waited for, after so long. */
export async function until<Result>(
  what: string,
  ask: () => Promise<Result | undefined>,
  { everyMs = 400, withinMs = 600_000 } = {},
): Promise<Result> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`等了 ${withinMs / 1_000} 秒仍未完成：${what}`);
    await wait(everyMs);
  }
}
