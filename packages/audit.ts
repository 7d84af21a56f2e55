import * as z from 'zod';
import type { Caller } from '#packages/access';
import { Instant } from '#packages/calendar';
import { canonical, hashOfText, noHash } from '#packages/canonical';
import { jsonText } from '#packages/json-text';
import { absent, inPartition, type Item, type Table, type Write } from '#packages/table';
import { Digest } from '#packages/words';

export const auditPrefix = 'AUDIT#';
const sequenceDigits = 10;

/** Who did it, by identifiers only. `issuer` tells whose subject `id` is, for people. */
export const AuditActor = z.strictObject({
  type: z.enum(['person', 'partner', 'system']),
  id: z.string().min(1),
  issuer: z.string().optional(),
  role: z.string().min(1),
});
export type AuditActor = z.output<typeof AuditActor>;

/** The caller as audit rows name it: identifiers, never names. */
export function actorOf(caller: Caller): AuditActor {
  return caller.kind === 'person'
    ? { type: 'person', id: caller.sub, issuer: caller.issuer, role: caller.role }
    : { type: 'partner', id: caller.partnerId, role: caller.role };
}

/** `before` and `after` are digests of the state, not the state. `hash` is over all the rest. */
export const AuditRow = z.strictObject({
  pk: z.string(),
  sk: z.string().startsWith(auditPrefix),
  sequence: z.int().positive(),
  prevHash: Digest,
  at: Instant,
  requestId: z.string(),
  actor: AuditActor,
  action: z.string().min(1),
  resource: z.string().min(1),
  outcome: z.string().min(1),
  reason: z.string().optional(),
  before: Digest.optional(),
  after: Digest.optional(),
  hash: Digest,
});
export type AuditRow = z.output<typeof AuditRow>;

/** The last row of an aggregate: its next change needs it, so the aggregate's own item keeps it. */
export type AuditHead = { sequence: number; hash: string };

export type AuditEntry = Omit<AuditRow, 'sk' | 'sequence' | 'prevHash' | 'hash'> & { previous: AuditHead | undefined };

/**
 * The step that records a change, for the transaction of the change. Each row holds the hash of its aggregate's row
 * before; nothing is shared with other aggregates, so that changes of two never meet. `head` is what the next needs.
 */
export function auditWrite({ previous, ...entry }: AuditEntry): { write: Write; head: AuditHead } {
  const sequence = (previous?.sequence ?? 0) + 1;
  const bare = {
    ...entry,
    sk: `${auditPrefix}${String(sequence).padStart(sequenceDigits, '0')}`,
    sequence,
    prevHash: previous?.hash ?? noHash,
  };
  const item = auditItem(bare);
  const { hash } = AuditRow.parse({ ...bare, hash: item.hash });
  return { write: { kind: 'put', item, condition: absent }, head: { sequence, hash } };
}

/**
 * A row as it lies in its aggregate's partition: its RFC 8785 form, and the SHA-256 of just these bytes, in hex. So
 * anybody can check it with what computes a digest of a text; `at` is there for those who look for rows by time.
 */
const StoredRow = z.strictObject({
  pk: z.string(),
  sk: z.string(),
  at: z.string(),
  row: z.string(),
  hash: Digest,
});

const RowText = jsonText(AuditRow.omit({ hash: true }));

export function auditItem(row: Omit<AuditRow, 'hash'>): z.output<typeof StoredRow> {
  const text = canonical(row);
  return { pk: row.pk, sk: row.sk, at: row.at, row: text, hash: hashOfText(text) };
}

/** The row that an item holds; undefined where it holds none, or says of itself something else than the row does. */
export function readAuditRow(item: Item): AuditRow | undefined {
  const stored = StoredRow.safeParse(item).data;
  if (stored === undefined) return undefined;
  const { row: text, hash, ...said } = stored;
  const row = RowText.safeParse(text).data;
  return row?.pk === said.pk && row.sk === said.sk && row.at === said.at ? { ...row, hash } : undefined;
}

/** Whether the text of a row is still the one that its hash was taken of. */
export function isUnchanged(item: Item): boolean {
  return item['hash'] === hashOfText(String(item['row']));
}

export function sha256(value: unknown): string {
  return digest('sha256', value);
}

/** Hex digest of a value's RFC 8785 form. */
export function digest(algorithm: 'sha256' | 'sm3', value: unknown): string {
  return hashOfText(canonical(value), algorithm);
}

export type Misfit = { kind: 'misfit'; pk: string; sk: string; reason: string };

/** Recomputes an aggregate's chain; names the first row that does not fit. */
export async function verifyAggregate(
  table: Table,
  pk: string,
): Promise<{ kind: 'intact'; head: AuditHead | undefined } | Misfit> {
  let head: AuditHead | undefined;
  const condition = inPartition(pk, auditPrefix);
  for await (const item of table.each({ condition })) {
    const sk = String(item['sk']);
    const row = readAuditRow(item);
    if (row === undefined) return { kind: 'misfit', pk, sk, reason: 'not-a-row' };
    if (row.sequence !== (head?.sequence ?? 0) + 1) return { kind: 'misfit', pk, sk, reason: 'row-before-missing' };
    if (row.prevHash !== (head?.hash ?? noHash)) return { kind: 'misfit', pk, sk, reason: 'not-after-row-before' };
    if (!isUnchanged(item)) return { kind: 'misfit', pk, sk, reason: 'changed' };
    head = { sequence: row.sequence, hash: row.hash };
  }
  return { kind: 'intact', head };
}
