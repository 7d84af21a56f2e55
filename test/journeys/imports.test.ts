import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { gb18030 } from '../../services/screening/county-list/gb18030.ts';
import { startCity, type City } from '../support/city.ts';
import { isSlow } from '../support/effort.ts';
import { said } from './conventions/http.ts';
import {
  consented,
  csv,
  csvOf,
  csvText,
  faults,
  headers,
  type Row,
  rowOf,
  sendingOf,
  xlsx,
  xlsxOf,
} from './imports/lists.ts';
import { goodCredit, goodIp, newUscc, nominationOf, storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let list: ReturnType<typeof sendingOf>;

beforeAll(async () => {
  city = await startCity();
  story = storyOf(city);
  list = sendingOf(city);
});
afterAll(() => city.stop());

const done = (accepted: number, unchanged = 0) => ({
  status: 'done',
  rows: accepted + unchanged,
  accepted,
  unchanged,
  rejected: [],
  warnings: [],
});
const three = (): Row[] => [
  rowOf({ 企业名称: '信阳市浉河区毛尖茶业（示例）有限公司', 法定代表人: '示例㙍' }),
  rowOf({ 企业规模: '微型', 园区编号: 'XY-ZONE-YSQY', ...consented }),
  rowOf({ 企业名称: '示例"引号",逗号有限公司', 企业规模: '大型' }),
];
const codeOf = (row: Row | undefined) => row?.统一社会信用代码 ?? '';

describe('a list', () => {
  const reordered = headers.toReversed();
  test.each<[string, string, (rows: Row[]) => Uint8Array | Promise<Uint8Array>]>([
    ['in UTF-8', csv, (rows) => csvOf(rows)],
    ['in UTF-8 with a byte order mark', csv, (rows) => Buffer.from(`\uFEFF${csvText(rows)}`)],
    ['in GB18030', csv, (rows) => gb18030(csvText(rows))],
    ['with its columns in another order', csv, (rows) => csvOf(rows, reordered)],
    ['as a workbook', xlsx, (rows) => xlsxOf(rows)],
    ['as a workbook with spreadsheet dates', xlsx, (rows) => xlsxOf(rows, { dates: 'spreadsheet', starred: true })],
    [
      'as a workbook with its columns in another order',
      xlsx,
      (rows) => xlsxOf(rows, { columns: reordered, dates: 'spreadsheet' }),
    ],
  ])('%s is taken as it is kept', async (_form, mediaType, encode) => {
    const rows = three();
    const bytes = await encode(rows);
    expect(await list.take(bytes, mediaType)).toMatchObject(done(3));
    const views = await Promise.all(rows.map((row) => story.view(codeOf(row))));
    expect(views).toMatchObject([
      {
        name: '信阳市浉河区毛尖茶业（示例）有限公司',
        sizeClass: 'small',
        foundedOn: '2012-05-20',
        legalRepresentative: '示例㙍',
      },
      {
        sizeClass: 'micro',
        parkId: 'XY-ZONE-YSQY',
        consent: { status: 'live', purposes: ['credit', 'ip'], recipients: ['all-banks'], ...granted },
      },
      { name: '示例"引号",逗号有限公司', sizeClass: 'large', industryCode: 'C15', divisionCode: '411502' },
    ]);
    expect(await list.take(bytes, mediaType)).toMatchObject(done(0, 3));
    expect(await Promise.all(rows.map((row) => story.view(codeOf(row))))).toEqual(views);
  });
  const granted = { grantedOn: '2020-01-01', expiresOn: '2099-12-31', evidenceDigest: 'cd'.repeat(32) };

  test('that says something else of one row changes that row', async () => {
    const rows = three();
    await list.take(await xlsxOf(rows), xlsx);
    const changed = [{ ...rows[0], 企业名称: '改名后的示例有限公司' }, ...rows.slice(1)];
    expect(await list.take(csvOf(changed))).toMatchObject(done(1, 2));
    expect(await story.view(codeOf(rows[0]))).toMatchObject({
      name: '改名后的示例有限公司',
      nominations: [{ divisionCode: '411502' }],
    });
    expect(await list.take(csvOf([...changed, rowOf()]))).toMatchObject(done(1, 3));
  });

  test('says of an enterprise what the API says of it', async () => {
    const uscc = newUscc();
    await story.nominate(uscc);
    const { name, divisionCode, industryCode, foundedOn } = nominationOf(uscc);
    const row = {
      统一社会信用代码: uscc,
      企业名称: name,
      行政区划代码: divisionCode,
      企业规模: '小型',
      行业代码: industryCode,
      成立日期: foundedOn,
    };
    expect(await list.take(csvOf([row]))).toMatchObject(done(0, 1));
    const replay = await city.post('/v1/enterprises', list.clerk(), nominationOf(uscc));
    expect([said(replay), replay.headers.get('idempotency-replayed')]).toEqual(['201', 'true']);
  });

  test('brings consents that let the sources be asked, and does not bring a withdrawn one back', async () => {
    const rows = [rowOf(consented), rowOf(consented), rowOf()];
    const usccs = rows.map(codeOf);
    await list.take(csvOf(rows));
    for (const uscc of usccs) await story.tellSources(uscc, goodCredit(), goodIp());
    expect(await story.screen(...usccs)).toEqual(['pass', 'pass', 'stale']);
    const withdrawn = await city.call('DELETE', `/v1/enterprises/${usccs[0]}/consent`, { token: list.clerk() });
    expect(said(withdrawn)).toBe('204');
    expect(await list.take(csvOf(rows))).toMatchObject(done(0, 3));
    expect(await story.view(usccs[0]!)).toMatchObject({ consent: { status: 'withdrawn' } });
    expect(await story.screen(...usccs)).toEqual(['stale', 'pass', 'stale']);
  });
});

describe('a row', () => {
  test('is taken or rejected on its own, under its number in the sheet', async () => {
    const good = rowOf();
    const wrong = faults.map(([, fault]) => rowOf(fault));
    const rows = [good, {}, ...wrong, { ...good, 企业名称: '又一次' }, rowOf()];
    const expected = [
      ...faults.map(([what, , code], index) => [what, index + 4, code]),
      ['the same code again', faults.length + 4, 'duplicate_in_file'],
    ];
    for (const [bytes, mediaType] of [
      [csvOf(rows), csv],
      [await xlsxOf(rows), xlsx],
    ] as const) {
      const first = mediaType === csv;
      const result = await list.take(bytes, mediaType);
      expect(result).toMatchObject({
        status: 'done',
        rows: faults.length + 3,
        accepted: first ? 2 : 0,
        unchanged: first ? 0 : 2,
        warnings: [],
      });
      const found = result.rejected.map(({ row, code }: any, index: number) => [expected[index]?.[0], row, code]);
      expect(found).toEqual(expected);
      for (const { message } of result.rejected) expect(message).toMatch(/\p{Script=Han}/u);
    }
    expect((await story.view(codeOf(good))).name).toBe(good.企业名称);
    for (const row of wrong.filter(({ 统一社会信用代码: code }) => code?.length === 18)) {
      expect(said(await city.get(`/v1/enterprises/${codeOf(row)}`, city.operator('auditor')))).toBe('404 not_found');
    }
  });

  test('whose code fails the check is taken with a warning', async () => {
    const code = newUscc();
    const wrong = `${code.slice(0, 17)}${code.endsWith('0') ? '1' : '0'}`;
    const rows = csvOf([rowOf(), rowOf({ 统一社会信用代码: wrong })]);
    for (const expected of [done(2), done(0, 2)]) {
      expect(await list.take(rows)).toMatchObject({ ...expected, warnings: [{ row: 3, code: 'uscc_check_digit' }] });
    }
    expect(await story.view(wrong)).toMatchObject({ warnings: [{ code: 'uscc_check_digit' }] });
  });

  test('that was rejected comes back in a workbook, to be corrected and sent again', async () => {
    const wrong = [rowOf({ 企业规模: '巨型' }), rowOf({ 成立日期: '昨天' })];
    const { importId } = await list.take(csvOf([rowOf(), ...wrong]));
    const answer = await fetch(`${city.baseUrl}/v1/enterprise-imports/${importId}/errors.xlsx`, {
      headers: { authorization: `Bearer ${list.clerk()}` },
    });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, xlsx]);
    const workbook = Buffer.from(await answer.arrayBuffer());
    const cells = (await readSheet(workbook)).map((row) => row.map(String));
    expect(cells.slice(1).map((row) => row[0])).toEqual(wrong.map(codeOf));
    expect(cells[1]?.join()).toContain('巨型');
    const again = await list.take(workbook, xlsx);
    expect(again).toMatchObject({ rows: 2, accepted: 0, warnings: [] });
    expect(again.rejected.map(({ code }: any) => code)).toEqual(['value_malformed', 'value_malformed']);
    const nothing = (await list.take(csvOf([rowOf()]))).importId;
    expect(said(await city.get(`/v1/enterprise-imports/${nothing}/errors.xlsx`, list.clerk()))).toBe('404 not_found');
  });
});

