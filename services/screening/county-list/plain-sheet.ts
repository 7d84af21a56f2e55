import { maxRows } from './columns.ts';

/** Beyond these no list goes; a single cell further out would make a reader fill the whole rectangle before it. */
const maxColumn = 100;
const maxRow = 65_536;
const maxFilledRows = 2 * maxRows;
const maxCells = 300_000;

/** A cell holds 32,767 characters, escaped at most eight times that; the parser takes the square of longer ones. */
const maxTextLength = 262_144;

/** `name="value"` pairs, as every spreadsheet program writes them. */
const attributes = String.raw`(?:\s+[\w:.-]+\s*=\s*(?:"[^"<>]*"|'[^'<>]*'))*`;
const cellPattern = new RegExp(
  String.raw`<((?:[\w.-]+:)?)c(${attributes})\s*(?:\/>|>([^<]*(?:<(?!\/?(?:[\w.-]+:)?c[\s>\/])[^<]*)*)<\/\1c\s*>)`,
  'g',
);
const emptyRowPattern = new RegExp(String.raw`<((?:[\w.-]+:)?)row${attributes}\s*(?:\/>|>\s*<\/\1row\s*>)`, 'g');
const rowPattern = new RegExp(String.raw`<(?:[\w.-]+:)?row(${attributes})\s*>`, 'g');

export type PlainSheet =
  | { kind: 'plain'; xml: string }
  | { kind: 'too-far' }
  /** Not written as spreadsheet programs write it. */
  | { kind: 'unreadable' };

/**
 * Rewrites a worksheet so that a reader needs no limits of its own: cells without a value and rows without cells are
 * gone (programs write them down to row 1,048,576), every remaining address lies within the limits, and a formula or
 * an error value has become a text that begins with `=`, so that it is refused and not read as a value.
 */
export function plainSheet(xml: string): PlainSheet {
  // Comments and CDATA could hide cells from the patterns, and a document type could define entities.
  if (xml.includes('<!') || hasEndlessText(xml)) return { kind: 'unreadable' };
  let cells = 0;
  let odd = false;
  let far = false;
  const withoutEmptyCells = xml.replace(
    cellPattern,
    (cell, prefix: string, given: string, body: string | undefined) => {
      if (body === undefined || !/<(?:[\w.-]+:)?(?:v|is|f)[\s/>]/.test(body)) return '';
      const address = /^([A-Z]{1,3})([1-9][0-9]{0,6})$/.exec(attributeOf(given, 'r') ?? '');
      if (address === null) {
        odd = true;
        return '';
      }
      cells += 1;
      far ||= columnNumber(address[1] ?? '') > maxColumn || Number(address[2]) > maxRow;
      const fault = faultOf(given, body);
      if (fault === undefined) return cell;
      return `<${prefix}c r="${address[0]}" t="inlineStr"><${prefix}is><${prefix}t>=${fault}</${prefix}t></${prefix}is></${prefix}c>`;
    },
  );
  const plain = withoutEmptyCells.replace(emptyRowPattern, '');
  let rows = 0;
  for (const [, given = ''] of plain.matchAll(rowPattern)) {
    rows += 1;
    const number = attributeOf(given, 'r');
    // A row without a number stands where its cells say.
    if (number !== undefined && !/^[1-9][0-9]{0,6}$/.test(number)) odd = true;
    far ||= Number(number ?? 0) > maxRow;
    odd ||= number === undefined && /[\s:]r\s*=/.test(given);
  }
  // What the patterns did not recognise, a more lenient reader might: then nothing was checked.
  odd ||= count(plain, /<(?:[^\s<>/]*:)?c[\s>/]/g) !== cells || count(plain, /<(?:[^\s<>/]*:)?row[\s>/]/g) !== rows;
  if (odd) return { kind: 'unreadable' };
  far ||= rows > maxFilledRows || cells > maxCells;
  return far ? { kind: 'too-far' } : { kind: 'plain', xml: plain };
}

/** Said to the county when a cell lies too far out. */
export const tooFarMessage = `数据超出 ${maxRows} 行或 ${maxColumn} 列的范围，请删除表格下方和右侧的多余内容`;

function faultOf(given: string, body: string): string | undefined {
  if (/<(?:[\w.-]+:)?f[\s/>]/.test(body)) return '公式';
  return attributeOf(given, 't') === 'e' ? '错误值' : undefined;
}

/** An attribute by its local name; undefined too where it stands twice, under whatever prefix. */
function attributeOf(given: string, name: string): string | undefined {
  const found = [...given.matchAll(/\s(?:[\w.-]*:)*([\w.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)].filter(
    ([, local]) => local === name,
  );
  return found.length === 1 ? (found[0]?.[2] ?? found[0]?.[3]) : undefined;
}

function hasEndlessText(xml: string): boolean {
  let from = 0;
  while (from < xml.length) {
    const next = xml.indexOf('<', from);
    if ((next < 0 ? xml.length : next) - from > maxTextLength) return true;
    from = next < 0 ? xml.length : next + 1;
  }
  return false;
}

function columnNumber(letters: string): number {
  let number = 0;
  for (const letter of letters) number = number * 26 + letter.charCodeAt(0) - 64;
  return number;
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  while (pattern.exec(text) !== null) found += 1;
  return found;
}
