import { commit } from '#packages/commit';
import { done, type Outcome } from '#packages/outcome';
import type { Write } from '#packages/table';
import { judgeRows } from '../county-list/rows.ts';
import { readCountyList, workbookMediaType } from '../county-list.ts';
import { writeRowErrors } from '../county-list-workbook.ts';
import { importMachine } from '../machines.ts';
import {
  errorsKey,
  fileKey,
  getImport,
  type ImportHead,
  importChunkEvent,
  putFindings,
  putImport,
  rowsKey,
  type TakenRow,
} from '../store/import.ts';
import type { Context, Deps } from './context.ts';

/** Rows per chunk: with ten thousand rows, all chunks' events, the head and the receipt fit one transaction. */
const chunkRows = 125;

/**
 * Reads a list and cuts it into chunks of rows. A file that cannot be read is refused whole; otherwise each row is
 * taken or rejected on its own, and the rejected ones are kept with their reasons.
 */
export function cutImport({ table, files }: Pick<Deps, 'table' | 'files'>) {
  return async ({ importId }: { importId: string }, context: Context): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const head = await getImport(table, importId);
    if (head === undefined) throw new Error(`import ${importId} is not there yet`);
    const [whole, refused] = [importMachine.next(head.status, 'cut'), importMachine.next(head.status, 'refuse')];
    // Read before, by a delivery whose receipt this one will find.
    if (whole === undefined || refused === undefined) return outcome;
    const bytes = await files.get(fileKey(importId));
    const list = await readCountyList(bytes, head.mediaType);
    if (list.kind === 'failed') {
      const failed: ImportHead = { ...head, status: refused, error: list.error };
      await commit(table, [putImport(failed)], context.receipt, outcome);
      return outcome;
    }

    const { divisionCode, parkId } = head.scope;
    const {
      accepted,
      rejected,
      warnings: rowWarnings,
    } = judgeRows(list.rows, {
      ...(divisionCode !== undefined && { divisionCode }),
      ...(parkId !== undefined && { parkId }),
    });
    const warnings = [...list.warnings, ...rowWarnings];
    const { text, parts } = cut(accepted);
    if (parts.length > 0) await files.put(rowsKey(importId), text, 'application/x-ndjson');
    const findings = rejected.length + warnings.length > 0;
    if (findings) await putFindings(files, importId, { rejected, warnings });
    const rejects = rejected.length > 0;
    if (rejects) await files.put(errorsKey(importId), await writeRowErrors(list.rows, rejected), workbookMediaType);
    const rows = accepted.length + rejected.length;
    const writes: Write[] = [
      putImport({ ...head, status: whole, rows, chunks: parts.length, findings, rejects }),
      ...parts.map((part, chunk) => importChunkEvent(importId, chunk, part, context.now)),
    ];
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}

/** One line per row; a chunk is so many bytes of it, so that its worker reads its own part and no more. */
function cut(rows: readonly TakenRow[]): { text: Buffer; parts: { from: number; bytes: number }[] } {
  const pieces: Buffer[] = [];
  const parts: { from: number; bytes: number }[] = [];
  let from = 0;
  for (let start = 0; start < rows.length; start += chunkRows) {
    const lines = rows.slice(start, start + chunkRows).map((row) => `${JSON.stringify(row)}\n`);
    const piece = Buffer.from(lines.join(''));
    pieces.push(piece);
    parts.push({ from, bytes: piece.length });
    from += piece.length;
  }
  return { text: Buffer.concat(pieces), parts };
}
