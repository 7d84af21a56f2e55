import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { defaultSourceLimits, type SourceLimits, type SourceMeans } from './ask.ts';
import { type BreakerLimits, createBreaker } from './breaker.ts';
import { type BudgetRate, createBudget } from './budget.ts';

/** The time of the scripted world; it stands still unless a test moves it. */
export const scriptedNow = '2026-11-23T04:00:00.000Z';
/** Long enough that a busy machine does not fail a healthy answer; silence is tested with a limit of its own. */
export const patient: SourceLimits = { ...defaultSourceLimits, timeoutMs: 60_000 };

export type ScriptedSource = {
  baseUrl: string;
  means: SourceMeans;
  asked: { line: string; headers: IncomingHttpHeaders }[];
  clock: { now: number };
  /** The pauses that were made, in milliseconds; they take no time. */
  pauses: number[];
  stop: () => Promise<void>;
};

export type ScriptedOptions = {
  limits?: SourceLimits;
  breaker?: BreakerLimits;
  budget?: BudgetRate;
  /** What a wait waits for; nothing by default. */
  until?: () => Promise<void>;
};

/** Starts a source for tests that answers in the given ways, one after the other and then always the last. */
export async function startScripted(
  answers: readonly RequestListener[],
  { limits = patient, breaker, budget, until }: ScriptedOptions = {},
): Promise<ScriptedSource> {
  const asked: ScriptedSource['asked'] = [];
  const clock = { now: Date.parse(scriptedNow) };
  const pauses: number[] = [];
  const server = createServer((request, response) => {
    asked.push({ line: `${request.method} ${request.url}`, headers: request.headers });
    const answer = answers[asked.length - 1] ?? answers.at(-1);
    answer?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the scripted source listens on no port');
  const now = () => new Date(clock.now);
  const wait = async (milliseconds: number) => {
    pauses.push(milliseconds);
    await until?.();
  };
  const world = { fetch, now, random: () => 0.5, wait };
  return {
    baseUrl: `http://127.0.0.1:${address.port}/credit/`,
    means: {
      world,
      limits,
      breaker: createBreaker(breaker ?? { failures: 3, openMs: 5_000 }, now),
      budget: createBudget(budget ?? { requestsPerSecond: 1_000, burst: 1_000 }, world),
    },
    asked,
    clock,
    pauses,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

const json = { 'content-type': 'application/json; charset=utf-8' };

export function says(body: unknown, status = 200, headers: Record<string, string> = {}): RequestListener {
  const bytes = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);
  return (_request, response) => void response.writeHead(status, { ...json, ...headers }).end(bytes);
}

export const silent: RequestListener = () => undefined;
export const hangsUp: RequestListener = (request) => request.socket.destroy();

/** Sends the first bytes of a text and then no more: by ending the connection, or by falling silent. */
export function breaksOff(text: string, how: 'by length' | 'in a chunk' | 'silently'): RequestListener {
  return (_request, response) => {
    const length = how === 'by length' ? { 'content-length': String(Buffer.byteLength(text)) } : {};
    response.writeHead(200, { ...json, ...length });
    response.write(text.slice(0, 40), () => {
      if (how !== 'silently') response.destroy();
    });
  };
}
