import type { Caller } from '#packages/access';
import type { AuditActor } from '#packages/audit';
import { legalDateOf } from '#packages/calendar';
import type { Position } from '#packages/paging';
import type { Page, Table } from '#packages/table';

/** What the operations of this service stand on. */
export type Deps = { table: Table };

export function todayOf(now: Date): string {
  return legalDateOf(now.toISOString());
}

/** The caller as audit rows name it: identifiers, never names. */
export function actorOf(caller: Caller): AuditActor {
  return caller.kind === 'person'
    ? { type: 'person', id: caller.sub, issuer: caller.issuer, role: caller.role }
    : { type: 'partner', id: caller.partnerId, role: caller.role };
}

/** A table's place in a list, as a cursor carries it. */
export function startOf(position: Position | undefined): NonNullable<Page['last']> | undefined {
  if (position === undefined) return undefined;
  return { pk: { S: position['pk'] ?? '' }, sk: { S: position['sk'] ?? '' } };
}

export function nextOf(page: Page, seal: (position: Position) => string): string | null {
  const { pk, sk } = page.last ?? {};
  return pk?.S === undefined || sk?.S === undefined ? null : seal({ pk: pk.S, sk: sk.S });
}
