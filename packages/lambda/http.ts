import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { logMetrics } from '@aws-lambda-powertools/metrics/middleware';
import middy from '@middy/core';
import type { APIGatewayProxyEvent, APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { type Caller, callerId, mayUse } from '../access.ts';
import { ReceiptTaken } from '../commit.ts';
import type { Route, Routes } from '../contract.ts';
import {
  fingerprint,
  IdempotencyKey,
  idempotencyItemKey,
  isKept,
  keepAnswer,
  type StoredAnswer,
  storedAnswer,
} from '../idempotency.ts';
import type { Outcome, Receipt } from '../outcome.ts';
import { openCursor, type Position, sealCursor } from '../paging.ts';
import type { Key, Table } from '../table.ts';
import type { TokenCheck } from '../tokens.ts';
import { readJson } from './json.ts';
import { encode, fileAnswer, refusal, replay, respond } from './answer.ts';
import { Problem } from './problem.ts';
import {
  checkAccept,
  checkBody,
  checkHeaders,
  decode,
  decodeQuery,
  type Request,
  readProof,
  readRequest,
} from './request.ts';
import { router } from './router.ts';
import type { PartnerGate, SignedCall } from './signed.ts';
import { logger, metrics } from './telemetry.ts';

type Parsed<R, Name extends string, Otherwise> =
  R extends Record<Name, infer Schema extends z.ZodType> ? z.output<Schema> : Otherwise;

/** What an operation gets: who calls, what was said, and the means that it must not take from anywhere else. */
export type Call<R extends Route> = {
  caller: Caller;
  params: Parsed<R, 'params', Record<string, unknown>>;
  query: Parsed<R, 'query', Record<string, unknown>>;
  body: Parsed<R, 'body', unknown>;
  /** For routes that take a file. */
  file: { bytes: Uint8Array; mediaType: string };
  requestId: string;
  now: Date;
  receipt: Receipt;
  /** Where this page of a list starts, and the sealing of where the next one does. */
  position: Position | undefined;
  seal: (position: Position) => string;
};

/** Instead of JSON, for routes with `answerFile`. */
export type FileAnswer = { content: string | Uint8Array; headers?: Record<string, string> };

export type Operation<R extends Route> = (
  call: Call<R>,
) => Promise<
  Outcome<
    R extends { answerFile: string } ? FileAnswer : Parsed<R, 'answer', undefined>,
    R extends { refusals: infer Known } ? (keyof Known & string) | 'validation_failed' : 'validation_failed'
  >
>;
export type Operations<All extends Routes> = { [Name in keyof All]: Operation<All[Name]> };

export type HttpSettings<All extends Routes> = {
  routes: All;
  operations: Operations<All>;
  /** Where idempotency records lie: the service's own table. Services whose routes write nothing have none. */
  table?: Table;
  tokens?: TokenCheck;
  /** Without it every signature is one by an unknown key. */
  partners?: PartnerGate;
  cursorSecret?: () => Promise<string>;
  clock?: () => Date;
};
type AnyOperation = (call: Call<Route>) => Promise<Outcome<unknown>>;

/**
 * One function behind all routes of a service: request → who calls → access table → idempotency → decode → operation →
 * encode. Every answer, refusals included, is made here.
 */
export function httpFunction<All extends Routes>(settings: HttpSettings<All>) {
  const find = router(settings.routes);
  const operations = new Map<string, AnyOperation>(Object.entries(settings.operations));
  const clock = settings.clock ?? (() => new Date());

  async function answer(event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> {
    let id = event.requestContext.requestId;
    const now = clock();
    let signed: SignedCall | undefined;
    const sign = async (reply: APIGatewayProxyResult) =>
      signed === undefined || settings.partners === undefined ? reply : settings.partners.sign(reply, signed, now);
    try {
      const request = readRequest(event);
      id = request.requestId;
      if (request.headers.has('signature-input') || request.headers.has('signature')) {
        signed = settings.partners?.open(request);
      }
      logger.appendKeys({ requestId: id });
      checkHeaders(request);
      const match = find(request.method, request.path);
      if (match.kind === 'unknown') throw new Problem('not_found');
      if (match.kind === 'other-method') {
        throw new Problem('method_not_allowed', undefined, undefined, { allow: match.allow.join(', ') });
      }
      // What anybody may read needs no signature to be answered with one.
      if (match.route.public === true) signed ??= settings.partners?.open(request);
      logger.appendKeys({ route: match.name });
      const operation = operations.get(match.name);
      if (operation === undefined) throw new Error(`no operation for ${match.name}`);
      return await sign(await serve(request, signed, match.route, match.name, match.params, operation, now));
    } catch (error) {
      const reply = refusal(error, id, now);
      return sign(reply).catch((fault: unknown) => {
        // Without our key there is no signature, and to say that is better than to say nothing.
        logger.error('answer not signed', { error: fault instanceof Error ? fault : String(fault) });
        return reply;
      });
    }
  }

  async function identify(request: Request, signed: SignedCall | undefined, now: Date): Promise<Caller> {
    const proof = readProof(request);
    const { tokens, partners } = settings;
    if (proof.kind === 'signature') {
      if (partners === undefined || signed === undefined) throw new Problem('signature_invalid');
      return partners.identify(request, signed, now);
    }
    if (tokens === undefined) throw new Problem('token_invalid');
    const person = await tokens(proof.token);
    if (typeof person === 'string') throw new Problem(person);
    return person;
  }

  async function serve(
    request: Request,
    signed: SignedCall | undefined,
    route: Route,
    name: string,
    params: Record<string, string>,
    operation: AnyOperation,
    now: Date,
  ): Promise<APIGatewayProxyResult> {
    const caller = route.public === true ? anyone : await identify(request, signed, now);
    if (route.public !== true && !mayUse(caller, route.roles)) throw new Problem('forbidden');
    checkAccept(request, route.answerFile);
    const mediaType = checkBody(request, route.file);
    const kept = keeper(request, route, caller, settings.table, now);
    const before = await kept?.look();
    if (before !== undefined) return replay(before, request.requestId);

    const query: Record<string, unknown> = decodeQuery(route.query ?? z.strictObject({}), request);
    const body = decodeBody(request, route);
    const scope = `${callerId(caller)}|${boundsOf(caller)}|${name}|${new URLSearchParams(filterOf(request.query)).toString()}|${request.path}`;
    const cursor = typeof query['cursor'] === 'string' ? query['cursor'] : undefined;
    const secret =
      route.query === undefined || settings.cursorSecret === undefined ? '' : await settings.cursorSecret();
    const position = cursor === undefined ? undefined : openCursor(cursor, scope, secret);
    if (cursor !== undefined && position === undefined) throw new Problem('cursor_invalid');

    let proved: Outcome<unknown> | undefined;
    const receipt: Receipt = (outcome) => {
      proved = outcome;
      return kept?.steps(encode(route, outcome, request.requestId, now)) ?? [];
    };
    const call: Call<Route> = {
      caller,
      params: parseParams(route, params),
      query,
      body,
      file: { bytes: request.bytes, mediaType },
      requestId: request.requestId,
      now,
      receipt,
      position,
      seal: (next) => sealCursor(next, scope, secret),
    };
    try {
      const outcome = await operation(call);
      const encoded = encode(route, outcome, request.requestId, now);
      // An operation that wrote nothing, or refused, leaves the keeping of its answer to us.
      if (
        proved !== outcome &&
        isKept(encoded.status) &&
        !(outcome.kind === 'refused' && outcome.code === 'validation_failed')
      ) {
        await kept?.keep(encoded);
      }
      if (outcome.kind === 'done' && route.answerFile !== undefined)
        return fileAnswer(route, outcome.result, request.requestId);
      const replayed = outcome.kind === 'done' && outcome.replayed === true;
      return respond(encoded, request.requestId, replayed ? { 'idempotency-replayed': 'true' } : {});
    } catch (error) {
      if (!(error instanceof ReceiptTaken)) throw error;
      // A simultaneous twin was first; its record is there now.
      const twin = await kept?.look();
      if (twin === undefined)
        throw new Problem('idempotency_in_progress', undefined, undefined, { 'retry-after': '2' });
      return replay(twin, request.requestId);
    }
  }

  return middy<APIGatewayProxyEvent, APIGatewayProxyResult>()
    .use(injectLambdaContext(logger, { resetKeys: true }))
    .use(logMetrics(metrics))
    .handler(async (event: APIGatewayProxyEvent): Promise<APIGatewayProxyResult> => {
      const started = performance.now();
      const reply = await answer(event);
      const milliseconds = Math.round(performance.now() - started);
      metrics.addMetric(`Answers${Math.floor(reply.statusCode / 100)}xx`, MetricUnit.Count, 1);
      metrics.addMetric('AnswerTime', MetricUnit.Milliseconds, milliseconds);
      logger.info('answered', { method: event.httpMethod, status: reply.statusCode, milliseconds });
      return reply;
    });
}

const anyone: Caller = { kind: 'person', issuer: '', sub: '', role: 'regulator' };

function keeper(request: Request, route: Route, caller: Caller, table: Table | undefined, now: Date) {
  const writes = request.method === 'POST' || (caller.kind === 'partner' && request.method !== 'GET');
  const exempt = route.public === true || (route.storesNothing === true && caller.kind === 'person');
  if (!writes || exempt || table === undefined) return undefined;
  const given = request.header('idempotency-key')?.replace(/^"(.*)"$/, '$1');
  if (given === undefined) throw new Problem('idempotency_key_missing');
  const parsed = IdempotencyKey.safeParse(given);
  if (!parsed.success) {
    throw new Problem('idempotency_key_malformed', 'Idempotency-Key 应为 16 至 64 位字母、数字、下划线或连字符');
  }
  const key: Key = idempotencyItemKey(callerId(caller), parsed.data);
  const { method, path, bytes } = request;
  const query = new URLSearchParams(request.query).toString();
  const print = fingerprint({ method, path, query, body: bytes });
  return {
    async look() {
      const stored = await storedAnswer(table, key, print, now);
      if (stored === 'reused') throw new Problem('idempotency_key_reused');
      return stored;
    },
    steps: (answer: StoredAnswer) => [keepAnswer(key, { print, path }, answer, now)],
    async keep(answer: StoredAnswer) {
      const written = await table.transact([keepAnswer(key, { print, path }, answer, now)]);
      if (written.kind === 'refused') throw new ReceiptTaken();
    },
  };
}

function decodeBody(request: Request, route: Route): unknown {
  if (request.method === 'GET' || request.method === 'DELETE' || route.file !== undefined) return {};
  return decode(route.body ?? z.strictObject({}), readJson(request.bytes), 'body');
}

function parseParams(route: Route, params: Record<string, string>): Record<string, unknown> {
  if (route.params === undefined) return {};
  const parsed = route.params.safeParse(params);
  // An address that cannot name an object names none.
  if (!parsed.success) throw new Problem('not_found');
  return parsed.data;
}

/** What decides which objects a caller sees: the same person in another role or place reads another list. */
function boundsOf(caller: Caller): string {
  if (caller.kind === 'partner') return caller.role;
  const { role, divisionCode = '', parkId = '', uscc = '' } = caller;
  return [role, divisionCode, parkId, uscc].join('|');
}

function filterOf(query: Record<string, string>): Record<string, string> {
  const { cursor: _cursor, pageSize: _pageSize, ...filter } = query;
  return filter;
}
