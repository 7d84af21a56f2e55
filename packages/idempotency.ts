import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Instant, instantOf } from './calendar.ts';
import { epochSeconds } from './epoch-seconds.ts';
import { idempotencyKeyPattern } from './signature/profile.ts';
import type { Item, Key, Table, Write } from './table.ts';

/** An answer kept under the caller's Idempotency-Key, said again to the same call. */
export type StoredAnswer = { status: number; body: string; contentType?: string; location?: string };

const keptDays = 7;
export const AnswerRecord = z.object({
  fingerprint: z.string(),
  status: z.number(),
  body: z.string(),
  contentType: z.string().optional(),
  location: z.string().optional(),
  /** For who asks what became of a request: what it was, and when it was answered. */
  path: z.string(),
  at: Instant,
  expiresAt: z.number(),
});

export const IdempotencyKey = z.string().regex(idempotencyKeyPattern);

/** The partitions of answers: who asks after a request may read no others. */
export const answersPrefix = 'IDEMPOTENCY#';

/** The same content: method, path, query and the body's bytes. */
export function fingerprint(call: { method: string; path: string; query: string; body: Uint8Array }): string {
  const body = createHash('sha256').update(call.body).digest('hex');
  return createHash('sha256').update([call.method, call.path, call.query, body].join('\n')).digest('hex');
}

/** One record per caller and key, in the table of the service that answers. */
export function idempotencyItemKey(caller: string, key: string): Key {
  return { pk: `${answersPrefix}${createHash('sha256').update(caller).digest('base64url')}`, sk: key };
}

/** What is kept: good answers and the operation's own 409 and 422; everything else leaves the key unused. */
export function isKept(status: number): boolean {
  return (status >= 200 && status < 300) || status === 409 || status === 422;
}

/**
 * The stored answer to this key, `reused` where it was another content's. A record past its days counts as none,
 * whether or not the store has deleted it yet.
 */
export async function storedAnswer(
  table: Table,
  key: Key,
  print: string,
  now: Date,
): Promise<StoredAnswer | 'reused' | undefined> {
  const item: Item | undefined = await table.get(key);
  if (item === undefined) return undefined;
  const record = AnswerRecord.parse(item);
  if (record.expiresAt <= epochSeconds(now)) return undefined;
  if (record.fingerprint !== print) return 'reused';
  const { status, body, contentType, location } = record;
  return {
    status,
    body,
    ...(contentType !== undefined && { contentType }),
    ...(location !== undefined && { location }),
  };
}

/** The step that keeps an answer; it belongs in the operation's own transaction. */
export function keepAnswer(
  key: Key,
  { print, path }: { print: string; path: string },
  answer: StoredAnswer,
  now: Date,
): Write {
  return {
    kind: 'put',
    item: {
      ...key,
      fingerprint: print,
      path,
      at: instantOf(now),
      ...answer,
      expiresAt: epochSeconds(now) + keptDays * 86_400,
    },
    condition: {
      expression: 'attribute_not_exists(pk) OR expiresAt <= :now',
      values: { ':now': epochSeconds(now) },
    },
  };
}
