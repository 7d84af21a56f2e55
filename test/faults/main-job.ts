import { createHash } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { legalDateOf } from '#packages/calendar';
import { inventCity } from '../../examples/city-model/city.ts';
import { factsText, listFile } from '../../examples/city-model/files.ts';
import type { Answer, City, Send } from '../support/city.ts';

/** The main job of the city on few enterprises, through HTTP, by a client that does not give up. */

export type Inputs = { lists: { divisionCode: string; bytes: Buffer; mediaType: string }[]; facts: string };

const workbook = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const seed = 20_261_101;

/** The lists of two counties that share no enterprise, so that no order of arrival shows in the result. */
const counties = ['411502', '411525'] as const;

/** Cut from the example city: its edge cases of the two counties, and ordinary rows up to so many a list. */
export async function smallCity(rowsPerList: number): Promise<Inputs> {
  const city = inventCity({ enterprises: 2_000, seed, day: legalDateOf(new Date().toISOString()) });
  const edges = new Set(city.edgeCases.map(({ uscc }) => uscc));
  const cut = city.lists
    .filter(({ divisionCode }) => counties.some((county) => county === divisionCode))
    .map(({ divisionCode, rows }) => {
      let ordinary = rowsPerList - rows.filter(({ uscc }) => edges.has(uscc)).length;
      return { divisionCode, rows: rows.filter(({ uscc }) => edges.has(uscc) || (ordinary -= 1) >= 0) };
    });
  const named = new Set(cut.flatMap(({ rows }) => rows.map(({ uscc }) => uscc)));
  const lists = cut.map(async ({ divisionCode, rows }) => {
    const { bytes } = await listFile(divisionCode, rows);
    return { divisionCode, bytes, mediaType: workbook };
  });
  const facts = factsText({ ...city, facts: city.facts.filter(({ uscc }) => named.has(uscc)) });
  return { lists: await Promise.all(lists), facts };
}

export async function loadFacts(city: City, { facts }: Inputs): Promise<void> {
  const file = join(tmpdir(), `zhirong-facts-${createHash('sha256').update(facts).digest('hex').slice(0, 16)}.jsonl`);
  writeFileSync(file, facts);
  await city.cloud.loadFacts(file);
  rmSync(file, { force: true });
}

/** So often a call is sent before the client gives up; the pauses between them come to half a minute. */
const attempts = 60;

/** Sends a call, with the same Idempotency-Key, until it is answered: killed functions and lost stores are 5xx. */
export async function patiently(city: City, method: string, path: string, send: Send): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await city.call(method, path, send).catch(() => undefined);
    const passing =
      answer === undefined ||
      answer.status >= 500 ||
      (answer.status === 409 && answer.body.code === 'idempotency_in_progress');
    if (!passing) return answer;
    if (attempt === attempts) throw new Error(`${method} ${path}: ${answer?.status ?? 'no answer'} ${attempts} times`);
    await sleep(Math.min(50 * attempt, 500));
  }
}

/** Like `patiently`, and anything but a 2xx is the test's failure. Answers the body. */
export async function insist(city: City, method: string, path: string, send: Send): Promise<any> {
  const { status, body } = await patiently(city, method, path, send);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(body)}`);
  return body;
}

/** Asks again until the answer satisfies. Polling, so the clock decides nothing but when to give up. */
export async function until<T>(
  ask: () => Promise<T>,
  satisfies: (answer: T) => boolean,
  withinMs = 150_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() > deadline) throw new Error(`not so after ${withinMs} ms: ${JSON.stringify(answer)}`);
    await sleep(60);
  }
}

export async function importList(city: City, list: Inputs['lists'][number], key = `import-of-${list.divisionCode}`) {
  const token = city.operator(`county-clerk-${list.divisionCode}`);
  const headers = { 'content-type': list.mediaType };
  const { importId } = await insist(city, 'POST', '/v1/enterprise-imports', { token, key, headers, bytes: list.bytes });
  const path = `/v1/enterprise-imports/${importId}`;
  return until(
    () => insist(city, 'GET', path, { token }),
    ({ status }) => status !== 'running',
  );
}

export async function startRun(city: City, key: string, scope: object = {}): Promise<string> {
  const token = city.operator('city-reviewer');
  const { runId } = await insist(city, 'POST', '/v1/screening-runs', { token, key, json: { scope } });
  return runId;
}

export function readRun(city: City, runId: string): Promise<any> {
  return insist(city, 'GET', `/v1/screening-runs/${runId}`, { token: city.operator('city-reviewer') });
}

export async function runToItsEnd(city: City, key: string, scope: object = {}) {
  const runId = await startRun(city, key, scope);
  return until(
    () => readRun(city, runId),
    ({ status }) => status === 'done',
  );
}

/** Every item of a list, page by page. */
export async function everyItem(city: City, path: string, token: string): Promise<any[]> {
  const items: any[] = [];
  let cursor: string | null = null;
  do {
    const place: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page: any = await insist(city, 'GET', `${path}?pageSize=200${place}`, { token });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}

/** Each county stands by its passes and reviews but every seventh, in the order of their codes. */
export async function giveOpinions(city: City): Promise<void> {
  const enterprises = await everyItem(city, '/v1/enterprises', city.operator('auditor'));
  const asked = enterprises
    .filter(({ screening }) => screening?.outcome === 'pass' || screening?.outcome === 'review')
    .toSorted((one, other) => (one.uscc < other.uscc ? -1 : 1));
  const atOnce = 4;
  for (let start = 0; start < asked.length; start += atOnce) {
    await Promise.all(
      asked.slice(start, start + atOnce).map(({ uscc, divisionCode }, place) => {
        const opinion = (start + place) % 7 === 6 ? 'reject' : 'recommend';
        const token = city.operator(`county-reviewer-${divisionCode}`);
        const send = { token, key: `opinion-${uscc}`, json: { opinion, reason: '实地核查' } };
        return insist(city, 'POST', `/v1/enterprises/${uscc}/county-opinions`, send);
      }),
    );
  }
}

/** Two people publish a version, the first confirms three that are in review; waits until every entry has landed. */
export async function publish(city: City): Promise<any> {
  const auditor = city.operator('auditor');
  const reviewed = (await everyItem(city, '/v1/enterprises', auditor)).filter(
    ({ screening, state }) => screening?.outcome === 'review' && state === 'county-recommended',
  );
  const confirm = reviewed
    .map(({ uscc }) => ({ uscc, reason: '补证后确认' }))
    .toSorted((one, other) => (one.uscc < other.uscc ? -1 : 1))
    .slice(0, 3);
  const reviewer = { token: city.operator('city-reviewer'), key: 'proposal-of-version', json: { confirm } };
  const proposed = await insist(city, 'POST', '/v1/whitelist-versions', reviewer);
  const path = `/v1/whitelist-versions/${proposed.version}/approvals`;
  const admin = { token: city.operator('city-admin'), key: 'approval-of-version', json: {} };
  const published = await insist(city, 'POST', path, admin);
  await until(
    () => everyItem(city, '/v1/enterprises', auditor),
    (enterprises) => enterprises.filter(({ listing }) => listing !== undefined).length === published.entries,
  );
  return published;
}
