import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import * as z from 'zod';
import type { Match } from './gateway-routes.ts';
import { accountId } from './template/naming.ts';

/** Headers between this gateway and its client, of no concern to a function. */
const hopHeaders = new Set(['connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect']);

/** The path and the raw query of a request target, whichever of HTTP's forms it came in. */
export function targetOf(url: string): { path: string; query: string } {
  const origin = url.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = origin.indexOf('?');
  const path = mark < 0 ? origin : origin.slice(0, mark);
  return { path: path.startsWith('/') ? path : `/${path}`, query: mark < 0 ? '' : origin.slice(mark + 1) };
}

/** Names with all their values, in the order they came. A Map first: `__proto__` is a name like any other. */
function grouped(pairs: Iterable<[string, string]>): Record<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value]);
  return Object.fromEntries(groups);
}

/** API Gateway's single-value form: the last one wins. */
function lasts(groups: Record<string, string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(groups).map(([name, values]) => [name, values.at(-1) ?? '']));
}

const orNull = <Value extends object>(value: Value) => (Object.keys(value).length === 0 ? null : value);

/** Headers that the gateway sets, whatever a client says of itself. */
const setHere = new Set(['x-amzn-trace-id', 'x-forwarded-for', 'x-forwarded-port', 'x-forwarded-proto']);

function headersOf(request: IncomingMessage, traceId: string): Record<string, string[]> {
  const raw = request.rawHeaders;
  const pairs: [string, string][] = [];
  /** One spelling for a header that came twice in two spellings. */
  const spelling = new Map<string, string>();
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? '';
    const lower = name.toLowerCase();
    if (hopHeaders.has(lower) || setHere.has(lower)) continue;
    spelling.set(lower, spelling.get(lower) ?? name);
    pairs.push([spelling.get(lower) ?? name, raw[index + 1] ?? '']);
  }
  const before = request.headers['x-forwarded-for'];
  const forwarded = [before ?? [], request.socket.remoteAddress ?? ''].flat().join(', ');
  const port = String(request.socket.localPort ?? '');
  pairs.push(['X-Amzn-Trace-Id', traceId], ['X-Forwarded-For', forwarded]);
  pairs.push(['X-Forwarded-Port', port], ['X-Forwarded-Proto', 'http']);
  return grouped(pairs);
}

/** The event of a Lambda proxy integration, payload format 1.0. With binary media types of all kinds a body is base64. */
export function eventOf(request: IncomingMessage, body: Buffer, match: Match, stage: string): Record<string, unknown> {
  const { path, query } = targetOf(request.url ?? '/');
  const { route, pathParameters } = match;
  const now = Date.now();
  const port = String(request.socket.localPort ?? '');
  const traceId = `Root=1-${Math.floor(now / 1000).toString(16)}-${randomBytes(12).toString('hex')}`;
  const headers = headersOf(request, traceId);
  const parameters = grouped(new URLSearchParams(query));
  return {
    resource: route.resource,
    path,
    httpMethod: request.method ?? 'GET',
    headers: lasts(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lasts(parameters)),
    multiValueQueryStringParameters: orNull(parameters),
    pathParameters,
    stageVariables: null,
    requestContext: {
      accountId,
      apiId: 'local',
      resourceId: 'local',
      resourcePath: route.resource,
      httpMethod: request.method ?? 'GET',
      path: `/${stage}${path}`,
      protocol: `HTTP/${request.httpVersion}`,
      stage,
      // What the gateway goes by, whatever a client calls it; deployed, there is no port in it.
      domainName: `127.0.0.1:${port}`,
      domainPrefix: '127',
      requestId: randomUUID(),
      extendedRequestId: randomBytes(11).toString('base64'),
      requestTime: requestTime(now),
      requestTimeEpoch: now,
      identity: {
        accessKey: null,
        accountId: null,
        caller: null,
        sourceIp: request.socket.remoteAddress ?? '',
        user: null,
        userAgent: request.headers['user-agent'] ?? null,
        userArn: null,
      },
      authorizer: null,
    },
    body: body.length === 0 ? null : body.toString('base64'),
    isBase64Encoded: body.length > 0,
  };
}

/** `09/Apr/2015:12:34:56 +0000` */
function requestTime(epochMs: number): string {
  const [, day = '', month = '', year = '', time = ''] =
    /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(new Date(epochMs).toUTCString()) ?? [];
  return `${day}/${month}/${year}:${time} +0000`;
}

const HeaderValue = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** What a function must answer; anything else is a malformed answer. */
const ProxyAnswer = z.object({
  statusCode: z.coerce.number().int().min(100).max(599),
  headers: z.record(z.string(), HeaderValue).nullish(),
  multiValueHeaders: z.record(z.string(), z.array(HeaderValue)).nullish(),
  body: z.string().nullish(),
  isBase64Encoded: z.boolean().nullish(),
});

export type HttpAnswer = { status: number; headers: Record<string, string | string[]>; body: Buffer };

/** Headers that the gateway sets itself, from what it really sends. */
const ownHeaders = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

/** The HTTP answer of a function's answer, undefined where it is malformed. */
export function answerOf(payload: unknown): HttpAnswer | undefined {
  const parsed = ProxyAnswer.safeParse(payload);
  if (!parsed.success) return undefined;
  const { statusCode, headers, multiValueHeaders, body, isBase64Encoded } = parsed.data;
  const merged: HttpAnswer['headers'] = {};
  for (const [name, value] of Object.entries({ ...headers, ...multiValueHeaders }))
    if (!ownHeaders.has(name.toLowerCase())) merged[name.toLowerCase()] = value;
  return {
    status: statusCode,
    headers: { 'content-type': 'application/json', ...merged },
    body: Buffer.from(body ?? '', isBase64Encoded === true ? 'base64' : 'utf8'),
  };
}
