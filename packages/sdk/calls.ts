import { randomBytes } from 'node:crypto';
import { idempotencyKeyPattern } from '../signature/profile.ts';
import type { SignableRequest } from '../signature/request.ts';
import { canonicalQuery, isCanonicalPath, readSegment, writeSegment } from '../signature/target.ts';

export type Call = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** In canonical form: segments of `A–Z a–z 0–9 . _ ~ -`. */
  path: string;
  query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON. */
  body?: unknown;
  /** Your serial number (流水号), 16 to 64 letters, digits, `_` and `-`; made anew where you give none. */
  idempotencyKey?: string;
};

/** An operation of the contract, as `operations.ts` has it. */
export type OperationRow = { method: Call['method']; path: string; isList?: true };

/** What an operation is called with. */
export type OperationInput = Pick<Call, 'query' | 'body' | 'idempotencyKey'> & {
  params?: Readonly<Record<string, string>>;
};

/** @throws RangeError where a parameter is not there, or is more than one segment of a path */
export function callOf({ method, path }: OperationRow, { params = {}, ...rest }: OperationInput = {}): Call {
  const filled = path.replaceAll(/\{(\w+)\}/g, (_braces, name: string) => {
    const value = params[name] ?? '';
    const segment = writeSegment(value);
    if (readSegment(segment) === undefined) throw new RangeError(`${name} "${value}" is no segment of a path`);
    return segment;
  });
  return { method, path: filled, ...rest };
}

/**
 * The request of a call before it is signed. Throws a RangeError where the path could be written in another way, or the call
 * has what its method cannot send.
 */
export function requestOf(
  { method, path, query = {}, body, idempotencyKey }: Call,
  authority: string,
  now: Date,
): SignableRequest {
  if (!isCanonicalPath(path)) throw new RangeError(`"${path}" is no canonical path`);
  const parameters = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  const content = method === 'POST' || method === 'PUT';
  if (!content && body !== undefined) throw new RangeError(`a ${method} has no body`);
  if (method === 'GET' && idempotencyKey !== undefined) throw new RangeError('a GET has no idempotency key');
  if (idempotencyKey !== undefined && !idempotencyKeyPattern.test(idempotencyKey)) {
    throw new RangeError('an idempotency key is 16 to 64 letters, digits, "_" and "-"');
  }
  return {
    method,
    authority,
    path,
    query: canonicalQuery(parameters) ?? '',
    headers: new Map([
      ...(content ? [['content-type', 'application/json'] as const] : []),
      ...(method === 'GET' ? [] : [['idempotency-key', idempotencyKey ?? newSerial(now)] as const]),
    ]),
    body: content ? Buffer.from(JSON.stringify(body ?? {})) : new Uint8Array(),
  };
}

/** The date first, as banks number: `20261123021530-…`. */
function newSerial(now: Date): string {
  return `${now.toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${randomBytes(12).toString('hex')}`;
}
