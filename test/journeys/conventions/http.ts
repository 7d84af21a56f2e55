import { request } from 'node:http';
import { expect } from 'vitest';
import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { Route } from '#packages/contract';
import { routes as lending } from '#services/lending/contract';
import { routes as fund } from '#services/fund/contract';
import { routes as partners } from '#services/partners/contract';
import { routes as portal } from '#services/portal/contract';
import { routes as screening } from '#services/screening/contract';

/** Every route there is, by operation. */
export const routes: Record<string, Route> = { ...screening, ...partners, ...fund, ...lending, ...portal };

/** Bytes on the wire as they are given: a path that is not normalised, headers twice, a body with a GET. */
export type Raw = { method: string; path: string; headers?: [string, string][]; body?: Uint8Array | string };
export type RawAnswer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };

export function send(baseUrl: string, { method, path, headers = [], body = '' }: Raw): Promise<RawAnswer> {
  const { hostname, port, host } = new URL(baseUrl);
  const bytes = Buffer.from(body);
  const length: [string, string][] = bytes.length > 0 ? [['content-length', String(bytes.length)]] : [];
  const all = [['host', host], ...length, ...headers].flat();
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: all }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    sent.on('error', reject);
    sent.end(bytes);
  });
}

/** RFC 9457 with our members, all of them and no other. */
export const ProblemShape = z.strictObject({
  type: z.url(),
  title: z.string().regex(/\p{Script=Han}/u),
  status: z.int().min(400).max(599),
  detail: z.string().regex(/\p{Script=Han}/u),
  code: z.string().regex(/^[a-z]+(_[a-z0-9]+)*$/),
  requestId: z.string().min(1),
  serverTime: Instant,
  errors: z
    .array(
      z.strictObject({
        pointer: z.string().regex(/^(?:$|[/?])/),
        code: z.string().regex(/^[a-z_]+$/),
        message: z.string().min(1),
      }),
    )
    .optional(),
});
export type ProblemShape = z.output<typeof ProblemShape>;

/** What is said to be wrong, wherever it comes from; the shape is checked on the way. */
export function problemIn(answer: {
  headers: Headers | RawAnswer['headers'];
  body?: unknown;
  text?: string;
}): ProblemShape {
  const header = (name: string) =>
    answer.headers instanceof Headers ? answer.headers.get(name) : answer.headers[name];
  expect(header('content-type')).toBe('application/problem+json');
  const problem = ProblemShape.parse(answer.body ?? JSON.parse(answer.text ?? ''));
  expect(header('x-request-id')).toBeTruthy();
  return problem;
}

/** Status and code in one line, as tests compare them. */
export function said(answer: {
  status: number;
  headers: Headers | RawAnswer['headers'];
  body?: unknown;
  text?: string;
}): string {
  if (answer.status < 400) return String(answer.status);
  const { status, code } = problemIn(answer);
  expect(status).toBe(answer.status);
  return `${status} ${code}`;
}

/** A refusal without what differs from one call to the next. */
export function timeless(problem: ProblemShape): Omit<ProblemShape, 'requestId' | 'serverTime'> {
  const { requestId: _requestId, serverTime: _serverTime, ...rest } = problem;
  return rest;
}
