import { noHash } from '#packages/canonical';
import { isUnchanged, type Misfit, readAuditRow } from '#packages/audit';
import { addDays } from '#packages/calendar';
import { inPartition, type Item, type Key, type Table } from '#packages/table';
import { chainOf, dayPk, FiledRow, Seal, sealKey } from './day.ts';

const rowsAtOnce = 100;

export type VerifiedDay = { kind: 'intact'; root: string; rows: number } | { kind: 'unsealed' } | Misfit;

/**
 * Recomputes a sealed day from the rows themselves and names the first that does not fit. Where every row that is filed
 * fits but the root does not, a filing was added, removed or moved, and the seal itself is named.
 */
export async function verifyDay(table: Table, day: string): Promise<VerifiedDay> {
  const seal = Seal.optional().parse(await table.get(sealKey(day)));
  if (seal?.root === undefined || seal.rows === undefined) return { kind: 'unsealed' };
  const filed: FiledRow[] = [];
  for await (const item of table.each({ condition: inPartition(dayPk(day)) })) {
    filed.push(FiledRow.parse(item));
    if (filed.length === rowsAtOnce) {
      const misfit = await firstMisfit(table, filed.splice(0));
      if (misfit !== undefined) return misfit;
    }
  }
  const misfit = await firstMisfit(table, filed);
  if (misfit !== undefined) return misfit;

  const before = Seal.optional().parse(await table.get(sealKey(addDays(day, -1))));
  const ofSeal = (reason: string): Misfit => ({ kind: 'misfit', ...sealKey(day), reason });
  if (seal.previousRoot !== (before?.root ?? noHash)) return ofSeal('not-after-day-before');
  const chain = await chainOf(table, day, seal.previousRoot, 'sha256');
  if (chain.rows !== seal.rows) return ofSeal(chain.rows < seal.rows ? 'filing-removed' : 'filing-added');
  if (chain.root !== seal.root) return ofSeal('root');
  if (seal.rootSm3 !== undefined) {
    const previousSm3 = seal.previousRootSm3 ?? noHash;
    if (seal.rootSm3 !== (await chainOf(table, day, previousSm3, 'sm3')).root) return ofSeal('root-sm3');
  }
  return { kind: 'intact', root: seal.root, rows: seal.rows };
}

async function firstMisfit(table: Table, filed: FiledRow[]): Promise<Misfit | undefined> {
  const items = await table.getMany(filed.map(rowKey));
  const rows = new Map(items.map((item) => [`${String(item['pk'])} ${String(item['sk'])}`, item]));
  for (const filing of filed) {
    const reason = reasonAgainst(filing, rows.get(`${filing.rowPk} ${filing.rowSk}`));
    if (reason !== undefined) return { kind: 'misfit', ...rowKey(filing), reason };
  }
  return undefined;
}

function rowKey(filing: FiledRow): Key {
  return { pk: filing.rowPk, sk: filing.rowSk };
}

function reasonAgainst(filing: FiledRow, item: Item | undefined): string | undefined {
  if (item === undefined) return 'missing';
  const row = readAuditRow(item);
  if (row === undefined) return 'not-a-row';
  if (!isUnchanged(item)) return 'changed';
  return row.hash === filing.hash ? undefined : 'rewritten';
}
