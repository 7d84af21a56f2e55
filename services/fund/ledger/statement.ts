import { parse } from 'csv-parse/sync';
import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Name } from './entry.ts';

/**
 * One line of a bank's statement of a special account. `inFen` is what came in, `outFen` what went out, one of them
 * nothing; `balanceFen` what the bank says is there afterwards, where it says so.
 */
export type StatementLine = {
  row: number;
  bookedOn: string;
  bankReference: string;
  inFen: bigint;
  outFen: bigint;
  balanceFen?: bigint;
};

export type Statement = { depository: string; lines: StatementLine[] };
export type BadRow = { row: number; code: 'columns-missing' | 'not-a-row' | 'in-and-out' | 'nothing-moved' };

/** 元 with at most two decimals, thousands separated or not; empty is nothing. */
export const Yuan = z
  .string()
  .trim()
  .regex(/^(|[0-9]{1,3}(,[0-9]{3})*(\.[0-9]{1,2})?|[0-9]+(\.[0-9]{1,2})?)$/)
  .transform((text) => {
    const [yuan = '', cents = ''] = text.replaceAll(',', '').split('.');
    return BigInt(yuan === '' ? 0 : yuan) * 100n + BigInt(cents.padEnd(2, '0'));
  });

const columns = { bookedOn: '交易日期', bankReference: '流水号', in: '收入', out: '支出', balance: '余额' } as const;

const Row = z.object({
  [columns.bookedOn]: z
    .string()
    .trim()
    .transform((text) => text.replaceAll('/', '-'))
    .pipe(LegalDate),
  [columns.bankReference]: z.string().trim().min(1).max(128),
  [columns.in]: Yuan,
  [columns.out]: Yuan,
  [columns.balance]: z.string().trim().optional(),
});

/**
 * Reads a statement that the bank gives as CSV, UTF-8, with the columns 交易日期, 流水号, 收入, 支出 and, if it has it, 余额.
 * A row that cannot be read makes the whole statement unread: half a statement would show differences that are none.
 */
export function readStatement(
  text: string,
  depository: string,
): { kind: 'read'; statement: Statement } | { kind: 'unreadable'; rows: BadRow[] } {
  const records = z
    .array(z.record(z.string(), z.string()))
    .safeParse(parse(text, { columns: true, bom: true, trim: true, skip_empty_lines: true, relax_column_count: true }));
  const bad: BadRow[] = [];
  const lines: StatementLine[] = [];
  const needed = [columns.bookedOn, columns.bankReference, columns.in, columns.out];
  for (const [place, record] of (records.data ?? []).entries()) {
    // The first row of the file is its head.
    const row = place + 2;
    const missing = needed.some((name) => record[name] === undefined);
    const parsed = Row.safeParse(record).data;
    const balance = Yuan.safeParse(parsed?.[columns.balance] ?? '');
    if (missing) bad.push({ row, code: 'columns-missing' });
    else if (parsed === undefined || !balance.success) bad.push({ row, code: 'not-a-row' });
    else if (parsed[columns.in] > 0n && parsed[columns.out] > 0n) bad.push({ row, code: 'in-and-out' });
    else if (parsed[columns.in] === 0n && parsed[columns.out] === 0n) bad.push({ row, code: 'nothing-moved' });
    else {
      const said = parsed[columns.balance] ?? '';
      lines.push({
        row,
        bookedOn: parsed[columns.bookedOn],
        bankReference: parsed[columns.bankReference],
        inFen: parsed[columns.in],
        outFen: parsed[columns.out],
        ...(said !== '' && { balanceFen: balance.data }),
      });
    }
  }
  if (!records.success) bad.push({ row: 1, code: 'not-a-row' });
  if (bad.length > 0) return { kind: 'unreadable', rows: bad };
  return { kind: 'read', statement: { depository: Name.parse(depository), lines } };
}
