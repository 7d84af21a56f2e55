import type { ServerResponse } from 'node:http';
import * as z from 'zod';

/** Every way a source can misbehave, as the control route takes it. */
export const FaultKind = z.enum([
  'none',
  'slow',
  '429',
  '500',
  'truncated',
  'schema-drift',
  'wrong-encoding',
  'changed-record',
]);
export type FaultKind = z.output<typeof FaultKind>;

/** An answer before it is sent. `unchanged`: the caller holds it already, and would normally be told just that. */
export type Answer = { status: number; body: Record<string, unknown>; etag?: string; unchanged?: boolean };

/** Sends the answer as the source would, or as the fault has it. */
export function answerWith(response: ServerResponse, fault: FaultKind, answer: Answer, slowMs: number): void {
  const bytes = Buffer.from(JSON.stringify(answer.body));
  switch (fault) {
    case 'none':
    // Whose record the answer is was decided before.
    case 'changed-record':
      return sendNormally(response, answer, bytes);
    case 'slow': {
      const timer = setTimeout(() => sendNormally(response, answer, bytes), slowMs);
      response.once('close', () => clearTimeout(timer));
      return;
    }
    case '429':
      response.setHeader('Retry-After', '1');
      return send(response, 429, Buffer.from('{"code":"rate_limited"}'));
    case '500':
      return send(response, 500, Buffer.from('{"code":"internal_error"}'));
    case 'truncated':
      // The length is told in full; the connection ends half-way.
      head(response, answer.status, bytes.length);
      response.write(bytes.subarray(0, bytes.length >> 1), () => response.socket?.destroy());
      return;
    case 'schema-drift':
      return send(response, answer.status, Buffer.from(JSON.stringify(drifted(answer.body))));
    case 'wrong-encoding':
      return send(response, answer.status, inWrongEncoding(bytes));
  }
}

function sendNormally(response: ServerResponse, { status, etag, unchanged }: Answer, bytes: Buffer): void {
  if (etag !== undefined) response.setHeader('ETag', etag);
  if (unchanged !== true) return send(response, status, bytes);
  response.writeHead(304);
  response.end();
}

export function send(response: ServerResponse, status: number, bytes: Buffer, type = json): void {
  head(response, status, bytes.length, type);
  response.end(bytes);
}

const json = 'application/json; charset=utf-8';

function head(response: ServerResponse, status: number, length: number, type = json): void {
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': length });
}

/** 信用 in GBK, which is no UTF-8. */
const gbk = Buffer.from([0xd0, 0xc5, 0xd3, 0xc3]);

/** The answer with one more string, whose bytes are not in the encoding that the header declares. */
function inWrongEncoding(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from('{"from":"'), gbk, Buffer.from('",'), bytes.subarray(1)]);
}

const Feed = z.object({ changes: z.array(z.looseObject({ uscc: z.string() })), next: z.string(), more: z.boolean() });

/** The shape after somebody over there has renamed and retyped fields without telling anyone. */
function drifted(body: Record<string, unknown>): Record<string, unknown> {
  const feed = Feed.safeParse(body);
  if (feed.success) {
    const items = feed.data.changes.map(({ uscc, ...rest }) => ({ code: uscc, ...rest }));
    return { items, cursor: { next: feed.data.next }, hasMore: feed.data.more };
  }
  const data = z.record(z.string(), z.unknown()).safeParse(body['data']);
  if (!data.success) return body;
  const { registration, taxGrade, penalties: _penalties, assets, ...rest } = data.data;
  const credit = { reg: registration, taxGrade: { value: taxGrade ?? null }, penalties: null };
  return { ...body, data: { ...rest, ...(assets === undefined ? credit : { items: assets }) } };
}