describe('a file', () => {
  const some = () => csvOf([rowOf()]);
  test.each<[string, string, () => Uint8Array | Promise<Uint8Array>, string]>([
    ['with nothing in it', csv, () => Buffer.alloc(0), 'file_unreadable'],
    ['that is no text', csv, () => Buffer.from([0, 1, 2, 3, 0xff]), 'file_unreadable'],
    ['in no known encoding', csv, () => Buffer.concat([some(), Buffer.from([0xff, 0xff])]), 'file_unreadable'],
    ['with an open quote', csv, () => Buffer.concat([some(), Buffer.from('"')]), 'file_unreadable'],
    ['that is a workbook and says it is not', csv, () => xlsxOf([rowOf()]), 'file_unreadable'],
    ['that is no workbook and says it is', xlsx, some, 'file_unreadable'],
    ['cut off', xlsx, async () => (await xlsxOf([rowOf()])).subarray(0, 2_000), 'file_unreadable'],
    ['of an old spreadsheet program', xlsx, () => Buffer.from('d0cf11e0a1b11ae1', 'hex'), 'file_unreadable'],
    ['without a required column', csv, () => csvOf([rowOf()], headers.slice(1)), 'column_missing'],
    ['without headers', csv, () => Buffer.from(csvText([rowOf()]).split('\r\n')[1]!), 'column_missing'],
    ['with a column twice', csv, () => csvOf([rowOf()], [...headers, headers[1]]), 'column_duplicate'],
    ['of 10,001 rows', csv, () => many(10_001), 'too_many_rows'],
  ])('%s is refused whole', async (_what, mediaType, make, code) => {
    const result = await list.take(await make(), mediaType);
    expect(result).toMatchObject({
      status: 'failed',
      rows: 0,
      accepted: 0,
      unchanged: 0,
      rejected: [],
      error: { code },
    });
    expect(result.error.message).toMatch(/\p{Script=Han}/u);
  });

  /** Rows with nothing right but the code: as much as can be said of one. */
  function many(count: number): Buffer {
    const wrong = Object.fromEntries(headers.slice(1).map((header) => [header, '=']));
    return csvOf(Array.from({ length: count }, () => rowOf(wrong)));
  }

  test('of 10,000 rows is read, and so is one with headers only', async () => {
    const { status, rows, accepted, rejected } = await list.take(many(10_000));
    expect([status, rows, accepted, rejected.length]).toEqual(['done', 10_000, 0, 10_000]);
    expect(await list.take(csvOf([]))).toMatchObject(done(0));
  });

  test('of 4 MB is taken in, and of another type or one byte more is not', async () => {
    const full = Buffer.alloc(4 * 1024 * 1024, ' ');
    some().copy(full);
    expect(said(await list.send(full))).toBe('202');
    expect(said(await list.send(Buffer.concat([full, Buffer.from(' ')])))).toBe('413 body_too_large');
    for (const type of ['application/json', 'application/vnd.ms-excel', 'text/plain', 'application/octet-stream']) {
      expect([type, said(await list.send(some(), type))]).toEqual([type, '415 media_type_unsupported']);
    }
    expect(said(await list.send(some(), 'text/csv; charset=gb18030'))).toBe('202');
    await story.drained();
  });
});

