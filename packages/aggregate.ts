import * as z from 'zod';
import { type AuditActor, auditWrite, sha256 } from './audit.ts';
import { jsonText } from './json-text.ts';
import { outboxWrite } from './messaging/outbox.ts';
import { absent, type Item, type Key, type Table, type Write } from './table.ts';

/** What an aggregate's own item counts: its changes, the events told of it, its audit rows. */
export const Bookkeeping = z.object({
  version: z.int().positive(),
  sequence: z.int().nonnegative(),
  audit: z.object({ sequence: z.int().positive(), hash: z.string() }),
});
export type Bookkeeping = z.output<typeof Bookkeeping>;

/**
 * A kind of aggregate: something with a state that changes as one. Its head lies in a partition of its own, with its
 * events and audit rows beside it; `name` is the word before the slash of its events' subject.
 */
export type Kind<State> = {
  service: string;
  name: string;
  /** Of the state; its encoded form is what is stored, as JSON. */
  state: z.ZodType<State>;
  idOf: (state: State) => string;
};

export type Held<State> = { state: State; books: Bookkeeping };

export type AggregateChange<State> = {
  state: State;
  events?: readonly { type: string; data: Record<string, unknown> }[];
  audit: { actor: AuditActor; action: string; outcome: string; reason?: string };
};

/** As an item keeps it: the version, which conditions ask for, and all of it as text. */
const StoredHead = z.object({ head: jsonText(z.object({ books: Bookkeeping, state: z.unknown() })) });

export function aggregatePk({ name }: Pick<Kind<never>, 'name'>, id: string): string {
  return `${name.toUpperCase()}#${id}`;
}

export function headKeyOf(kind: Pick<Kind<never>, 'name'>, id: string): Key {
  return { pk: aggregatePk(kind, id), sk: 'HEAD' };
}

export function readHeld<State>(kind: Kind<State>, item: Item): Held<State> {
  const { books, state } = StoredHead.parse(item).head;
  return { books, state: kind.state.parse(state) };
}

export async function getHeld<State>(table: Table, kind: Kind<State>, id: string): Promise<Held<State> | undefined> {
  const item = await table.get(headKeyOf(kind, id));
  return item && readHeld(kind, item);
}

/**
 * The steps of one change: the head under the version that was read, the events it tells, the audit row. They belong in
 * one transaction with what the change keeps besides; `refused` then means that the aggregate moved.
 */
export function aggregateWrites<State>(
  kind: Kind<State>,
  before: Held<State> | undefined,
  { state, events = [], audit }: AggregateChange<State>,
  { now, requestId }: { now: Date; requestId: string },
): Write[] {
  const id = kind.idOf(state);
  const pk = aggregatePk(kind, id);
  const at = now.toISOString();
  const sequence = before?.books.sequence ?? 0;
  const wire = z.encode(kind.state, state);
  const row = auditWrite({
    pk,
    previous: before?.books.audit,
    at,
    requestId,
    resource: `${kind.name}/${id}`,
    ...(before !== undefined && { before: sha256(z.encode(kind.state, before.state)) }),
    after: sha256(wire),
    ...audit,
  });
  const version = (before?.books.version ?? 0) + 1;
  const books: Bookkeeping = { version, sequence: sequence + events.length, audit: row.head };
  return [
    {
      kind: 'put',
      item: { ...headKeyOf(kind, id), version, head: JSON.stringify({ books, state: wire }) },
      condition: before === undefined ? absent : unchangedSince(before.books),
    },
    ...events.map(({ type, data }, index) =>
      outboxWrite({
        pk,
        service: kind.service,
        subject: `${kind.name}/${id}`,
        sequence: sequence + index + 1,
        type,
        time: at,
        data,
      }),
    ),
    row.write,
  ];
}

export function unchangedSince({ version }: Bookkeeping) {
  return { expression: '#version = :version', names: { '#version': 'version' }, values: { ':version': version } };
}
