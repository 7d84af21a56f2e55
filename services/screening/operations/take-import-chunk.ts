import type { AuditActor } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import { listGrants, sameNomination } from '../domain.ts';
import { enterpriseWrites, getHeads, type Head } from '../store/enterprise.ts';
import { type ChunkResult, getImport, importChunkResult, rowsKey, TakenRow } from '../store/import.ts';
import type { Context, Deps } from './context.ts';
import { withNomination } from './nominate-enterprise.ts';
import { withConsent } from './record-consent.ts';

type Taken = { uscc: string; result: keyof ChunkResult; writes: Write[] };

/**
 * Writes a chunk of a list's rows down. A row that says what is known already is `unchanged`; a chunk that is started
 * again knows its own rows by the import's id and counts them as it did before.
 */
export function takeImportChunk({ table, files }: Pick<Deps, 'table' | 'files'>) {
  return async (
    chunk: { importId: string; chunk: number; from: number; bytes: number },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const { importId, from, bytes } = chunk;
    const [head, lines] = await Promise.all([
      getImport(table, importId),
      files.get(rowsKey(importId), { from, bytes }),
    ]);
    if (head === undefined) throw new Error(`import ${importId} is not there yet`);
    const actor: AuditActor = { type: 'person', ...head.receivedFrom };
    let rows = Buffer.from(lines)
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => TakenRow.parse(JSON.parse(line)));

    const result: ChunkResult = { accepted: 0, unchanged: 0 };
    await untilSettled(async () => {
      const heads = await getHeads(
        table,
        rows.map((row) => row.nomination.uscc),
      );
      const moved = new Set<string>();
      for (const batch of batches(rows, heads, importId, actor, context)) {
        const writes = batch.flatMap((taken) => taken.writes);
        const written = writes.length === 0 ? 'written' : await commit(table, writes, noReceipt, done(undefined));
        for (const taken of batch) {
          if (written === 'moved') moved.add(taken.uscc);
          else result[taken.result] += 1;
        }
      }
      rows = rows.filter((row) => moved.has(row.nomination.uscc));
      return rows.length === 0 ? 'settled' : 'moved';
    });

    const outcome = done(undefined);
    await commit(table, [importChunkResult(importId, chunk.chunk, result)], context.receipt, outcome);
    return outcome;
  };
}

/** Several rows go in one transaction while they fit. */
function* batches(
  rows: readonly TakenRow[],
  heads: Map<string, Head>,
  importId: string,
  actor: AuditActor,
  context: Context,
): Generator<Taken[]> {
  let batch: Taken[] = [];
  let steps = 0;
  for (const row of rows) {
    const taken = takeRow(row, heads.get(row.nomination.uscc), importId, actor, context);
    if (steps + taken.writes.length > maxTransactionSteps) {
      yield batch;
      batch = [];
      steps = 0;
    }
    batch.push(taken);
    steps += taken.writes.length;
  }
  if (batch.length > 0) yield batch;
}

function takeRow(
  { nomination, consent }: TakenRow,
  head: Head | undefined,
  importId: string,
  actor: AuditActor,
  context: Context,
): Taken {
  const { uscc } = nomination;
  const known = head?.nominations.find((one) => one.divisionCode === nomination.divisionCode);
  const nominated = known === undefined || !sameNomination(known, nomination);
  const before = nominated || head === undefined ? withNomination(head, nomination, context.now, importId) : head;
  const grants = consent !== undefined && listGrants(head?.consent, consent);
  const granted = grants
    ? withConsent(before, consent, context.now, importId)
    : { state: before, events: [], beside: [] };
  if (!nominated && granted.events.length === 0) {
    const ours = known.importId === importId || head?.consent?.importId === importId;
    return { uscc, result: ours ? 'accepted' : 'unchanged', writes: [] };
  }
  const audit = { actor, action: 'enterprise.import', outcome: 'done', reason: importId };
  return { uscc, result: 'accepted', writes: enterpriseWrites(head, { ...granted, audit }, context) };
}
