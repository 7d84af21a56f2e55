import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { csvMediaType, judgeRows, readCountyList, workbookMediaType } from '../county-list.ts';
import { countyListCsv, writeCountyList } from '../county-list-workbook.ts';
import { gb18030 } from './gb18030.ts';
import { readWorkbook } from './read-workbook.ts';
import { readZip, writeZip } from './zip.ts';

const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';

/** A workbook of that sheet, laid out as spreadsheet programs do it. Style 1 is `yyyy年m月d日`, style 2 built-in 14, style 3 built-in 31. */
function workbook(sheet: string, more: Record<string, string | Buffer> = {}, properties = ''): Buffer {
  const parts: Record<string, string | Buffer> = {
    '[Content_Types].xml': '<Types/>',
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}">${properties}<sheets><sheet name="名单" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships><Relationship Id="rId1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="${office}/styles" Target="styles.xml"/><Relationship Id="rId3" Type="${office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
    'xl/styles.xml': `<styleSheet xmlns="${main}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;;@"/></numFmts><cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="31"/></cellXfs></styleSheet>`,
    'xl/worksheets/sheet1.xml': `<?xml version="1.0" encoding="UTF-8"?>\n<worksheet xmlns="${main}"><sheetData>${sheet}</sheetData></worksheet>`,
    ...more,
  };
  return writeZip(new Map(Object.entries(parts).map(([name, part]) => [name, Buffer.from(part as string)])));
}

const text = (address: string, value: string) => `<c r="${address}" t="inlineStr"><is><t>${value}</t></is></c>`;
const unreadable = { kind: 'failed', error: { code: 'file_unreadable' } };

test('dates are the day the sheet shows, by whatever format, epoch, fraction or zone', async () => {
  const row =
    '<row r="1"><c r="A1" s="1"><v>42064</v></c><c r="B1" s="2"><v>42064.99</v></c><c r="C1" s="3"><v>42063.9999999</v></c><c r="D1"><v>42064</v></c></row>';
  expect(await readWorkbook(workbook(row))).toEqual({
    kind: 'workbook',
    // A number that is not formatted as a date is a number.
    rows: [{ row: 1, cells: ['2015-03-01', '2015-03-01', '2015-03-01', '42064'] }],
  });
  const from1904 = workbook('<row r="1"><c r="A1" s="1"><v>40602</v></c></row>', {}, '<workbookPr date1904="1"/>');
  expect(await readWorkbook(from1904)).toMatchObject({ rows: [{ cells: ['2015-03-01'] }] });
});

test('numbers keep every digit that the file has', async () => {
  const row =
    '<row r="1"><c r="A1"><v>914403001922038216</v></c><c r="B1"><v>9.1440300192203802E17</v></c><c r="C1"><v>411502</v></c></row>';
  expect(await readWorkbook(workbook(row))).toMatchObject({
    rows: [{ cells: ['914403001922038216', '9.1440300192203802E17', '411502'] }],
  });
});

test('shared, rich and phonetic texts are read as they look', async () => {
  const strings = `<sst xmlns="${main}"><si><t xml:space="preserve"> 浉河 </t></si><si><r><t>信</t></r><r><rPr/><t>阳</t></r><rPh sb="0" eb="1"><t>xin</t></rPh></si><si><t>甲&amp;乙&#x2CB7C;&#183164;&#x4e19;</t></si></sst>`;
  const row = '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="s"><v>2</v></c></row>';
  expect(await readWorkbook(workbook(row, { 'xl/sharedStrings.xml': strings }))).toMatchObject({
    rows: [{ cells: ['浉河', '信阳', '甲&乙𬭼𬭼丙'] }],
  });
});

test('formulas and error values are not taken for values', async () => {
  const row = `<row r="1">${text('A1', '甲')}<c r="B1"><f>1+1</f><v>2</v></c><c r="C1" t="str"><f>A1</f><v>甲</v></c><c r="D1" t="e"><v>#N/A</v></c><c r="E1" t="s"><f/></c></row>`;
  expect(await readWorkbook(workbook(row))).toMatchObject({
    rows: [{ cells: ['甲', '=公式', '=公式', '=错误值', '=公式'] }],
  });
});

test('cells and rows without content are no content, however far they reach', async () => {
  const sheet = `<row r="1">${text('A1', '甲')}<c r="B1" s="1"/><c r="XFD1" s="1"></c></row><row r="2"/><row r="3"><c r="A3" s="1"/></row><row r="5">${text('C5', '乙')}</row><row r="1048576" ht="20"><c r="A1048576" s="1"/></row>`;
  expect(await readWorkbook(workbook(sheet))).toEqual({
    kind: 'workbook',
    rows: [
      { row: 1, cells: ['甲', '', ''] },
      { row: 5, cells: ['', '', '乙'] },
    ],
  });
});

