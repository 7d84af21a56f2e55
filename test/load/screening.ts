import { inventCity } from '../../examples/city-model/city.ts';
import { factsText, listFile } from '../../examples/city-model/files.ts';
import { insist, loadFacts, until } from '../faults/main-job.ts';
import type { City } from '../support/city.ts';
import { markdownTable, seconds, whole } from './markdown.ts';
import { type Effort, effortOf, spelledOut, total } from './requests.ts';

const seed = 20_261_101;

/** Of how many enterprises the sources say something else before the second run: one in a hundred. */
const changedShare = 100;

/** The example city, invented at that size, is nominated, and the sources know it. Answers the codes. */
async function settle(city: City, enterprises: number): Promise<string[]> {
  const invented = inventCity({ enterprises, seed, day: '2026-11-01' });
  await loadFacts(city, { lists: [], facts: factsText(invented) });
  for (const { divisionCode, rows } of invented.lists) {
    const { name, bytes } = await listFile(divisionCode, rows);
    const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
    const headers = { 'content-type': name.endsWith('.csv') ? 'text/csv' : workbook };
    const json = { sub: `clerk-${divisionCode}`, role: 'county-clerk', divisionCode, ttlSeconds: 7_200 };
    const { token } = await insist(city, 'POST', '/__local/tokens', { json });
    const { importId } = await insist(city, 'POST', '/v1/enterprise-imports', { token, headers, bytes });
    await until(
      () => insist(city, 'GET', `/v1/enterprise-imports/${importId}`, { token }),
      ({ status }) => status !== 'running',
    );
  }
  await city.drain(300_000);
  return invented.facts.flatMap(({ uscc, credit }) => (credit === undefined ? [] : [uscc]));
}

/** However slow the machine. */
const patienceMs = 1_800_000;

type Measured = { what: string; screened: number; effort: Effort };

/** The day's run, fired and waited for; answers how many it screened. */
async function daily(city: City, day: string): Promise<number> {
  const at = `${day}T18:00:00.000Z`;
  const fired = await insist(city, 'POST', '/__local/schedules/screening-daily', { json: { at } });
  if (fired.ok !== true) throw new Error('the schedule failed');
  const runs = `/v1/screening-runs/daily-${nextDay(day)}`;
  const run = await until(
    () => insist(city, 'GET', runs, { token: city.operator('city-admin') }),
    ({ status }) => status === 'done',
    patienceMs,
  );
  return Number(run.counts.total);
}

/** 18:00 in UTC is two in the morning in Shanghai. */
function nextDay(day: string): string {
  return new Date(Date.parse(day) + 86_400_000).toISOString().slice(0, 10);
}

/** The first run of a city, one in which nothing has changed, and one in which one in a hundred has. */
export async function benchScreening(city: City, enterprises: number): Promise<string> {
  const usccs = await settle(city, enterprises);
  const today = Date.now();
  const dayAfter = (days: number) => new Date(today + days * 86_400_000).toISOString().slice(0, 10);
  const measured: Measured[] = [];
  const measure = async (what: string, day: string) => {
    let screened = 0;
    const effort = await effortOf(city, async () => {
      screened = await daily(city, day);
    });
    measured.push({ what, screened, effort });
  };
  await measure('everybody, for the first time', dayAfter(-2));
  await measure('nothing changed', dayAfter(-1));
  const { credit } = city.cloud.sources;
  const changed = usccs.filter((_uscc, place) => place % changedShare === 0);
  for (const uscc of changed) {
    const done = credit.set(uscc, { taxGrade: 'D', lists: [], abnormal: [], penalties: [] });
    if (done.kind !== 'done') throw new Error(`${uscc} was not changed`);
  }
  await measure('1 % changed', dayAfter(0));
  return report(enterprises, measured);
}

function report(enterprises: number, measured: readonly Measured[]): string {
  const [first] = measured;
  const requests = ({ dynamodb, sqs }: Effort) => total(dynamodb) + total(sqs);
  const rows = measured.map(({ what, screened, effort }) => {
    const share = first === undefined ? 1 : requests(effort) / requests(first.effort);
    return [
      what,
      whole(screened),
      seconds(effort.milliseconds),
      whole(requests(effort)),
      `${(share * 100).toFixed(1)} %`,
      whole(effort.bytes / 1_000),
      whole(effort.sources),
    ];
  });
  const head = [
    `daily run, ${whole(enterprises)} enterprises`,
    'screened',
    'seconds',
    'store and queue requests',
    'of the first',
    'KB',
    'questions to sources',
  ];
  const operations = measured.map(
    ({ what, effort }) => `${what}: ${spelledOut({ ...effort.dynamodb, ...effort.sqs })}.`,
  );
  return [markdownTable(head, rows), '', ...operations].join('\n');
}
