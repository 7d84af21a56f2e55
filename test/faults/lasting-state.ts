import { verifyAggregate } from '#packages/audit';
import type { Table } from '#packages/table';
import { snapshot } from './crashes.ts';

/** What a service's table has come to, in a form in which two cities that lived the same are equal. */

const moments = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;
/** Hashes over moments, and ids that are drawn. */
const drawn = /\b(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/g;
/** Where the city's own issuer of tokens answers. */
const addresses = /http:\/\/127\.0\.0\.1:\d+/g;
const passing = new Set([
  'writer',
  'hash',
  'prevHash',
  'headHash',
  'requestId',
  'expiresAt',
  'outboxAt',
  'outboxShard',
]);

/** Proofs of calls and messages, and what only files what lies elsewhere: as many as there were attempts. */
const uncompared = /^(?:IDEMPOTENCY#|NONCE#|INBOX|AUDITDAY#|AUDITSEAL)/;
/** Of these there are as many, whatever order they came in. */
const commit = /^LEDGER#[^#]+ B#/;

export type LastingState = { items: string[]; commits: number; wrong: string[] };

export async function lastingState(table: Table): Promise<LastingState> {
  const items: string[] = [];
  const wrong: string[] = [];
  let commits = 0;
  let [audited, filed] = [0, 0];
  for (const [name, { pk, sk, ...item }] of await snapshot(table)) {
    if (sk.startsWith('AUDIT#')) audited += 1;
    if (pk.startsWith('AUDITDAY#')) filed += 1;
    if (sk.startsWith('EVENT#') && item['relayedAt'] === undefined) wrong.push(`${name} was not relayed`);
    if (sk.startsWith('HELD#')) wrong.push(`${name} is held`);
    if (sk === 'HEAD' && item['head'] !== undefined) {
      const chain = await verifyAggregate(table, pk);
      if (chain.kind === 'misfit') wrong.push(`${pk}: ${chain.reason} at ${chain.sk}`);
    }
    if (commit.test(name)) commits += 1;
    else if (!uncompared.test(name)) items.push(JSON.stringify([lasting(name), lasting(item)]));
  }
  if (filed !== audited) wrong.push(`${filed} audit rows filed of ${audited}`);
  return { items: items.toSorted(), commits, wrong };
}

/** A value without moments, hashes over them, and what is drawn. */
export function lasting(value: unknown): unknown {
  if (typeof value === 'string') {
    return /^[[{]/.test(value)
      ? lasting(JSON.parse(value))
      : value.replaceAll(moments, '…').replaceAll(drawn, '…').replaceAll(addresses, '…');
  }
  if (Array.isArray(value)) return value.map(lasting);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, passing.has(name) ? '…' : lasting(part)] as const);
  return Object.fromEntries(parts.toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
