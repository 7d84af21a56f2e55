/**
 * The columns of a county's list, in the order in which we write them; a county may order them as it likes. One table
 * for reading, writing and wording errors.
 */
export const columns = [
  { key: 'uscc', header: '统一社会信用代码', required: true },
  { key: 'name', header: '企业名称', required: true },
  { key: 'divisionCode', header: '行政区划代码', required: true },
  { key: 'sizeClass', header: '企业规模', required: true },
  { key: 'industryCode', header: '行业代码', required: true },
  { key: 'foundedOn', header: '成立日期', required: true },
  { key: 'parkId', header: '园区编号', required: false },
  { key: 'legalRepresentative', header: '法定代表人', required: false },
  { key: 'grantedOn', header: '授权日期', required: false },
  { key: 'expiresOn', header: '授权到期日', required: false },
  { key: 'evidenceDigest', header: '授权文件摘要', required: false },
] as const;

export type ColumnKey = (typeof columns)[number]['key'];

/** What we add to the rejected rows; a county sends them back with the rest, and they are read past. */
export const errorHeaders = ['原行号', '问题'] as const;

/** Columns that hold a day. */
export const dateColumns: readonly ColumnKey[] = ['foundedOn', 'grantedOn', 'expiresOn'];

/** The texts of one row by column; an empty cell has no entry. */
export type ListValues = { [Key in ColumnKey]?: string | undefined };

/** 企业规模 as counties write it. */
export const sizeWords = { 微型: 'micro', 小型: 'small', 中型: 'medium', 大型: 'large' } as const;

/** The sheet, before anything is known of its columns: texts by sheet row number, blank rows left out. */
export type Table = { rows: TableRow[]; kind: 'workbook' | 'csv' };
export type TableRow = { row: number; cells: readonly string[] };

/** Something to say about a row: `row` is the sheet's row number, 1 the headers, 2 the first data row. */
export type RowNote = { row: number; code: string; message: string };

/** Why a file is refused whole. */
export type ListError = {
  code: 'file_unreadable' | 'column_missing' | 'column_duplicate' | 'too_many_rows';
  message: string;
};
export type Failed = { kind: 'failed'; error: ListError };

/** Refuses the file, with the sentence the county reads. */
export function failed(code: ListError['code'], message: string): Failed {
  return { kind: 'failed', error: { code, message } };
}

export const csvMediaType = 'text/csv';
export const workbookMediaType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** A county's list comes in one of these. */
export const listMediaTypes = [csvMediaType, workbookMediaType] as const;

/** The largest file that is looked at, in bytes. */
export const maxListBytes = 4 * 1024 * 1024;

/** A list may have this many enterprises; more come as several files. */
export const maxRows = 10_000;

/** Which cell of a row holds which column. */
export type Layout = { kind: 'layout'; positions: ReadonlyMap<ColumnKey, number>; width: number; warnings: RowNote[] };

/** Finds the columns by their headers. Required ones must be there, none may be there twice, others are left aside. */
export function layoutOf(headers: readonly string[]): Layout | Failed {
  const positions = new Map<ColumnKey, number>();
  const warnings: RowNote[] = [];
  for (const [position, header] of headers.entries()) {
    const text = plainHeader(header);
    const column = columns.find((known) => known.header === text);
    if (column === undefined) {
      if (text !== '' && !errorHeaders.some((known) => known === text)) warnings.push(unknownColumn(header));
    } else if (positions.has(column.key)) {
      return failed('column_duplicate', `表头「${column.header}」出现了两次`);
    } else positions.set(column.key, position);
  }
  const missing = columns.filter((column) => column.required && !positions.has(column.key));
  if (missing.length > 0) {
    return failed('column_missing', `第 1 行缺少必填列：${missing.map((column) => `「${column.header}」`).join('')}`);
  }
  return { kind: 'layout', positions, width: headers.length, warnings };
}

/**
 * A header without what counties decorate it with: blanks and line breaks, the star of required columns and a hint in
 * brackets, in half or full width.
 */
function plainHeader(header: string): string {
  return header
    .slice(0, 200)
    .normalize('NFKC')
    .replace(/[\s\p{Cf}*]/gu, '')
    .replace(/\(.*$/u, '');
}

function unknownColumn(header: string): RowNote {
  const shown = header.length > 40 ? `${header.slice(0, 40)}…` : header;
  return { row: 1, code: 'column_unknown', message: `不认识的列「${shown}」未读取` };
}
