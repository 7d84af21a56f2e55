import { expect, test } from 'vitest';
import { csvMediaType, judgeRows, type ListScope, maxRows, readCountyList, workbookMediaType } from './county-list.ts';
import { gb18030 } from './county-list/gb18030.ts';
import { countyListCsv, listValues, writeCountyList, writeRowErrors } from './county-list-workbook.ts';

const firm = {
  uscc: '91411502MA9TETT0X9',
  name: '信阳浉河茶业有限公司（示例）',
  divisionCode: '411502',
  sizeClass: '小型',
  industryCode: 'C15',
  foundedOn: '2015-03-01',
};
const digest = '0123456789abcdef'.repeat(4);
const consent = { grantedOn: '2026-01-05', expiresOn: '2027-01-04', evidenceDigest: digest };
const county: ListScope = { divisionCode: '411502' };
const header =
  '统一社会信用代码*,企业名称*,行政区划代码*,企业规模*,行业代码*,成立日期*,园区编号,法定代表人,授权日期,授权到期日,授权文件摘要';

async function readText(text: string | Buffer, mediaType = csvMediaType) {
  return readCountyList(Buffer.from(text), mediaType);
}

async function judge(values: Record<string, string>[], scope = county) {
  const list = await readText(countyListCsv(values));
  if (list.kind === 'failed') throw new Error(list.error.message);
  return judgeRows(list.rows, scope);
}

/** What is said of a list of the good firm with that change. */
async function noteOf(change: Record<string, string>, scope = county) {
  const { rejected } = await judge([{ ...firm, ...change }], scope);
  expect(rejected.map((note) => note.row)).toEqual([2]);
  return rejected[0]!;
}

const rare = '浉河㙍䘵𬭼镕溮股份有限公司';

test('the same list is read from a workbook, with dates as dates or as text, and from CSV in three encodings', async () => {
  const values = [{ ...firm, name: rare, ...consent, parkId: 'XY-ZONE-YSQY', legalRepresentative: '李镕' }, firm];
  const csv = countyListCsv(values);
  const lists = await Promise.all([
    readCountyList(await writeCountyList(values), workbookMediaType),
    readCountyList(await writeCountyList(values, 'text'), workbookMediaType),
    readText(csv),
    readText(`\uFEFF${csv}`, 'text/csv; charset=utf-8'),
    readText(gb18030(csv), 'Text/CSV'),
  ]);
  const rows = values.map((row, index) => ({ row: index + 2, values: row }));
  for (const list of lists) expect(list).toEqual({ kind: 'rows', rows, warnings: [] });
});

test('a row becomes a typed nomination, and its three consent columns a consent for both purposes and all banks', async () => {
  const { accepted, rejected, warnings } = await judge([{ ...firm, ...consent, evidenceDigest: digest.toUpperCase() }]);
  expect(accepted).toEqual([
    {
      row: 2,
      nomination: { ...firm, sizeClass: 'small' },
      consent: { purposes: ['credit', 'ip'], recipients: ['all-banks'], ...consent },
    },
  ]);
  expect([rejected, warnings]).toEqual([[], []]);
  expect(listValues(accepted[0]!.nomination, accepted[0]!.consent)).toEqual({ ...firm, ...consent });
});

test.each([
  ['in another order', '成立日期,行业代码,企业规模,行政区划代码,企业名称,统一社会信用代码'],
  [
    'with stars, blanks and hints',
    ' 成立日期*（YYYY-MM-DD）,行业代码＊,"企业规模*\n(微型|小型|中型|大型)",行政 区划代码,企业名称 ,统一社会信用代码*',
  ],
])('headers are found %s', async (_case, headers) => {
  const list = await readText(`${headers}\n2015-03-01,C15,小型,411502,甲,91411502MA9TETT0X9\n`);
  expect(list).toEqual({ kind: 'rows', rows: [{ row: 2, values: { ...firm, name: '甲' } }], warnings: [] });
});

test('a column nobody knows is left aside with a warning', async () => {
  const list = await readText(`备注,${header},\n重点,91411502MA9TETT0X9,甲,411502,小型,C15,2015-03-01\n`);
  expect(list).toEqual({
    kind: 'rows',
    rows: [{ row: 2, values: { ...firm, name: '甲' } }],
    warnings: [{ row: 1, code: 'column_unknown', message: '不认识的列「备注」未读取' }],
  });
});

