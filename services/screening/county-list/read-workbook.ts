import { readSheet } from 'read-excel-file/node';
import { type Failed, failed, maxRows, type Table, type TableRow } from './columns.ts';
import { plainSheet, tooFarMessage } from './plain-sheet.ts';
import { readZip, writeZip } from './zip.ts';

/** The parts of a workbook that hold its cells: not its pictures, charts, comments and macros. */
const cellParts = /^xl\/(?:_rels\/workbook\.xml\.rels|[\w.-]+\.xml|worksheets\/[\w.-]+\.xml)$/;

/** A list of 10,000 rows unpacks to about 8 MB. */
const limits = { maxEntries: 1_000, maxBytes: 24 * 1024 * 1024 };

/** The parser's look at a number format takes the square of its length. Spreadsheet programs allow 255 characters. */
const longFormat = /formatCode\s*=\s*(?:"[^"]{500}|'[^']{500})/;

/** Longer texts are nonsense here, and one shared text may stand in a million cells: it is cut before it is looked at. */
const maxTextLength = 2_000;

/**
 * Reads the first sheet of an `.xlsx` workbook. The parser allocates what an archive declares and fills every
 * rectangle a cell address spans, so it is only ever given an archive written here, from parts that were checked.
 */
export async function readWorkbook(bytes: Uint8Array): Promise<Table | Failed> {
  const unreadable = failed('file_unreadable', '不是有效的 Excel 工作簿（.xlsx），或文件已损坏、已加密');
  try {
    const parts = readZip(bytes, (name) => cellParts.test(name), limits);
    for (const [name, part] of parts) {
      const xml = plainCharacters(new TextDecoder('utf-8', { fatal: true }).decode(part));
      if (xml.includes('<!DOCTYPE') || longFormat.test(xml)) return unreadable;
      const sheet = /<(?:[^\s<>/]*:)?sheetData[\s/>]/.test(xml) ? plainSheet(xml) : { kind: 'plain' as const, xml };
      if (sheet.kind === 'too-far') return failed('too_many_rows', tooFarMessage);
      if (sheet.kind === 'unreadable') return unreadable;
      parts.set(name, Buffer.from(sheet.xml, 'utf8'));
    }
    // Numbers stay the text that is in the file: as floating point they would lose digits of a code.
    return tableOf(await readSheet(writeZip(parts), { trim: false, parseNumber: (text) => text }));
  } catch {
    // Whatever the bytes made a parser throw, it says the same: this is no workbook.
    return unreadable;
  }
}

/**
 * Writes characters beyond U+FFFF as themselves where the file has their number: the parser keeps 16 bits of it, which
 * turns a rare character of a name (𬭼) into another one (쭼).
 */
function plainCharacters(xml: string): string {
  return xml.replace(/&#(?:x([0-9a-f]{5,8})|([0-9]{5,8}));/gi, (reference, hex?: string, decimal?: string) => {
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point > 0xffff && point <= 0x10ffff ? String.fromCodePoint(point) : reference;
  });
}

function tableOf(sheet: readonly (readonly unknown[])[]): Table | Failed {
  const rows: TableRow[] = [];
  for (const [index, cells] of sheet.entries()) {
    const texts = cells.map(cellText);
    if (texts.every((text) => text === '')) continue;
    rows.push({ row: index + 1, cells: texts });
    if (rows.length > maxRows + 1) return failed('too_many_rows', `数据超过 ${maxRows} 行，请分成多个文件`);
  }
  return { kind: 'workbook', rows };
}

function cellText(cell: unknown): string {
  if (typeof cell === 'string') return cell.slice(0, maxTextLength).trim();
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (cell instanceof Date) return dateText(cell);
  return '';
}

/**
 * A spreadsheet's date has no zone; the parser gives its wall clock as if it were UTC, and so it is read. Times are
 * fractions of a day: half a second puts right the one that fell short of midnight.
 */
function dateText(date: Date): string {
  const rounded = new Date(date.getTime() + 500);
  return Number.isNaN(rounded.getTime()) ? '' : rounded.toISOString().slice(0, 10);
}
