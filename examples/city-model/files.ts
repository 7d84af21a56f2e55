import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countyListCsv, writeCountyList } from '../../services/screening/county-list-workbook.ts';
import { gb18030 } from '../../services/screening/county-list/gb18030.ts';
import type { City } from './city.ts';
import type { ListRow } from './enterprise.ts';

/** How each county keeps its list; the others send workbooks with spreadsheet dates. */
type Format = 'workbook' | 'workbook-text-dates' | 'csv-utf8' | 'csv-gb18030';
const formats: Record<string, Format> = {
  '411521': 'workbook-text-dates',
  '411523': 'csv-utf8',
  '411524': 'workbook-text-dates',
  '411528': 'csv-gb18030',
};

/** Writes the city into a folder: `lists/<division>.xlsx|csv`, `facts.jsonl`, `edge-cases.json`. Answers the names. */
export async function writeCity(city: City, folder: string): Promise<string[]> {
  await rm(join(folder, 'lists'), { recursive: true, force: true });
  await mkdir(join(folder, 'lists'), { recursive: true });
  const names = ['facts.jsonl', 'edge-cases.json'];
  await writeFile(join(folder, 'facts.jsonl'), factsText(city));
  await writeFile(join(folder, 'edge-cases.json'), `${JSON.stringify(city.edgeCases, null, 2)}\n`);
  for (const { divisionCode, rows } of city.lists) {
    const { name, bytes } = await listFile(divisionCode, rows);
    await writeFile(join(folder, 'lists', name), bytes);
    names.push(`lists/${name}`);
  }
  return names;
}

/** One line per enterprise: what either source knows of it. */
export function factsText(city: City): string {
  return city.facts.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** A county's list as the county keeps it; the same rows give the same bytes. */
export async function listFile(
  divisionCode: string,
  rows: readonly ListRow[],
): Promise<{ name: string; bytes: Buffer }> {
  const values = rows.map(cellsOf);
  const format = formats[divisionCode] ?? 'workbook';
  switch (format) {
    case 'csv-utf8':
      // With a byte-order mark, as spreadsheet programs write it.
      return { name: `${divisionCode}.csv`, bytes: Buffer.from(`\uFEFF${countyListCsv(values)}`) };
    case 'csv-gb18030':
      return { name: `${divisionCode}.csv`, bytes: gb18030(countyListCsv(values)) };
    case 'workbook':
    case 'workbook-text-dates': {
      const bytes = await writeCountyList(values, format === 'workbook' ? 'spreadsheet' : 'text');
      return { name: `${divisionCode}.xlsx`, bytes: withoutTimes(bytes) };
    }
  }
}

function cellsOf({ size, consent, ...row }: ListRow) {
  return { ...row, sizeClass: size, ...consent };
}

/**
 * Sets the times of writing inside a zip archive to its first day, 1 January 1980: the headers of the entries
 * (`PK 03 04`, time at 10) and of the directory (`PK 01 02`, time at 12, entry's offset at 42).
 */
function withoutTimes(zip: Buffer): Buffer {
  const firstDay = Buffer.from([0, 0, 0x21, 0]);
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  const entries = zip.readUInt16LE(end + 10);
  let at = zip.readUInt32LE(end + 16);
  for (let i = 0; i < entries; i += 1) {
    firstDay.copy(zip, at + 12);
    firstDay.copy(zip, zip.readUInt32LE(at + 42) + 10);
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return zip;
}