test('blank rows are passed over and the others keep the number they have in the sheet', async () => {
  const csv = `${header},序号\n\n ,,\n${Object.values(firm).join(',')}\n,,,,,,,,,,,7\n\n`;
  const list = await readText(csv);
  expect(list.kind === 'rows' && list.rows.map(({ row }) => row)).toEqual([4]);
  const workbook = await writeCountyList([{}, {}, firm]);
  const sheet = await readCountyList(workbook, workbookMediaType);
  expect(sheet.kind === 'rows' && sheet.rows.map(({ row }) => row)).toEqual([4]);
});

test('a list without rows is a list', async () => {
  expect(await readText(`${header}\n`)).toEqual({ kind: 'rows', rows: [], warnings: [] });
});

test.each([
  ['without a required column', header.replace('企业规模*,', ''), 'column_missing', '「企业规模」'],
  ['without headers in the first row', `\n${header}`, 'column_missing', '「统一社会信用代码」'],
  ['of blanks only', ' \n \n', 'column_missing', '「企业名称」'],
  ['with a header twice', `${header},企业名称`, 'column_duplicate', '「企业名称」'],
  ['with an open quote', `${header}\n"914`, 'file_unreadable', '第 2 行'],
  ['with a quote in the middle', `${header}\n9"14,`, 'file_unreadable', '第 2 行'],
  ['in another encoding', Buffer.from(header, 'utf16le'), 'file_unreadable', 'GB18030'],
  ['of nothing', '', 'file_unreadable', '空'],
  ['that is a picture', Buffer.from('89504e470d0a1a0a0000000d', 'hex'), 'file_unreadable', 'GB18030'],
  ['that is an old workbook', Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'file_unreadable', '.xls'],
  ['without line ends', 'x'.repeat(200_000), 'file_unreadable', '第 1 行'],
  ['above 4 MB', 'x'.repeat(4 * 1024 * 1024 + 1), 'file_unreadable', '4 MB'],
])('a CSV file %s is refused whole', async (_case, content, code, words) => {
  const list = await readText(content);
  expect(list).toMatchObject({ kind: 'failed', error: { code } });
  expect(list.kind === 'failed' && list.error.message).toContain(words);
});

test('a file is what its content says, not what its sender says', async () => {
  const workbook = await writeCountyList([firm]);
  for (const [bytes, mediaType] of [
    [workbook, csvMediaType],
    [Buffer.from(countyListCsv([firm])), workbookMediaType],
    [workbook, 'application/octet-stream'],
  ] as const) {
    expect(await readCountyList(bytes, mediaType)).toMatchObject({
      kind: 'failed',
      error: { code: 'file_unreadable' },
    });
  }
});

test('10,000 rows are a list, one more is refused whole', async () => {
  const line = `${Object.values(firm).join(',')}\n`;
  const full = await readText(`${header}\n\n${line.repeat(maxRows)}\n`);
  expect(full.kind === 'rows' && full.rows.length).toBe(maxRows);
  const over = await readText(`${header}\n${line.repeat(maxRows + 1)}`);
  expect(over).toMatchObject({ kind: 'failed', error: { code: 'too_many_rows' } });
});

test.each([
  [{ uscc: '' }, 'uscc_malformed', '缺少'],
  [{ uscc: '91411502ma9tett0x9' }, 'uscc_malformed', '是否应为 91411502MA9TETT0X9'],
  [{ uscc: '91350100M000100Y4Z' }, 'uscc_malformed', '18 位'],
  [{ uscc: '9.14403001922038E+17' }, 'uscc_malformed', '存成了数字'],
  [{ uscc: '=A1' }, 'value_malformed', '「统一社会信用代码」是公式'],
  [{ divisionCode: '411503' }, 'division_foreign', '411503 平桥区 不是本账号所属的 411502 浉河区'],
  [{ divisionCode: '41150' }, 'value_malformed', '「行政区划代码」'],
  [{ divisionCode: '' }, 'value_malformed', '缺少「行政区划代码」'],
  [{ name: '=HYPERLINK("http://example.com")' }, 'value_malformed', '「企业名称」是公式'],
  [{ name: '甲'.repeat(201) }, 'value_malformed', '「企业名称」应为 1 至 200 个字'],
  [{ name: '甲\u0007' }, 'value_malformed', '「企业名称」不能含控制字符'],
  [{ name: '甲\u202e乙' }, 'value_malformed', '「企业名称」不能含控制字符'],
  [{ sizeClass: 'small' }, 'value_malformed', '「企业规模」应为 微型、小型、中型、大型之一'],
  [{ sizeClass: 'constructor' }, 'value_malformed', '「企业规模」'],
  [{ industryCode: '39' }, 'value_malformed', '「行业代码」'],
  [{ foundedOn: '2015/3/1' }, 'value_malformed', '「成立日期」日期应为真实存在的 YYYY-MM-DD'],
  [{ foundedOn: '2015-02-29' }, 'value_malformed', '「成立日期」'],
  [{ parkId: '羊山新区' }, 'value_malformed', '「园区编号」'],
  [{ grantedOn: '2026-01-05' }, 'value_malformed', '同时填写'],
  [{ ...consent, evidenceDigest: '' }, 'value_malformed', '同时填写'],
  [{ ...consent, evidenceDigest: 'abc' }, 'value_malformed', '「授权文件摘要」'],
  [{ ...consent, expiresOn: '2026-01-05' }, 'value_malformed', '「授权到期日」授权到期日应晚于授权日期'],
  [{ foundedOn: 'x', industryCode: 'y', grantedOn: 'z' }, 'value_malformed', '；'],
])('a row with %j is rejected: %s', async (change, code, words) => {
  const note = await noteOf(change);
  expect(note.code).toBe(code);
  expect(note.message).toContain(words);
});

