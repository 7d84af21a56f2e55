import { expect } from 'vitest';
import writeXlsxFile, { type Cell } from 'write-excel-file/node';
import type { Answer, City } from '../../support/city.ts';
import { newUscc } from '../story.ts';

export const csv = 'text/csv';
export const xlsx = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

/** The columns as a county's clerk sees them. */
export const headers = [
  '统一社会信用代码',
  '企业名称',
  '行政区划代码',
  '企业规模',
  '行业代码',
  '成立日期',
  '园区编号',
  '法定代表人',
  '授权日期',
  '授权到期日',
  '授权文件摘要',
] as const;
export type Row = { [Header in (typeof headers)[number]]?: string };

/** A row that is taken, but for what is said otherwise. */
export function rowOf(more: Row = {}): Row {
  const uscc = more.统一社会信用代码 ?? newUscc();
  return {
    统一社会信用代码: uscc,
    企业名称: `示例茶业有限公司${uscc.slice(-6)}`,
    行政区划代码: '411502',
    企业规模: '小型',
    行业代码: 'C15',
    成立日期: '2012-05-20',
    ...more,
  };
}

export const consented: Row = { 授权日期: '2020-01-01', 授权到期日: '2099-12-31', 授权文件摘要: 'cd'.repeat(32) };

/** What is wrong with a row, and the code it is rejected with. */
export const faults: [string, Row, string][] = [
  ['no code', { 统一社会信用代码: '' }, 'uscc_malformed'],
  ['a short code', { 统一社会信用代码: '91411502' }, 'uscc_malformed'],
  ['a code with a letter that no code has', { 统一社会信用代码: '91411502MA9TACETOB' }, 'uscc_malformed'],
  ['another county', { 行政区划代码: '411525' }, 'division_foreign'],
  ['a division that is none', { 行政区划代码: '浉河区' }, 'value_malformed'],
  ['no name', { 企业名称: '' }, 'value_malformed'],
  ['an unknown size', { 企业规模: '超大型' }, 'value_malformed'],
  ['an industry without its letter', { 行业代码: '39' }, 'value_malformed'],
  ['a day that is none', { 成立日期: '2015-02-29' }, 'value_malformed'],
  ['a day in another form', { 成立日期: '2015年3月1日' }, 'value_malformed'],
  ['a park id with a blank', { 园区编号: 'XY ZONE' }, 'value_malformed'],
  ['a formula', { 企业名称: '=HYPERLINK("http://example.com")' }, 'value_malformed'],
  ['half a consent', { 授权日期: '2020-01-01' }, 'value_malformed'],
  ['a consent that ends before it begins', { ...consented, 授权到期日: '2019-12-31' }, 'value_malformed'],
  ['a digest that is none', { ...consented, 授权文件摘要: '见附件' }, 'value_malformed'],
];

/** Lines as a spreadsheet program writes them; an empty row is a blank line. */
export function csvText(rows: Row[], columns: readonly (keyof Row)[] = headers): string {
  const line = (cells: string[]) =>
    `${cells.map((cell) => (/[",]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\r\n`;
  return [line([...columns]), ...rows.map((row) => line(columns.map((column) => row[column] ?? '')))].join('');
}

export const csvOf = (rows: Row[], columns?: readonly (keyof Row)[]): Buffer => Buffer.from(csvText(rows, columns));

type Sheet = { columns?: readonly (keyof Row)[]; dates?: 'text' | 'spreadsheet'; starred?: boolean };

export async function xlsxOf(
  rows: Row[],
  { columns = headers, dates = 'text', starred = false }: Sheet = {},
): Promise<Buffer> {
  const cellOf = (column: keyof Row, value: string | undefined): Cell => {
    if (value === undefined) return null;
    const isDay = dates === 'spreadsheet' && column.includes('日') && /^\d{4}-\d{2}-\d{2}$/.test(value);
    if (isDay) return { type: Date, value: new Date(`${value}T00:00:00Z`), format: 'yyyy/m/d' };
    return { type: String, value };
  };
  const head = columns.map((column): Cell => ({ type: String, value: starred ? `${column}*` : column }));
  const body = rows.map((row) => columns.map((column) => cellOf(column, row[column])));
  return writeXlsxFile([head, ...body], { sheet: '名单' }).toBuffer();
}

/** What a county's clerk does with a list, and what becomes of it. */
export function sendingOf(city: City) {
  const clerk = (divisionCode = '411502') => city.operator(`county-clerk-${divisionCode}`);

  async function send(bytes: Uint8Array, mediaType = csv, token = clerk()): Promise<Answer> {
    return city.call('POST', '/v1/enterprise-imports', { token, bytes, headers: { 'content-type': mediaType } });
  }

  const read = async (importId: string, token = clerk()): Promise<any> =>
    (await city.get(`/v1/enterprise-imports/${importId}`, token)).body;

  /** Sends it and waits until it is dealt with. The counts always add up. */
  async function take(bytes: Uint8Array, mediaType = csv, token = clerk()): Promise<any> {
    const answer = await send(bytes, mediaType, token);
    expect(answer, JSON.stringify(answer.body)).toMatchObject({ status: 202 });
    expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
    const result = await read(answer.body.importId, token);
    const { rows, accepted, unchanged, rejected } = result;
    expect(accepted + unchanged + rejected.length).toBe(rows);
    return result;
  }

  return { clerk, send, read, take };
}
