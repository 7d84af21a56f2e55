import { inventCity } from '../../examples/city-model/city.ts';
import { factsText, listFile } from '../../examples/city-model/files.ts';
import { insist, loadFacts, runToItsEnd, until } from '../faults/main-job.ts';
import type { City } from '../support/city.ts';
import { markdownTable, seconds, whole } from './markdown.ts';
import { effortOf, spelledOut, total } from './requests.ts';

const enterprises = 2_000;
const seed = 20_261_101;

/** The example city is nominated, and the sources know it. */
async function settle(city: City): Promise<void> {
  const invented = inventCity({ enterprises, seed, day: '2026-11-01' });
  await loadFacts(city, { lists: [], facts: factsText(invented) });
  for (const { divisionCode, rows } of invented.lists) {
    const { name, bytes } = await listFile(divisionCode, rows);
    const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const headers = { 'content-type': name.endsWith('.csv') ? 'text/csv' : workbook };
    const json = { sub: `clerk-${divisionCode}`, role: 'county-clerk', divisionCode, ttlSeconds: 3_600 };
    const { token } = await insist(city, 'POST', '/__local/tokens', { json });
    const { importId } = await insist(city, 'POST', '/v1/enterprise-imports', { token, headers, bytes });
    await until(
      () => insist(city, 'GET', `/v1/enterprise-imports/${importId}`, { token }),
      ({ status }) => status !== 'running',
    );
  }
  await city.drain(300_000);
}

/** A run over the whole city, and a second one in which no fact has changed. */
export async function benchScreening(city: City): Promise<string> {
  await settle(city);
  const rows: string[][] = [];
  const operations: string[] = [];
  for (const what of ['first run', 'second run, nothing changed']) {
    let screened = 0;
    const { milliseconds, dynamodb, sqs } = await effortOf(city, async () => {
      const { counts } = await runToItsEnd(city, `bench-screening-${what.replaceAll(/[^a-z]/g, '-')}`);
      screened = counts.total;
      const kept = what === 'first run' ? 0 : counts.total;
      if (counts.unchanged !== kept) throw new Error(`${what}: ${counts.unchanged} unchanged of ${counts.total}`);
    });
    const each = (count: number) => (count / screened).toFixed(3);
    const rate = whole(screened / (milliseconds / 1_000));
    rows.push([what, whole(screened), seconds(milliseconds), rate, each(total(dynamodb)), each(total(sqs))]);
    operations.push(`${what}: ${spelledOut({ ...dynamodb, ...sqs })}.`);
  }
  const head = [
    'screening',
    'enterprises',
    'seconds',
    'enterprises / s',
    'DynamoDB requests each',
    'SQS requests each',
  ];
  return [markdownTable(head, rows), '', ...operations].join('\n');
}