describe('an import', () => {
  test('is its sender’s', async () => {
    const { importId } = await list.take(csvOf([rowOf()]));
    const path = `/v1/enterprise-imports/${importId}`;
    for (const name of ['county-clerk-411525', 'park-manager']) {
      expect([name, said(await city.get(path, city.operator(name)))]).toEqual([name, '404 not_found']);
    }
    const own = await list.read(importId);
    for (const name of ['city-admin', 'auditor']) expect((await city.get(path, city.operator(name))).body).toEqual(own);
    expect(said(await city.get('/v1/enterprise-imports/import-none', list.clerk()))).toBe('404 not_found');
  });

  test('of a park manager is about the park', async () => {
    const manager = city.operator('park-manager');
    const rows = [
      rowOf(),
      rowOf({ 园区编号: 'XY-ZONE-YSQY', 行政区划代码: '411503' }),
      rowOf({ 园区编号: 'XY-ZONE-MG' }),
    ];
    const result = await list.take(csvOf(rows), csv, manager);
    expect(result).toMatchObject({ rows: 3, accepted: 2, rejected: [{ row: 4, code: 'division_foreign' }] });
    const [first, second] = await Promise.all(rows.slice(0, 2).map((row) => story.view(codeOf(row))));
    expect([first, second]).toMatchObject([
      { parkId: 'XY-ZONE-YSQY', divisionCode: '411502' },
      { parkId: 'XY-ZONE-YSQY', divisionCode: '411503' },
    ]);
    expect(said(await city.get(`/v1/enterprise-imports/${result.importId}`, list.clerk()))).toBe('404 not_found');
  });

  test.runIf(isSlow)(
    'of the example city adds up',
    async () => {
      const folder = join(import.meta.dirname, '../../examples/city/lists');
      const files = readdirSync(folder);
      expect(files).toHaveLength(10);
      const started = await Promise.all(
        files.map(async (file) => {
          const divisionCode = file.slice(0, 6);
          const token = await city.cloud.issueToken({
            sub: `clerk-${divisionCode}`,
            role: 'county-clerk',
            divisionCode,
          });
          const answer = await list.send(readFileSync(join(folder, file)), file.endsWith('csv') ? csv : xlsx, token);
          return { token, importId: answer.body.importId as string };
        }),
      );
      expect(await city.drain(280_000)).toEqual({ pending: 0, deadLetters: 0 });
      const results = await Promise.all(started.map(({ importId, token }) => list.read(importId, token)));
      for (const { status, rows, accepted, unchanged, rejected } of results) {
        expect(status).toBe('done');
        expect(accepted + unchanged + rejected.length).toBe(rows);
        expect(unchanged).toBe(0);
      }
      const sum = (count: (result: any) => number) => results.reduce((total, result) => total + count(result), 0);
      expect(sum(({ rows }) => rows)).toBe(2_008);
      expect(new Set(results.flatMap(({ rejected }) => rejected.map(({ code }: any) => code)))).toEqual(
        new Set(['uscc_malformed', 'duplicate_in_file', 'division_foreign', 'value_malformed']),
      );
      expect(sum(({ warnings }) => warnings.filter(({ code }: any) => code === 'uscc_check_digit').length)).toBe(3);
    },
    300_000,
  );
});