test('names with a prefix are the same sheet', async () => {
  const sheet =
    '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>甲</x:t></x:is></x:c><x:c r="B1"><x:f>1</x:f></x:c></x:row>';
  const xml = `<x:worksheet xmlns:x="${main}"><x:sheetData>${sheet}</x:sheetData></x:worksheet>`;
  expect(await readWorkbook(workbook('', { 'xl/worksheets/sheet1.xml': xml }))).toMatchObject({
    rows: [{ cells: ['甲', '=公式'] }],
  });
});

test.each([
  ['a cell far below', `<row r="1048576">${text('A1048576', '甲')}</row>`],
  ['a cell far to the right', `<row r="1">${text('XFD1', '甲')}</row>`],
  ['a row number of its own', `<row r="9999999">${text('A1', '甲')}</row>`],
])('%s is too many rows', async (_case, sheet) => {
  expect(await readWorkbook(workbook(sheet))).toMatchObject({ kind: 'failed', error: { code: 'too_many_rows' } });
});

test.each([
  ['an address that is none', `<row r="1">${text('ZZZZZZZZ1', '甲')}</row>`],
  ['a hidden address', `<row r="1">${text('&#88;FD1', '甲')}</row>`],
  ['two addresses', '<row r="1"><c r="A1" x:r="XFD1"><v>1</v></c></row>'],
  ['an angle bracket in an attribute', '<row r="1"><c x=">" r="XFD1"><v>1</v></c></row>'],
  ['a row number without end', `<row r="1e9">${text('A1', '甲')}</row>`],
  ['two row numbers', `<row r="1" x:r="1e9">${text('A1', '甲')}</row>`],
  ['a comment', `<row r="1"><!-- -->${text('A1', '甲')}</row>`],
  ['CDATA', '<row r="1"><c r="A1"><v><![CDATA[1]]></v></c></row>'],
  ['a document type', '', { 'xl/workbook.xml': '<!DOCTYPE x [<!ENTITY a "b">]><workbook/>' }],
  [
    'an endless number format',
    '',
    {
      'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="${'['.repeat(100_000)}"/></numFmts></styleSheet>`,
    },
  ],
  ['another encoding', '', { 'xl/sharedStrings.xml': gb18030('<sst><si><t>浉河</t></si></sst>') }],
  ['no sheet', '', { 'xl/_rels/workbook.xml.rels': '<Relationships/>' }],
  ['cells that go back', `<row r="1">${text('B1', '甲')}${text('A1', '乙')}</row>`],
  ['an unknown shared text', '<row r="1"><c r="A1" t="s"><v>x</v></c></row>'],
] as [string, string, Record<string, string | Buffer>?][])(
  'a sheet with %s is unreadable',
  async (_case, sheet, more = {}) => {
    expect(await readWorkbook(workbook(sheet, more))).toMatchObject(unreadable);
  },
);

test('a text that repeats in every cell is not looked at in full', async () => {
  const strings = `<sst><si><t>${' '.repeat(10_000_000)}甲</t></si></sst>`;
  const rows = Array.from(
    { length: 9_000 },
    (_, index) => `<row r="${index + 1}"><c r="A${index + 1}" t="s"><v>0</v></c></row>`,
  );
  expect(await readWorkbook(workbook(rows.join(''), { 'xl/sharedStrings.xml': strings }))).toMatchObject({ rows: [] });
});

/** An archive whose one entry is deflated and declared as said. */
function deflated(name: string, data: Buffer, declared: number): Buffer {
  const packed = deflateRawSync(data, { level: 9 });
  const archive = writeZip(new Map([[name, packed]]));
  const directory = archive.readUInt32LE(archive.length - 6);
  archive.writeUInt16LE(8, 8);
  archive.writeUInt16LE(8, directory + 10);
  archive.writeUInt32LE(declared, 22);
  archive.writeUInt32LE(declared, directory + 24);
  return archive;
}

test('an archive bomb is refused before it unpacks', () => {
  const limits = { maxEntries: 10, maxBytes: 1_000_000 };
  const all = () => true;
  const zeros = Buffer.alloc(50_000_000);
  expect(() => readZip(deflated('a', zeros, zeros.length), all, limits)).toThrow('too much');
  // It declares less than it holds: zlib stops at the declared size.
  expect(() => readZip(deflated('a', zeros, 1_000), all, limits)).toThrow();
  const many = new Map(Array.from({ length: 11 }, (_, index) => [`${index}`, Buffer.alloc(0)]));
  expect(() => readZip(writeZip(many), all, limits)).toThrow('11 entries');
});

test('what is packed is what is unpacked', () => {
  const entries = fc.dictionary(fc.string({ minLength: 1, maxLength: 20 }), fc.uint8Array({ maxLength: 200 }), {
    noNullPrototype: true,
  });
  fc.assert(
    fc.property(entries, (given) => {
      const files = new Map(Object.entries(given).map(([name, data]) => [name, Buffer.from(data)]));
      expect(readZip(writeZip(files), () => true, { maxEntries: 100, maxBytes: 100_000 })).toEqual(files);
    }),
  );
});

const sample = [
  {
    uscc: '91411502MA9TETT0X9',
    name: '信阳浉河茶业有限公司（示例）',
    divisionCode: '411502',
    sizeClass: '小型',
    industryCode: 'C15',
    foundedOn: '2015-03-01',
    grantedOn: '2026-01-05',
    expiresOn: '2027-01-04',
    evidenceDigest: 'a'.repeat(64),
  },
];
let plain: Buffer;
let packed: Buffer;
beforeAll(async () => {
  packed = await writeCountyList(sample);
  plain = writeZip(readZip(packed, () => true, { maxEntries: 100, maxBytes: 1_000_000 }));
});

/** A change of some bytes, and perhaps a cut. */
const damage = fc.record({
  bytes: fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 8 }),
  cut: fc.option(fc.nat(), { freq: 4 }),
});

