import { inflateRawSync } from 'node:zlib';
import { dynamoClient } from '../support/table.ts';
import { type Item, type Key, openTable, type Table, type Write } from '../../packages/table.ts';

/** A table whose user dies at one of its calls, and what lies in it, put back and compared. */

/** Before the call arrived, or after it took effect and before its answer came. */
export type Death = { call: number; when: 'before' | 'after' };
export type StoreCall = { operation: string; writes: boolean };

const reading = /^(?:Get|BatchGet|Query|Scan)/;

export function mortalTable(url: string, name: string) {
  const db = dynamoClient(url);
  let calls: StoreCall[] = [];
  let death: Death | undefined;
  db.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        calls.push({ operation: commandName, writes: !reading.test(commandName) });
        const since = calls.length - (death?.call ?? Number.POSITIVE_INFINITY);
        if (since < 0) return next(args);
        // Whoever is dead calls nobody any more.
        if (since === 0 && death?.when === 'after') await next(args);
        throw new Error('killed');
      },
    { step: 'initialize', name: 'mortality' },
  );
  return {
    table: openTable(db, name),
    /** Runs what dies there, or lives; answers what it asked of the store until then. */
    living: async <T>(work: () => Promise<T>, at?: Death): Promise<{ answer: T; calls: StoreCall[] }> => {
      [calls, death] = [[], at];
      try {
        const answer = await work();
        return { answer, calls: [...calls] };
      } finally {
        death = undefined;
      }
    },
    stop: (): void => db.destroy(),
  };
}

export type Snapshot = Map<string, Key & Item>;

export async function snapshot(table: Table): Promise<Snapshot> {
  const items: Snapshot = new Map();
  for await (const item of table.scan({ expression: 'attribute_exists(pk)' })) {
    const key = { pk: String(item['pk']), sk: String(item['sk']) };
    items.set(`${key.pk} ${key.sk}`, { ...item, ...key });
  }
  return items;
}

const stepsAtOnce = 90;

/** Puts the table back to where it was. */
export async function restore(table: Table, before: Snapshot): Promise<void> {
  const now = await snapshot(table);
  const steps: Write[] = [];
  for (const [name, { pk, sk }] of now) if (!before.has(name)) steps.push({ kind: 'delete', key: { pk, sk } });
  for (const [name, item] of before) {
    if (textOf(item) !== textOf(now.get(name))) steps.push({ kind: 'put', item });
  }
  for (let start = 0; start < steps.length; start += stepsAtOnce) {
    await table.transact(steps.slice(start, start + stepsAtOnce));
  }
}

function textOf(item: Item | undefined): string {
  return JSON.stringify(Object.entries(item ?? {}).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

/** What proves a call and not what it did: one more of each where it is said again. */
const proofs = /^(?:IDEMPOTENCY|NONCE)#/;

/** Names of attempts and requests, and the hashes over them: another each time the same is done. */
const passing = new Set(['writer', 'hash', 'previousHash', 'headHash', 'requestId']);
const requests = /request-\d+/g;

/** The table by its keys, as two that have the same history are equal. */
export function businessOf(items: Snapshot): Record<string, unknown> {
  const named = [...items.values()]
    .filter(({ pk }) => !proofs.test(pk))
    .map(({ pk, sk, ...item }) => [`${pk} ${sk}`.replaceAll(requests, 'request'), lasting(item)] as const);
  return Object.fromEntries(named.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}

function lasting(value: unknown): unknown {
  if (typeof value === 'string') {
    if (!/^[[{]/.test(value)) return value.replaceAll(requests, 'request');
    return lasting(JSON.parse(value));
  }
  if (Array.isArray(value)) return value.map(lasting);
  // The names of a commit's entries.
  if (value instanceof Uint8Array) return lasting(inflateRawSync(value).toString());
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, passing.has(name) ? '…' : lasting(part)]),
  );
}
