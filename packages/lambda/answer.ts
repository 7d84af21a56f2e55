import type { APIGatewayProxyResult } from 'aws-lambda';
import * as z from 'zod';
import { Unsettled } from '../commit.ts';
import type { Route } from '../contract.ts';
import type { StoredAnswer } from '../idempotency.ts';
import type { Outcome } from '../outcome.ts';
import { problems } from '../problems.ts';
import { Problem, problemBody } from './problem.ts';
import { logger } from './telemetry.ts';

/** Outcome to stored form. The answer's schema is checked on the way out: what it does not allow is a bug, not an answer. */
export function encode(route: Route, outcome: Outcome<unknown>, requestId: string, now: Date): StoredAnswer {
  if (outcome.kind === 'done') {
    if (route.status === 204 || route.answerFile !== undefined) return { status: route.status, body: '' };
    const body = JSON.stringify(z.encode(route.answer ?? z.strictObject({}), outcome.result));
    return {
      status: route.status,
      body,
      contentType: 'application/json',
      ...(outcome.location !== undefined && { location: outcome.location }),
    };
  }
  const known = route.refusals?.[outcome.code] ?? (isConvention(outcome.code) ? problems[outcome.code] : undefined);
  if (known === undefined) throw new Error(`${outcome.code} is no refusal of ${route.path}`);
  const { code, detail, errors } = outcome;
  const refusal = { code, ...known, ...(detail !== undefined && { detail }), ...(errors !== undefined && { errors }) };
  return {
    status: known.status,
    body: JSON.stringify(problemBody(refusal, requestId, now.toISOString())),
    contentType: 'application/problem+json',
  };
}

function isConvention(code: string): code is keyof typeof problems {
  return Object.hasOwn(problems, code);
}

export function respond(
  answer: StoredAnswer,
  requestId: string,
  headers: Record<string, string> = {},
): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: {
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      ...(answer.contentType !== undefined && { 'content-type': answer.contentType }),
      ...(answer.location !== undefined && { location: answer.location }),
      ...headers,
    },
    body: answer.body,
  };
}

export function replay(stored: StoredAnswer, requestId: string): APIGatewayProxyResult {
  return respond(stored, requestId, { 'idempotency-replayed': 'true' });
}

const FileResult = z.object({
  content: z.union([z.string(), z.instanceof(Uint8Array)]),
  headers: z.record(z.string(), z.string()).optional(),
});

export function fileAnswer(route: Route, result: unknown, requestId: string): APIGatewayProxyResult {
  const { content, headers } = FileResult.parse(result);
  return {
    statusCode: route.status,
    headers: {
      'x-content-type-options': 'nosniff',
      'x-request-id': requestId,
      'content-type': route.answerFile ?? '',
      ...headers,
    },
    body: Buffer.from(content).toString('base64'),
    isBase64Encoded: true,
  };
}

/**
 * A Problem is told as it is; a store or network that failed, and facts that would not keep still, are 503, to be tried
 * again; the rest is our bug.
 */
export function refusal(error: unknown, requestId: string, now: Date): APIGatewayProxyResult {
  const code = error instanceof Problem ? error.code : isOutage(error) ? 'unavailable' : 'internal';
  if (!(error instanceof Problem)) logger.error('fault', { error: error instanceof Error ? error : String(error) });
  const problem = error instanceof Problem ? error : undefined;
  const detail = problem?.message;
  const errors = problem?.errors;
  const body = problemBody(
    { code, ...problems[code], ...(detail !== undefined && { detail }), ...(errors !== undefined && { errors }) },
    requestId,
    now.toISOString(),
  );
  const stored = { status: problems[code].status, body: JSON.stringify(body), contentType: 'application/problem+json' };
  return respond(stored, requestId, { ...problem?.headers, ...(code === 'unavailable' && { 'retry-after': '1' }) });
}

/** Of a socket or a name's resolution, as Node and its `fetch` say it, and of an issuer's key set that could not be had. */
const networkFaults = new Set([
  'EAI_AGAIN',
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTDOWN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETRESET',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ERR_JWKS_UNAVAILABLE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
]);

/** A store or network that failed; what Node itself complains of (`ERR_INVALID_…`) is our bug. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return (
    '$metadata' in error ||
    '$fault' in error ||
    error.name === 'TimeoutError' ||
    error instanceof Unsettled ||
    hasNetworkFault(error) ||
    hasNetworkFault(error.cause) ||
    (error instanceof AggregateError && error.errors.some(hasNetworkFault))
  );
}

function hasNetworkFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && networkFaults.has(String(error.code));
}
