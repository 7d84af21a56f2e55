import { inventCity } from '../../examples/city-model/city.ts';
import type { ListRow } from '../../examples/city-model/enterprise.ts';
import { countyListCsv } from '../../services/screening/county-list-workbook.ts';
import { importList } from '../faults/main-job.ts';
import type { City } from '../support/city.ts';
import { markdownTable, seconds, whole } from './markdown.ts';
import { type Effort, effortOf, spelledOut, total } from './requests.ts';

/** The most that a list may hold. */
const rowCount = 10_000;
const divisionCode = '411502';
const seed = 20_261_101;

/** Rows of one county; those that belong elsewhere in the invented city are moved here. */
function rowsOfCounty(): ListRow[] {
  const city = inventCity({ enterprises: rowCount + 200, seed, day: '2026-11-01' });
  const edges = new Set(city.edgeCases.map(({ uscc }) => uscc));
  return city.lists
    .flatMap(({ rows }) => rows)
    .filter(({ uscc }) => !edges.has(uscc))
    .slice(0, rowCount)
    .map(({ parkId: _elsewhere, ...row }) => ({ ...row, divisionCode }));
}

/** A county's list of the largest size through HTTP, and the same list once more. */
export async function benchImport(city: City): Promise<string> {
  const values = rowsOfCounty().map(({ size, consent, ...row }) => ({ ...row, sizeClass: size, ...consent }));
  const list = { divisionCode, bytes: Buffer.from(countyListCsv(values)), mediaType: 'text/csv' };
  const rows: string[][] = [];
  const operations: string[] = [];
  for (const [what, wanted] of [
    ['first time', { accepted: rowCount, unchanged: 0 }],
    ['the same again', { accepted: 0, unchanged: rowCount }],
  ] as const) {
    const effort: Effort = await effortOf(city, async () => {
      const { accepted, unchanged, rejected } = await importList(
        city,
        list,
        `bench-import-${what.replaceAll(' ', '-')}`,
      );
      if (accepted !== wanted.accepted || unchanged !== wanted.unchanged) {
        throw new Error(`${what}: ${accepted} accepted, ${unchanged} unchanged, ${rejected.length} rejected`);
      }
    });
    const { milliseconds, dynamodb, sqs } = effort;
    const perRow = (count: number) => (count / rowCount).toFixed(3);
    rows.push([
      what,
      seconds(milliseconds),
      whole(rowCount / (milliseconds / 1_000)),
      perRow(total(dynamodb)),
      perRow(total(sqs)),
    ]);
    operations.push(`${what}: ${spelledOut({ ...dynamodb, ...sqs })}.`);
  }
  const table = markdownTable(
    [`list of ${whole(rowCount)} rows`, 'seconds', 'rows / s', 'DynamoDB requests / row', 'SQS requests / row'],
    rows,
  );
  return [table, '', ...operations].join('\n');
}
