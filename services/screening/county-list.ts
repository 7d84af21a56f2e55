import {
  csvMediaType,
  maxListBytes,
  workbookMediaType,
  type Failed,
  failed,
  layoutOf,
  type ListValues,
  type RowNote,
  type Table,
} from './county-list/columns.ts';
import { readCsv } from './county-list/read-csv.ts';
import { readWorkbook } from './county-list/read-workbook.ts';
import type { ListRow } from './county-list/rows.ts';

export {
  csvMediaType,
  listMediaTypes,
  maxListBytes,
  maxRows,
  workbookMediaType,
  type ListError,
  type ListValues,
  type RowNote,
} from './county-list/columns.ts';
export { judgeRows, type AcceptedRow, type ListReading, type ListRow, type ListScope } from './county-list/rows.ts';

/** What a file holds: its rows, with notes on the file itself, or why it is refused whole. */
export type CountyList = { kind: 'rows'; rows: ListRow[]; warnings: RowNote[] } | Failed;

/**
 * Reads the bytes of a county's list of that media type; rejects nothing that is a matter of a single row. Answers for
 * any bytes and never throws.
 */
export async function readCountyList(bytes: Uint8Array, mediaType: string): Promise<CountyList> {
  const table = await readTable(bytes, mediaType.split(';', 1)[0]?.trim().toLowerCase() ?? '');
  return table.kind === 'failed' ? table : rowsOf(table);
}

async function readTable(bytes: Uint8Array, mediaType: string): Promise<Table | Failed> {
  if (bytes.byteLength === 0) return failed('file_unreadable', '文件是空的');
  if (bytes.byteLength > maxListBytes) return failed('file_unreadable', '文件超过 4 MB');
  const content = contentOf(bytes);
  if (content === 'old-workbook') {
    return failed('file_unreadable', '这是旧版 Excel（.xls）或加密的工作簿，请另存为不加密的 .xlsx');
  }
  switch (mediaType) {
    case csvMediaType:
      return content === 'archive'
        ? failed('file_unreadable', '文件声明为 CSV，内容却是 Excel 工作簿')
        : readCsv(bytes);
    case workbookMediaType:
      if (content !== 'archive') return failed('file_unreadable', '文件声明为 Excel 工作簿，内容却不是 .xlsx');
      return readWorkbook(bytes);
    default:
      return failed('file_unreadable', '只接受 .xlsx 和 .csv 文件');
  }
}

/** What the first bytes say, whatever the sender does. */
function contentOf(bytes: Uint8Array): 'archive' | 'old-workbook' | 'other' {
  const signature = Buffer.from(bytes.subarray(0, 4)).toString('hex');
  if (signature === '504b0304') return 'archive';
  return signature === 'd0cf11e0' ? 'old-workbook' : 'other';
}

function rowsOf(table: Table): CountyList {
  const [first, ...data] = table.rows;
  const layout = layoutOf(first?.row === 1 ? first.cells : []);
  if (layout.kind === 'failed') return layout;
  const rows: ListRow[] = [];
  for (const { row, cells } of data) {
    const values: ListValues = {};
    for (const [key, position] of layout.positions) {
      const text = cells[position] ?? '';
      if (text !== '') values[key] = text;
    }
    // A numbered or remarked line without any of the list's columns is blank to us.
    if (Object.keys(values).length === 0) continue;
    // Text to the right of a CSV's columns means that an unquoted comma has moved the values.
    const shifted = table.kind === 'csv' && cells.slice(layout.width).some((cell) => cell !== '');
    rows.push({ row, values, ...(shifted && { shifted }) });
  }
  return { kind: 'rows', rows, warnings: layout.warnings };
}
