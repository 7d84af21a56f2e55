import writeXlsxFile, { type Cell } from 'write-excel-file/node';
import { LegalDate } from '#packages/calendar';
import {
  type ColumnKey,
  columns,
  dateColumns,
  errorHeaders,
  type ListValues,
  type RowNote,
  sizeWords,
} from './county-list/columns.ts';
import type { ListRow } from './county-list/rows.ts';
import type { ConsentGrant, Nomination } from './nomination.ts';

/** The texts of a list's row for that nomination and consent, as a county would write them. */
export function listValues(nomination: Nomination, consent?: ConsentGrant): ListValues {
  const { sizeClass, ...plain } = nomination;
  const word = Object.entries(sizeWords).find(([, size]) => size === sizeClass)?.[0] ?? '';
  const values: ListValues = { ...plain, sizeClass: word };
  if (consent === undefined) return values;
  const { grantedOn, expiresOn, evidenceDigest } = consent;
  return { ...values, grantedOn, expiresOn, evidenceDigest };
}

/**
 * Writes a list as `.xlsx`. Dates are spreadsheet dates, as a county's clerk would type them, unless `text` is asked
 * for; what is not a day stays the text it is. The same rows give a readable list, not necessarily the same bytes.
 */
export async function writeCountyList(
  rows: readonly ListValues[],
  dates: 'spreadsheet' | 'text' = 'spreadsheet',
): Promise<Buffer> {
  const data = rows.map((values) => columns.map(({ key }) => cellOf(key, values[key], dates)));
  return workbook('企业名单', columns.map(headerOf), data, columns.map(widthOf));
}

/** Writes a list as CSV text: UTF-8 without BOM when encoded as it is, lines ended as spreadsheet programs do. */
export function countyListCsv(rows: readonly ListValues[]): string {
  const lines = [columns.map(headerOf), ...rows.map((values) => columns.map(({ key }) => values[key] ?? ''))];
  return lines.map((cells) => `${cells.map(csvCell).join(',')}\r\n`).join('');
}

/**
 * Writes the rejected rows with their row numbers and reasons, in the columns of the list, so that the county can
 * correct them and send this very file again.
 */
export async function writeRowErrors(rows: readonly ListRow[], rejected: readonly RowNote[]): Promise<Buffer> {
  const values = new Map(rows.map((row) => [row.row, row.values]));
  const data = rejected.map(({ row, message }) => [
    ...columns.map(({ key }) => cellOf(key, values.get(row)?.[key], 'text')),
    text(`第 ${row} 行`),
    text(message),
  ]);
  const headers = [...columns.map(headerOf), ...errorHeaders];
  return workbook('待更正', headers, data, [...columns.map(widthOf), 10, 60]);
}

type ColumnOf = (typeof columns)[number];

function headerOf({ header, required }: ColumnOf): string {
  return required ? `${header}*` : header;
}

function widthOf({ key }: ColumnOf): number {
  return key === 'name' ? 36 : 20;
}

function cellOf(key: ColumnKey, value: string | undefined, dates: 'spreadsheet' | 'text'): Cell {
  if (value === undefined) return null;
  // A day that does not exist stays the text it is: as a date it would silently become another.
  if (dates === 'spreadsheet' && dateColumns.includes(key) && LegalDate.safeParse(value).success) {
    return { type: Date, value: new Date(`${value}T00:00:00.000Z`), format: 'yyyy-mm-dd' };
  }
  return text(value);
}

/** Declared as text, so that no program takes a code for a number or a text for a formula. */
function text(value: string): Cell {
  return { type: String, value, format: '@' };
}

async function workbook(
  sheet: string,
  headers: readonly string[],
  data: readonly Cell[][],
  widths: readonly number[],
): Promise<Buffer> {
  const head = headers.map((value): Cell => ({ type: String, value, fontWeight: 'bold' }));
  const columnWidths = widths.map((width) => ({ width }));
  return writeXlsxFile([head, ...data], { sheet, columns: columnWidths, stickyRowsCount: 1 }).toBuffer();
}

function csvCell(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
