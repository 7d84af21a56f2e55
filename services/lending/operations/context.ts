import { belongsTo, type Caller, mayReach } from '#packages/access';
import type { AuditActor } from '#packages/audit';
import type { Held } from '#packages/aggregate';
import type { Receipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { getLoan, type Loan } from '../store/loan.ts';

/** What the operations of this service stand on. */
export type Deps = { table: Table };

export type Context = { now: Date; requestId: string; receipt: Receipt };

/** Whoever works on what other services tell. */
export const worker: AuditActor = { type: 'system', id: 'lending-worker', role: 'system' };

/** The organisation that signed; routes that only banks may use have no other callers. */
export function partnerOf(caller: Caller): string {
  if (caller.kind !== 'partner') throw new Error(`${caller.role} is no partner`);
  return caller.partnerId;
}

/** The loan, if the caller may reach it: another's is the same as none, by the same request. */
export async function reachedLoan(table: Table, caller: Caller, loanId: string): Promise<Held<Loan> | undefined> {
  const held = await getLoan(table, loanId);
  return held !== undefined && mayReach(caller, belongsTo(held.state)) ? held : undefined;
}
