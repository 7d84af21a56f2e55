import * as z from 'zod';
import { todayOf } from '#packages/calendar';
import type { Table, Write } from '#packages/table';
import { eventTypes } from '../contract/events.ts';
import { look, watchesAtOnce } from '../look.ts';
import { getListing } from '../store/listing.ts';
import type { Loan } from '../store/loan.ts';
import { newServicing, type Servicing, servicingWrites } from '../store/servicing.ts';
import type { Watch } from '../watches.ts';

type Event = { type: string; data: Record<string, unknown> };

/**
 * Looks at a loan as a change leaves it: the watches that this raises and clears as events and steps for the change's own
 * transaction. `before` is what was kept of it, read after its head; `after` the same where the change touches that too.
 */
export async function keepWatch(
  table: Table,
  loan: Loan,
  { before, after = before }: { before: Servicing; after?: Servicing },
  now: Date,
  atOnce = watchesAtOnce,
): Promise<{ servicing: Servicing; events: Event[]; writes: Write[] }> {
  const listing = await getListing(table, loan.uscc);
  const found = look(loan, after, { listing, today: todayOf(now), at: now.toISOString(), atOnce });
  return {
    servicing: found.servicing,
    events: [
      ...found.raised.map((watch) => told('loan.watch.raised.v1', loan, watch)),
      ...found.cleared.map((watch) => told('loan.watch.cleared.v1', loan, watch)),
    ],
    writes: servicingWrites(loan, before, found.servicing, now),
  };
}

/** Of a loan that is just filed: nothing is told yet, the transaction is full of its rights; the next run does. */
export async function beginWatch(table: Table, loan: Loan, now: Date): Promise<Write[]> {
  return (await keepWatch(table, loan, { before: newServicing }, now, 0)).writes;
}

function told(
  type: 'loan.watch.raised.v1' | 'loan.watch.cleared.v1',
  { loanId, partnerId }: Loan,
  { code, dueOn }: Watch,
): Event {
  return { type, data: z.encode(eventTypes[type].data, { loanId, partnerId, code, dueOn }) };
}
