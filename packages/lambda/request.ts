import type { APIGatewayProxyEvent } from 'aws-lambda';
import * as z from 'zod';
import zhCN from 'zod/v4/locales/zh-CN.js';
import type { FieldError } from '../outcome.ts';
import { escapePointer } from './json.ts';
import { Problem } from './problem.ts';

z.config(zhCN());

const maxJsonBytes = 256 * 1024;
const requestId = /^[A-Za-z0-9._-]{1,64}$/;

/** Headers that decide something must not be said twice. */
const single = [
  'host',
  'authorization',
  'content-type',
  'content-encoding',
  'content-digest',
  'idempotency-key',
  'signature',
  'signature-input',
];

export type Request = {
  method: string;
  path: string;
  /** The host that was called, in small letters. */
  authority: string;
  /** The host that the gateway goes by, which no client can choose. */
  gatewayAuthority: string;
  /** Parameters sorted by name, as one string: for fingerprints and cursors' scopes. */
  query: Record<string, string>;
  /** The same as they came: a name comes as often as it has values. */
  parameters: readonly (readonly [name: string, value: string])[];
  header(name: string): string | undefined;
  /** By their names in lower case; several values are one list, as HTTP has it. */
  headers: ReadonlyMap<string, string>;
  /** Those that must not be there twice, and are. */
  duplicated: readonly string[];
  /** Where the call comes from, as the gateway saw it. */
  sourceIp: string;
  /** The certificate that the caller showed to the gateway, where it asks for one (mTLS). */
  clientCertificatePem: string | undefined;
  bytes: Uint8Array;
  requestId: string;
};

/** Reads what the gateway hands over, whatever it is; what no route accepts is refused by the checks below. */
export function readRequest(event: APIGatewayProxyEvent): Request {
  const headers = new Map<string, string[]>();
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const key = name.toLowerCase();
    headers.set(key, [...(headers.get(key) ?? []), ...(values ?? [])]);
  }
  const header = (name: string) => headers.get(name)?.[0];
  const given = header('x-request-id');
  const parameters = Object.entries(event.multiValueQueryStringParameters ?? {});
  return {
    method: event.httpMethod,
    path: event.path,
    authority: (header('host') ?? '').toLowerCase(),
    gatewayAuthority: event.requestContext.domainName ?? '',
    query: Object.fromEntries(
      parameters
        .map(([name, values]): [string, string] => [name, (values ?? []).join('\n')])
        .toSorted(([left], [right]) => (left < right ? -1 : 1)),
    ),
    parameters: parameters.flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const)),
    header,
    headers: new Map(
      [...headers].flatMap(([name, values]): [string, string][] =>
        values.length === 0 ? [] : [[name, values.join(', ')]],
      ),
    ),
    duplicated: single.filter((name) => (headers.get(name)?.length ?? 0) > 1),
    sourceIp: event.requestContext.identity?.sourceIp ?? '',
    clientCertificatePem: event.requestContext.identity?.clientCert?.clientCertPem,
    bytes: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
    requestId: given !== undefined && requestId.test(given) ? given : event.requestContext.requestId,
  };
}

/** Before everything else: of a header that is there twice one reader takes the first, another the last. */
export function checkHeaders({ duplicated: [name] }: Request): void {
  if (name !== undefined) throw new Problem('header_duplicated', `请求头重复：${name}`);
}

/** The proof that the call carries, not yet checked. */
export function readProof(request: Request): { kind: 'token'; token: string } | { kind: 'signature' } {
  const authorization = request.header('authorization');
  const signed = request.header('signature') !== undefined || request.header('signature-input') !== undefined;
  if (authorization !== undefined && signed) throw new Problem('credentials_ambiguous');
  if (signed) return { kind: 'signature' };
  if (authorization === undefined) {
    throw new Problem('signature_missing', '请以 HTTP 消息签名（机构）或 Bearer 令牌（人员）证明身份', undefined, {
      'accept-signature':
        'sig1=("@method" "@authority" "@path" "@query");created;expires;nonce;keyid;tag="ippf-bank-v1"',
    });
  }
  const [, token] = /^Bearer ([A-Za-z0-9._~+/=-]{1,8000})$/i.exec(authorization) ?? [];
  if (token === undefined) throw new Problem('token_invalid', 'Authorization 应为 Bearer 令牌');
  return { kind: 'token', token };
}

