import { createHmac, timingSafeEqual } from 'node:crypto';
import * as z from 'zod';
import type { Item, Page, Query, Table } from './table.ts';

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

/** What little fits is looked for in so many requests a call; the cursor goes on from there. */
const requestsPerCall = 20;

type Asked = { pageSize: number; position: Position | undefined; seal: (position: Position) => string };

/** A page of a list whose items do not all fit: reads on until it is full, the list ends, or so much was looked through. */
export async function filledPage<Line>(
  table: Pick<Table, 'page'>,
  query: Query,
  { pageSize, position, seal }: Asked,
  linesOf: (items: Item[]) => readonly Line[] | Promise<readonly Line[]>,
  requests = requestsPerCall,
): Promise<{ items: Line[]; nextCursor: string | null }> {
  const items: Line[] = [];
  let page: Page = { items: [] };
  let start = startOf(position);
  for (let request = 0; request < requests && items.length < pageSize; request += 1) {
    page = await table.page(query, pageSize - items.length, start);
    items.push(...(await linesOf(page.items)));
    start = page.last;
    if (start === undefined) break;
  }
  return { items, nextCursor: nextOf(page, seal) };
}

function mac(body: string, scope: string, secret: string): Buffer {
  return createHmac('sha256', secret).update(`${scope}\n${body}`).digest();
}
