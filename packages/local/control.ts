import type { IncomingMessage, ServerResponse } from 'node:http';
import * as z from 'zod';
import { problems, type ProblemCode, problemType } from '../problems.ts';
import type { FunctionSpec } from './deployment.ts';
import type { Drained } from './drain.ts';
import { targetOf } from './gateway-event.ts';
import { readBody } from './http-server.ts';
import { TokenRequest } from './issuer.ts';
import { FaultKind } from './simulators/source-faults.ts';
import type { SourceSimulator } from './simulators/source.ts';

/** What the `/__local` routes can do, once everything is up. */
export type Controlled = {
  functions: readonly FunctionSpec[];
  kill: (functionName: string) => number | undefined;
  issueToken: (request: TokenRequest) => Promise<string>;
  /** Fires the schedule with that event time and waits for its end; undefined where there is none of that name. */
  fire: (schedule: string, at: Date) => Promise<{ ok: boolean }> | undefined;
  drain: (timeoutMs: number) => Promise<Drained>;
  sources: Record<string, SourceSimulator>;
};

type Reply = { status: number; body?: unknown };

/** What a caller did wrong; it becomes a problem like those of the system itself. */
class Refused extends Error {
  readonly code: ProblemCode;
  readonly errors: unknown;
  constructor(code: ProblemCode, errors?: unknown) {
    super(code);
    this.code = code;
    this.errors = errors;
  }
}

const maxBodyBytes = 1024 * 1024;

const Fire = z.strictObject({ at: z.iso.datetime().transform((text) => new Date(text)) });
const Drain = z.strictObject({ timeoutMs: z.int().min(0).max(600_000).default(30_000) });
const Kill = z.strictObject({ function: z.string() });
const Fault = z.strictObject({ kind: FaultKind });

function read<Schema extends z.ZodType>(schema: Schema, body: unknown): z.output<Schema> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, code, message }) => ({
    pointer: path.map((part) => `/${String(part)}`).join(''),
    code,
    message,
  }));
  throw new Refused('validation_failed', errors);
}

type Route = {
  method: string;
  path: RegExp;
  answer(controlled: Controlled, body: unknown, parts: string[]): Reply | Promise<Reply>;
};

function sourceNamed({ sources }: Controlled, name: string | undefined): SourceSimulator {
  const source = Object.hasOwn(sources, name ?? '') ? sources[name ?? ''] : undefined;
  if (source === undefined) throw new Refused('not_found');
  return source;
}

/** The routes that exist only on this machine. */
const routes: readonly Route[] = [
  {
    method: 'POST',
    path: /^\/schedules\/([^/]+)$/,
    async answer({ fire }, body, [name = '']) {
      const { at } = read(Fire, body);
      const fired = fire(decodeURIComponent(name), at);
      if (fired === undefined) throw new Refused('not_found');
      const { ok } = await fired;
      // The function's log says what went wrong.
      return { status: ok ? 200 : 502, body: { schedule: name, at: at.toISOString(), ok } };
    },
  },
  {
    method: 'POST',
    path: /^\/drain$/,
    answer: async ({ drain }, body) => ({ status: 200, body: await drain(read(Drain, body).timeoutMs) }),
  },
  {
    method: 'POST',
    path: /^\/tokens$/,
    answer: async ({ issueToken }, body) => ({
      status: 200,
      body: { token: await issueToken(read(TokenRequest, body)) },
    }),
  },
  {
    method: 'GET',
    path: /^\/functions$/,
    answer: ({ functions }) => ({
      status: 200,
      body: { items: functions.map(({ name, service, trigger }) => ({ name, service, trigger })) },
    }),
  },
  {
    method: 'POST',
    path: /^\/kill$/,
    answer({ kill }, body) {
      const killed = kill(read(Kill, body).function);
      if (killed === undefined) throw new Refused('not_found');
      return { status: 200, body: { killed } };
    },
  },
  {
    method: 'PUT',
    path: /^\/sources\/([^/]+)\/enterprises\/([^/]+)$/,
    answer(controlled, body, [name, uscc = '']) {
      const result = sourceNamed(controlled, name).set(decodeURIComponent(uscc), body);
      if (result.kind === 'refused') throw new Refused('validation_failed', result.errors);
      return { status: 200, body: { uscc } };
    },
  },
  {
    method: 'DELETE',
    path: /^\/sources\/([^/]+)\/enterprises\/([^/]+)$/,
    answer(controlled, _body, [name, uscc = '']) {
      sourceNamed(controlled, name).remove(decodeURIComponent(uscc));
      return { status: 204 };
    },
  },
  {
    method: 'PUT',
    path: /^\/sources\/([^/]+)\/fault$/,
    answer(controlled, body, [name]) {
      const { kind } = read(Fault, body);
      sourceNamed(controlled, name).fault(kind);
      return { status: 200, body: { kind } };
    },
  },
];

function problemOf({ code, errors }: Refused): Reply {
  const { status, title } = problems[code];
  const body = { type: problemType(code), title, status, code, ...(errors !== undefined && { errors }) };
  return { status, body };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const { body } = await readBody(request, maxBodyBytes);
  if (body === undefined) throw new Refused('body_too_large');
  if (body.length === 0) return {};
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new Refused('json_malformed');
  }
}

/** Answers `/__local/…`. `controlled` gives undefined until the system is ready; until then only the health is told. */
export function createControl(controlled: () => Controlled | undefined) {
  async function answer(request: IncomingMessage): Promise<Reply> {
    const body = await bodyOf(request);
    const path = targetOf(request.url ?? '/').path.replace(/^\/__local/, '');
    const ready = controlled();
    if (path === '/health' && request.method === 'GET')
      return { status: ready === undefined ? 503 : 200, body: { ready: ready !== undefined } };
    const here = routes.flatMap((route) => {
      const match = route.path.exec(path);
      return match === null ? [] : [{ route, parts: match.slice(1) }];
    });
    if (here.length === 0) throw new Refused('not_found');
    const found = here.find(({ route }) => route.method === request.method);
    if (found === undefined) throw new Refused('method_not_allowed');
    if (ready === undefined) throw new Refused('unavailable');
    return found.route.answer(ready, body, found.parts);
  }

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { status, body } = await answer(request).catch((error: unknown) => {
      if (error instanceof Refused) return problemOf(error);
      // A path that cannot be decoded names nothing.
      if (error instanceof URIError) return problemOf(new Refused('not_found'));
      throw error;
    });
    const type = status < 400 ? 'application/json' : 'application/problem+json';
    response.writeHead(status, body === undefined ? {} : { 'content-type': type });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  };
}