/** Checks what a body may be before it is parsed: present or absent, its type, its size. */
export function checkBody(
  request: Request,
  file: { mediaTypes: readonly string[]; maxBytes: number } | undefined,
): string {
  if (request.method === 'GET' || request.method === 'DELETE') {
    if (request.bytes.length > 0) throw new Problem('body_not_allowed');
    return '';
  }
  if (request.header('content-encoding') !== undefined) {
    throw new Problem('media_type_unsupported', '不接受 Content-Encoding');
  }
  const mediaTypes = file?.mediaTypes ?? ['application/json'];
  const [mediaType = '', ...parameters] = (request.header('content-type') ?? '').toLowerCase().split(';');
  const utf8 = parameters.every((parameter) => file !== undefined || parameter.trim() === 'charset=utf-8');
  if (!mediaTypes.includes(mediaType.trim()) || !utf8) {
    throw new Problem('media_type_unsupported', `Content-Type 应为 ${mediaTypes.join(' 或 ')}`);
  }
  checkSize(request, file?.maxBytes);
  return mediaType.trim();
}

export function checkSize({ bytes }: Request, limit = maxJsonBytes): void {
  if (bytes.length > limit) throw new Problem('body_too_large', `正文不得超过 ${limit / 1024} KB`);
}

const acceptable = new Set(['*/*', 'application/*', 'application/json', 'application/problem+json']);

export function checkAccept(request: Request, answerFile: string | undefined): void {
  const accept = request.header('accept');
  if (accept === undefined || accept.trim() === '') return;
  const wanted = accept.split(',').map((part) => part.split(';')[0]?.trim().toLowerCase() ?? '');
  const [fileType] = answerFile?.split(';') ?? [];
  const own = fileType === undefined ? [] : [fileType, `${fileType.split('/')[0]}/*`];
  if (!wanted.some((type) => acceptable.has(type) || own.includes(type))) throw new Problem('not_acceptable');
}

/** Parses by schema; what does not fit is a 422 that names each field. */
export function decode<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  where: 'body' | 'query',
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new Problem('validation_failed', undefined, fieldErrors(parsed.error, where, value));
}

/** Repeated and unknown parameters are refused like wrong ones. */
export function decodeQuery<Schema extends z.ZodType>(schema: Schema, request: Request): z.output<Schema> {
  const byName = Map.groupBy(request.parameters, ([name]) => name);
  const repeated = [...byName].flatMap(([name, values]) => (values.length > 1 ? [name] : []));
  if (repeated.length > 0) {
    throw new Problem(
      'validation_failed',
      undefined,
      repeated.map((name) => ({ pointer: `?${name}`, code: 'repeated', message: '参数只能出现一次' })),
    );
  }
  return decode(schema, request.query, 'query');
}

function fieldErrors(error: z.ZodError, where: 'body' | 'query', given: unknown): FieldError[] {
  return error.issues.flatMap(nearest).flatMap((issue): FieldError[] => {
    const pointer = (path: PropertyKey[]) =>
      where === 'query'
        ? `?${path.map(String).join('.')}`
        : path.map((part) => `/${escapePointer(String(part))}`).join('');
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({
        pointer: pointer([...issue.path, key]),
        code: 'unknown_field',
        message: '没有这个字段',
      }));
    }
    // JSON has no `undefined`: where there is none, the field was left out, whatever words its schema has for that.
    const missing = valueAt(given, issue.path) === undefined;
    return [
      {
        pointer: pointer(issue.path),
        code: missing ? 'required' : issue.code,
        message: missing ? '必填' : issue.message,
      },
    ];
  });
}

/** Of several forms that a value may have, the one it comes nearest to says what is wrong with it. */
function nearest(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const options = issue.errors.map((issues) => issues.flatMap(nearest));
  const [closest = []] = options.toSorted((one, other) => faultsIn(one) - faultsIn(other));
  const ofNoForm = closest.every(({ code, path }) => path.length === 0 && code !== 'unrecognized_keys');
  return ofNoForm ? [issue] : closest.map((inner) => ({ ...inner, path: [...issue.path, ...inner.path] }));
}

function faultsIn(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 1), 0);
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const part of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, part)) return undefined;
    found = Object.getOwnPropertyDescriptor(found, part)?.value;
  }
  return found;
}
