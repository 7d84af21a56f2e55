import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Page } from './table.ts';

const Position = z.record(z.string(), z.string());

/** Where the next page starts: the key of the last item of this one. */
export type Position = z.output<typeof Position>;

/**
 * A cursor is a sealed position. The seal covers whose it is and for which list and filter, so that another caller's
 * or an edited one does not open.
 */
export function sealCursor(position: Position, scope: string, secret: string): string {
  const body = Buffer.from(JSON.stringify(position)).toString('base64url');
  return `${body}.${mac(body, scope, secret).toString('base64url')}`;
}

/** The position, or undefined where the cursor is not one that we sealed for this scope. */
export function openCursor(cursor: string, scope: string, secret: string): Position | undefined {
  const [body = '', seal = '', ...rest] = cursor.split('.');
  const given = Buffer.from(seal, 'base64url');
  const expected = mac(body, scope, secret);
  if (rest.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined;
  // base64url decoding is lenient; only the one spelling that we issue counts.
  if (given.toString('base64url') !== seal) return undefined;
  return Position.parse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8')));
}

/** Where a query of the store goes on for a position, and the cursor of the page after one. */
export function startOf(position: Position | undefined): NonNullable<Page['last']> | undefined {
  if (position === undefined) return undefined;
  return { pk: { S: position['pk'] ?? '' }, sk: { S: position['sk'] ?? '' } };
}

export function nextOf(page: Page, seal: (position: Position) => string): string | null {
  const { pk, sk } = page.last ?? {};
  return pk?.S === undefined || sk?.S === undefined ? null : seal({ pk: pk.S, sk: sk.S });
}

function mac(body: string, scope: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${scope}\n${body}`).digest();
}