function damaged(file: Buffer, { bytes, cut }: { bytes: [number, number][]; cut: number | null }): Buffer {
  const copy = Buffer.from(file);
  for (const [position, value] of bytes) copy[position % copy.length] = value;
  return cut === null ? copy : copy.subarray(0, cut % copy.length);
}

async function answers(bytes: Buffer, mediaType: string) {
  const list = await readCountyList(bytes, mediaType);
  if (list.kind === 'failed') {
    expect(list.error.message).toMatch(/\p{sc=Han}/u);
    return;
  }
  const { accepted, rejected } = judgeRows(list.rows, { divisionCode: '411502' });
  expect(accepted.length + rejected.length).toBe(list.rows.length);
}

test('any bytes get an answer', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.boolean(), fc.boolean(), async (bytes, archive, csv) => {
      const file = Buffer.concat([Buffer.from(archive ? 'PK\u0003\u0004' : ''), bytes]);
      await answers(file, csv ? csvMediaType : workbookMediaType);
    }),
    { numRuns: 300 },
  );
});

test('a damaged list gets an answer', async () => {
  const csv = countyListCsv(sample);
  await fc.assert(
    fc.asyncProperty(damage, async (change) => {
      await answers(damaged(packed, change), workbookMediaType);
      await answers(damaged(Buffer.from(csv), change), csvMediaType);
      await answers(damaged(gb18030(csv), change), csvMediaType);
    }),
    { numRuns: 200 },
  );
});

test('a sheet with damaged text gets an answer', async () => {
  await fc.assert(
    fc.asyncProperty(damage, async (change) => {
      const limits = { maxEntries: 100, maxBytes: 1_000_000 };
      const parts = readZip(plain, () => true, limits);
      for (const [name, part] of parts) {
        if (/sheet1|sharedStrings|styles|workbook/.test(name)) parts.set(name, damaged(part, change));
      }
      await answers(writeZip(parts), workbookMediaType);
    }),
    { numRuns: 200 },
  );
});

test('a list of 10,000 rows is read in full, every cell as written', async () => {
  const rows = Array.from({ length: 10_000 }, (_, index) => ({
    ...sample[0]!,
    uscc: `914115${String(index).padStart(12, '0')}`,
    name: `浉河㙍䘵𬭼${index}<&>`,
    evidenceDigest: String(index).padStart(64, 'a'),
  }));
  const list = await readCountyList(await writeCountyList(rows), workbookMediaType);
  expect(list.kind === 'rows' && list.rows.length).toBe(10_000);
  if (list.kind === 'rows') for (const { row, values } of list.rows) expect(values).toEqual(rows[row - 2]);
  const over = await readCountyList(await writeCountyList([...rows, sample[0]!]), workbookMediaType);
  expect(over).toMatchObject({ kind: 'failed', error: { code: 'too_many_rows' } });
});

test('GB18030 is written as the platform reads it', () => {
  const decoder = new TextDecoder('gb18030', { fatal: true });
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (given) => {
      fc.pre(!given.includes('\uFFFD'));
      expect(decoder.decode(gb18030(given))).toBe(given);
    }),
  );
  expect(gb18030('中㐀𠀀').toString('hex')).toBe('d6d08139ee3995328236');
  expect(() => gb18030('\uD800')).toThrow(RangeError);
});
