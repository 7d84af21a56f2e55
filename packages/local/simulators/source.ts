import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';
import type * as z from 'zod';
import { factsOf, FactsLine, Uscc, type SourceName } from './facts.ts';
import { answerWith, send, type Answer, type FaultKind } from './source-faults.ts';
import { readChanges } from './source-feed.ts';
import { openSourceStore, type SourceChange, type SourceStore } from './source-store.ts';

/** 示例数据, in the form a header can carry (RFC 8187). */
const label = "label*=UTF-8''%E7%A4%BA%E4%BE%8B%E6%95%B0%E6%8D%AE";

export type SourceSimulatorOptions = {
  name: SourceName;
  /** Where what it was told is kept over a restart. */
  file: string;
  now?: () => Date;
  /** 0: any free port. */
  port?: number;
  /** How long the fault `slow` lets a caller wait. */
  slowMs?: number;
};

/** What is wrong with facts that somebody wants to set, as a problem's `errors` has it. */
export type FactsError = { pointer: string; code: string; message: string };

export type SourceSimulator = {
  /** `http://127.0.0.1:<port>` */
  url: string;
  /** From now on the source says this of the enterprise. */
  set(uscc: string, data: unknown): { kind: 'done' } | { kind: 'refused'; errors: FactsError[] };
  /** From now on it does not know it. Whether it did. */
  remove(uscc: string): boolean;
  fault(kind: FaultKind): void;
  /**
   * Tells it what a file of facts (`FactsLine` per line) says, and answers how many enterprises changed. A file that
   * was loaded before changes nothing, so that what was set since then stays. Throws if a line is not of that shape.
   */
  load(file: string): Promise<number>;
  /**
   * What it would deliver as a file where it granted no interface: a line of JSON for each enterprise that it knows, and
   * for each that it no longer knows.
   */
  deliver(): string;
  /** How many enterprises it knows. */
  size(): number;
  /** How often it was asked anything. */
  requests(): number;
  stop(): Promise<void>;
};

/**
 * Starts a simulator of one of the two outside sources. It is not their interface, of which nothing is public: it
 * speaks the protocol our adapter was made for, and every answer carries the header `X-Simulator`.
 *
 * `GET /enterprises/{uscc}` → 200 `{ uscc, recordId, observedAt, data }` with ETag, 304 for `If-None-Match`,
 * 404 `{ "code": "not_found" }` for an enterprise it does not know.
 * `GET /changes?since=<cursor>&limit=<n>` → 200 `{ changes: [{ uscc, recordId, removed? }], next, more }`; without `since`
 * where the feed ends; 410 `{ "code": "cursor_unknown" }`.
 * `GET /delivery.jsonl` → what `deliver` gives. No fault comes over it: a file that lies there was written before.
 */
export async function startSourceSimulator(options: SourceSimulatorOptions): Promise<SourceSimulator> {
  const { name, file, now = () => new Date(), port = 0, slowMs = 10_000 } = options;
  const store = openSourceStore(name, file, now);
  let fault: FaultKind = 'none';
  let requests = 0;

  const lookUp = (uscc: string, known: string | undefined): Answer => {
    const body = fault === 'changed-record' ? anotherRecord(store, uscc) : recordOf(store, uscc);
    if (body === undefined) return { status: 404, body: { code: 'not_found' } };
    const etag = `"${createHash('sha256').update(JSON.stringify(body)).digest('hex')}"`;
    return { status: 200, body, etag, unchanged: knows(known, etag) };
  };
  const deliver = () => [...store.changesAfter(0)].map(deliveryLine).join('');

  const server = createServer((request, response) => {
    requests += 1;
    response.setHeader('X-Simulator', `${name}; ${label}`);
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const uscc = /^\/enterprises\/([^/]+)$/.exec(path)?.[1];
    if (uscc === undefined && path !== '/changes' && path !== '/delivery.jsonl') {
      return send(response, 404, Buffer.from('{"code":"no_such_path"}'));
    }
    if (request.method !== 'GET') {
      response.setHeader('Allow', 'GET');
      return send(response, 405, Buffer.from('{"code":"method_not_allowed"}'));
    }
    if (path === '/delivery.jsonl') {
      return send(response, 200, Buffer.from(deliver()), 'application/x-ndjson; charset=utf-8');
    }
    const answer =
      uscc === undefined
        ? readChanges(store, new URLSearchParams(query))
        : lookUp(uscc, request.headers['if-none-match']);
    return answerWith(response, fault, answer, slowMs);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator listens on no port');

  return {
    url: `http://127.0.0.1:${address.port}`,
    set(uscc, data) {
      const errors = [...errorsOf(Uscc.safeParse(uscc), '?uscc'), ...errorsOf(factsOf[name].safeParse(data), '')];
      if (errors.length > 0) return { kind: 'refused', errors };
      store.set([{ uscc, data }]);
      return { kind: 'done' };
    },
    remove: (uscc) => store.remove(uscc),
    fault(kind) {
      fault = kind;
    },
    async load(path) {
      const text = await readFile(path, 'utf8');
      const digest = createHash('sha256').update(text).digest('hex');
      if (store.hasLoaded(digest)) return 0;
      const changed = text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => FactsLine.parse(JSON.parse(line)))
        .map((line) => ({ uscc: line.uscc, data: line[name] }))
        .filter(({ uscc, data }) => data !== undefined && !isDeepStrictEqual(store.get(uscc)?.data, data));
      store.set(changed);
      store.loaded(digest);
      return changed.length;
    },
    deliver,
    size: () => store.size(),
    requests: () => requests,
    async stop() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function recordOf(store: SourceStore, uscc: string): Record<string, unknown> | undefined {
  const record = store.get(uscc);
  return record && { uscc, ...record };
}

/** What a source says that has mixed its enterprises up: another one's record, or this one's under another code. */
function anotherRecord(store: SourceStore, uscc: string): Record<string, unknown> | undefined {
  for (const change of store.changesAfter(0)) {
    if (change.uscc !== uscc && !('removed' in change)) return recordOf(store, change.uscc);
  }
  const own = recordOf(store, uscc);
  return own && { ...own, uscc: `${uscc.slice(0, -1)}${uscc.endsWith('0') ? '1' : '0'}` };
}

function deliveryLine({ sequence: _sequence, ...said }: SourceChange): string {
  return `${JSON.stringify(said)}\n`;
}

function knows(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}

function errorsOf(result: z.ZodSafeParseResult<unknown>, pointer: string): FactsError[] {
  if (result.success) return [];
  return result.error.issues.map((issue) => ({
    pointer: pointer || issue.path.map((part) => `/${String(part)}`).join(''),
    code: issue.code,
    message: issue.message,
  }));
}
