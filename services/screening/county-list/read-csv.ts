import { CsvError, parse } from 'csv-parse/sync';
import { type Failed, failed, maxRows, type Table, type TableRow } from './columns.ts';

/** No honest row comes near this many characters; a file without line ends is not a list. */
const maxRecordLength = 100_000;

/** Reads CSV bytes in UTF-8 (with or without BOM) or GB18030. */
export function readCsv(bytes: Uint8Array): Table | Failed {
  const text = decode(bytes);
  if (text === undefined) return failed('file_unreadable', '文件编码应为 UTF-8 或 GB18030');
  // Almost any bytes decode as GB18030, but only text has no zeros.
  if (text.includes('\0')) return failed('file_unreadable', '不是文本文件；文件编码应为 UTF-8 或 GB18030');
  const rows: TableRow[] = [];
  // Blank lines are rows of the sheet too, so rows are counted here and not by the parser's lines.
  let row = 0;
  try {
    parse(text, {
      relax_column_count: true,
      max_record_size: maxRecordLength,
      on_record: (cells: string[]) => {
        row += 1;
        const texts = cells.map((cell) => cell.trim());
        // Kept in `rows` alone: a file of a million empty lines must not become a million arrays.
        if (texts.some((cell) => cell !== '')) rows.push({ row, cells: texts });
        if (rows.length > maxRows + 1) throw new TooManyRows();
        return null;
      },
    });
  } catch (error) {
    if (error instanceof TooManyRows) return failed('too_many_rows', `数据超过 ${maxRows} 行，请分成多个文件`);
    const where = error instanceof CsvError ? `第 ${row + 1} 行附近的引号或分隔符不正确` : '不是有效的 CSV 文件';
    return failed('file_unreadable', where);
  }
  return { kind: 'csv', rows };
}

class TooManyRows extends Error {}

/** Strict in both encodings: text that decodes with replacement characters is text that was misread. */
function decode(bytes: Uint8Array): string | undefined {
  for (const encoding of ['utf-8', 'gb18030']) {
    try {
      return new TextDecoder(encoding, { fatal: true }).decode(bytes);
    } catch {
      // Not this encoding; the next one, or none.
    }
  }
  return undefined;
}
