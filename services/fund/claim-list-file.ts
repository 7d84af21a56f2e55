import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { ClaimList } from './contract/claim-list-schemas.ts';
import { Yuan } from './ledger/statement.ts';

/** Of the columns that people know, as a bank's list has them; an id that is left empty is not there. */
const columns = {
  claimId: '申请编号',
  loanId: '贷款编号',
  entitledFen: '应付',
  paidFen: '已付',
  refundedFen: '已退',
  status: '状态',
} as const;

const Row = z.object({
  [columns.claimId]: z.string().default(''),
  [columns.loanId]: z.string().default(''),
  [columns.entitledFen]: Yuan,
  [columns.paidFen]: Yuan,
  [columns.refundedFen]: Yuan,
  [columns.status]: z.string(),
});

/** Reads a list of claims as CSV, UTF-8, amounts in 元; names the rows that cannot be read, the head being row 1. */
export function readClaimListFile(
  text: string,
  { fundId, asOf }: { fundId: string; asOf: string },
): { kind: 'read'; list: ClaimList } | { kind: 'unreadable'; rows: number[] } {
  const rows: number[] = [];
  const claims: unknown[] = [];
  for (const [place, record] of recordsOf(text).entries()) {
    const row = Row.safeParse(record).data;
    if (row === undefined) {
      rows.push(place + 2);
      continue;
    }
    const [claimId, loanId] = [row[columns.claimId], row[columns.loanId]];
    claims.push({
      ...(claimId !== '' && { claimId }),
      ...(loanId !== '' && { loanId }),
      entitledFen: Number(row[columns.entitledFen]),
      paidFen: Number(row[columns.paidFen]),
      refundedFen: Number(row[columns.refundedFen]),
      status: row[columns.status],
    });
  }
  const list = ClaimList.safeParse({ fundId, asOf, claims });
  if (rows.length === 0 && list.success) return { kind: 'read', list: list.data };
  const wrong = (list.error?.issues ?? []).map(({ path }) => (typeof path[1] === 'number' ? path[1] + 2 : 1));
  return { kind: 'unreadable', rows: rows.length > 0 ? rows : [...new Set(wrong)] };
}

function recordsOf(text: string): unknown[] {
  try {
    return parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true });
  } catch {
    // A quote that never ends: nothing of it is a row.
    return [undefined];
  }
}
