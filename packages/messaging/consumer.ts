import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { instantOf } from '#packages/calendar';
import { commit, ReceiptTaken } from '#packages/commit';
import { metrics } from '#packages/lambda/telemetry';
import type { Outcome, Receipt } from '#packages/outcome';
import { absent, type Table, tookEffect, type Write } from '#packages/table';
import { Envelope } from './envelope.ts';
import { padded } from './outbox.ts';

/** Where a consumer keeps what it has applied of each subject, and what it holds. */
export const inboxPrefix = 'INBOX#';

/** How often one delivery meets others at the same cursor without getting on, before that is a fault. */
const cursorAttempts = 12;

/** The last event of a subject that was applied, and how many of its later ones are held. */
const CursorItem = z.object({ sequence: z.int().nonnegative(), held: z.int().nonnegative() });
type Cursor = z.output<typeof CursorItem>;

const HeldItem = z.object({ envelope: Envelope });

export type Consumption = {
  /** The consumer's own table: cursor and effect change in one transaction. */
  table: Table;
  envelope: Envelope;
  /** Applies one event, with `receipt(outcome)` among the steps of its own transaction. A fault is thrown. */
  handle: (event: Envelope, receipt: Receipt) => Promise<Outcome<unknown>>;
  now: () => Date;
  /** Says whether there is time for one more held event; where not, the message fails and its next delivery goes on. */
  mayGoOn?: () => boolean;
};

/** Applied now, known from before, or held until its predecessor comes: in each case the message is done with. */
export type Consumed = 'applied' | 'known' | 'held';

/**
 * Applies each event of a subject once and in order, however often and in whatever order they are delivered. The cursor
 * moves in the transaction of the effect. An early event is stored and its message done with; whoever applies its
 * predecessor goes on with it. That cannot be missed: storing it counts in the cursor item, every advance is conditional
 * on that count, and no delivery is done with while something held can be applied.
 */
export async function consume({ table, envelope, handle, now, mayGoOn }: Consumption): Promise<Consumed> {
  const pk = inboxKey(envelope);
  let consumed: Consumed = 'known';
  let steps = 0;
  let cursor = await readCursor(table, pk);
  for (let attempt = 0; attempt < cursorAttempts; attempt += 1) {
    const held = cursor && cursor.held > 0 ? await readHeld(table, pk, after(cursor)) : undefined;
    const next = held ?? (envelope.sequence === after(cursor) ? envelope : undefined);
    if (next === undefined) {
      if (envelope.sequence < after(cursor)) return consumed;
      if (await hold(table, pk, cursor, envelope, instantOf(now()))) return 'held';
    } else {
      if (steps > 0 && mayGoOn?.() === false) throw new Error(`no time left for what is held of ${envelope.subject}`);
      if (await apply(table, pk, cursor, next, held !== undefined, handle)) {
        if (next.sequence === envelope.sequence) consumed = 'applied';
        cursor = { sequence: next.sequence, held: (cursor?.held ?? 0) - (held === undefined ? 0 : 1) };
        steps += 1;
        if (cursor.held === 0 && envelope.sequence <= cursor.sequence) return consumed;
        attempt = -1;
        continue;
      }
    }
    cursor = await readCursor(table, pk);
  }
  throw new Error(`the cursor of ${envelope.subject} moved ${cursorAttempts} times under one delivery`);
}

/** Answers whether this call moved the cursor; if not, somebody else did, or held one more event meanwhile. */
async function apply(
  table: Table,
  pk: string,
  cursor: Cursor | undefined,
  event: Envelope,
  wasHeld: boolean,
  handle: Consumption['handle'],
): Promise<boolean> {
  const proofs: Write[] = [];
  const receipt: Receipt = () => {
    const steps = advance(pk, cursor, event.sequence, wasHeld);
    proofs.push(...steps);
    return steps;
  };
  try {
    const outcome = await handle(event, receipt);
    if (proofs.some(tookEffect)) return true;
    // A handler with nothing to write leaves the proof to us; so does one that asked for it and then decided otherwise.
    return (await commit(table, [], receipt, outcome)) === 'written';
  } catch (error) {
    if (error instanceof ReceiptTaken) return false;
    throw error;
  }
}

function advance(pk: string, cursor: Cursor | undefined, sequence: number, wasHeld: boolean): Write[] {
  const key = { pk, sk: 'CURSOR' };
  if (cursor === undefined) return [{ kind: 'put', item: { ...key, sequence, held: 0 }, condition: absent }];
  const heldNow = cursor.held - (wasHeld ? 1 : 0);
  const step: Write = {
    kind: 'update',
    key,
    update: {
      expression: 'SET #sequence = :sequence, held = :heldNow',
      names: { '#sequence': 'sequence' },
      values: { ':sequence': sequence, ':heldNow': heldNow, ':last': cursor.sequence, ':held': cursor.held },
    },
    condition: '#sequence = :last AND held = :held',
  };
  if (!wasHeld) return [step];
  return [step, { kind: 'delete', key: heldKey(pk, sequence), condition: { expression: 'attribute_exists(pk)' } }];
}

/** Answers false when the cursor moved meanwhile, so that the event may not be early any more. */
async function hold(
  table: Table,
  pk: string,
  cursor: Cursor | undefined,
  envelope: Envelope,
  heldAt: string,
): Promise<boolean> {
  const key = { pk, sk: 'CURSOR' };
  const counted: Write =
    cursor === undefined
      ? { kind: 'put', item: { ...key, sequence: 0, held: 1 }, condition: absent }
      : {
          kind: 'update',
          key,
          update: {
            expression: 'SET held = held + :one',
            names: { '#sequence': 'sequence' },
            values: { ':one': 1, ':last': cursor.sequence },
          },
          condition: '#sequence = :last',
        };
  const written = await table.transact([
    { kind: 'put', item: { ...heldKey(pk, envelope.sequence), envelope, heldAt }, condition: absent },
    counted,
  ]);
  if (written.kind === 'written') {
    metrics.addMetric('EventsHeld', MetricUnit.Count, 1);
    return true;
  }
  // Held by an earlier delivery: whoever applies its predecessor has it in the count.
  return written.steps.includes(0) && !written.steps.includes(1);
}

async function readCursor(table: Table, pk: string): Promise<Cursor | undefined> {
  const item = await table.get({ pk, sk: 'CURSOR' });
  return item && CursorItem.parse(item);
}

async function readHeld(table: Table, pk: string, sequence: number): Promise<Envelope | undefined> {
  const item = await table.get(heldKey(pk, sequence));
  return item && HeldItem.parse(item).envelope;
}

function after(cursor: Cursor | undefined): number {
  return (cursor?.sequence ?? 0) + 1;
}

function inboxKey(envelope: Envelope): string {
  return `${inboxPrefix}${envelope.source}#${envelope.subject}`;
}

function heldKey(pk: string, sequence: number) {
  return { pk, sk: `HELD#${padded(sequence)}` };
}