test('the second and later occurrence of a code is rejected, whatever became of the first', async () => {
  const { accepted, rejected } = await judge([{ ...firm, sizeClass: '巨型' }, firm, { ...firm, name: '乙' }]);
  expect(accepted).toEqual([]);
  expect(rejected.map(({ row, code }) => [row, code])).toEqual([
    [2, 'value_malformed'],
    [3, 'duplicate_in_file'],
    [4, 'duplicate_in_file'],
  ]);
  expect(rejected[2]?.message).toContain('第 2 行');
});

test('a code that fails its check digit, or a park nobody knows, is taken with a warning', async () => {
  const { accepted, rejected, warnings } = await judge([
    { ...firm, uscc: '91411502MA9TETT0X8' },
    { ...firm, parkId: 'XY-ZONE-NEW' },
  ]);
  expect(accepted.length).toBe(2);
  expect(rejected).toEqual([]);
  expect(warnings.map(({ row, code }) => [row, code])).toEqual([
    [2, 'uscc_check_digit'],
    [3, 'park_unknown'],
  ]);
  expect(warnings[0]?.message).toContain('按规则应为 9');
});

test("a park's list names its own park or none, in whatever division its enterprises are registered", async () => {
  const scope = { parkId: 'XY-ZONE-YSQY' };
  const { accepted, rejected } = await judge(
    [
      { ...firm, divisionCode: '411503' },
      { ...firm, uscc: '91411503MA9TEXT19G', parkId: 'XY-ZONE-YSQY' },
      { ...firm, uscc: '91411522MA9TEXT43H', parkId: 'XY-ZONE-MG' },
    ],
    scope,
  );
  expect(accepted.map(({ nomination }) => nomination.parkId)).toEqual(['XY-ZONE-YSQY', 'XY-ZONE-YSQY']);
  expect(rejected).toEqual([
    { row: 4, code: 'division_foreign', message: '园区 XY-ZONE-MG 不是本账号所属的 XY-ZONE-YSQY' },
  ]);
});

test('a row that an unquoted comma has moved is rejected alone', async () => {
  const other = Object.values({ ...firm, uscc: '91411503MA9TEXT19G' });
  const lines = [header, `${Object.values(firm).join(',')},,,,,,有误`, other.join(',')];
  const list = await readText(lines.join('\r\n'));
  if (list.kind === 'failed') throw new Error(list.error.message);
  const { accepted, rejected } = judgeRows(list.rows, county);
  expect(rejected.map(({ row, code }) => [row, code])).toEqual([[2, 'value_malformed']]);
  expect(accepted.map(({ row }) => row)).toEqual([3]);
});

test('names are compared as people see them: composed, and without blanks around', async () => {
  const { accepted } = await judge([{ ...firm, name: '  Cafe\u0301 信阳\u3000' }]);
  expect(accepted[0]?.nomination.name).toBe('Caf\u00e9 信阳');
});

test('the rejected rows come back as a list with their reasons, ready to be corrected and sent again', async () => {
  const list = await readText(countyListCsv([firm, { ...firm, name: '=1+1' }, { ...firm, foundedOn: '去年' }]));
  if (list.kind === 'failed') throw new Error(list.error.message);
  const { rejected } = judgeRows(list.rows, county);
  const back = await readCountyList(await writeRowErrors(list.rows, rejected), workbookMediaType);
  expect(back).toMatchObject({
    kind: 'rows',
    rows: [
      { row: 2, values: { ...firm, name: '=1+1' } },
      { row: 3, values: { ...firm, foundedOn: '去年' } },
    ],
    warnings: [],
  });
});
