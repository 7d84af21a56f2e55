import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type City, startCity } from '../support/city.ts';
import { tableState } from './end-state.ts';
import { everyItem, importList, type Inputs, loadFacts, readRun, smallCity, startRun, until } from './main-job.ts';
import { prefix } from './storm.ts';

/** The whole cloud stops, or what carries its messages does. The tests are in the order of one city's life. */

const rowsPerList = 90;
const dir = mkdtempSync(join(tmpdir(), 'zhirong-restart-'));
let inputs: Inputs;
let city: City;
let total = 0;

beforeAll(async () => {
  inputs = await smallCity(rowsPerList);
  city = await startCity({ dir });
  await loadFacts(city, inputs);
});
afterAll(async () => {
  await city?.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function restart(): Promise<void> {
  await city.stop();
  city = await startCity({ dir });
}

/** Every enterprise has been decided on once, and what the run counted is what the enterprises say. */
async function expectDecidedOnce(runId: string): Promise<void> {
  const { counts } = await readRun(city, runId);
  expect(counts).toMatchObject({ total, unchanged: 0 });
  const enterprises = await everyItem(city, '/v1/enterprises', city.operator('auditor'));
  expect(enterprises).toHaveLength(total);
  for (const outcome of ['pass', 'review', 'exclude', 'stale']) {
    const those = enterprises.filter(({ screening }) => screening.outcome === outcome);
    expect(those, outcome).toHaveLength(counts[outcome]);
  }
  const { things, wrong } = await tableState(city);
  expect(wrong).toEqual([]);
  expect(things['ENTERPRISE SCREENING']).toBe(total);
}

test('the cloud stops in the middle of an import and of a run: the next start goes on with both', async () => {
  const [first, second] = inputs.lists;
  const done = await importList(city, first!);
  total = done.accepted;
  // Nobody waits for the second: it is in the middle of something when the cloud stops.
  const clerk = city.operator(`county-clerk-${second!.divisionCode}`);
  const headers = { 'content-type': second!.mediaType };
  const { body } = await city.call('POST', '/v1/enterprise-imports', { token: clerk, headers, bytes: second!.bytes });
  await restart();

  const path = `/v1/enterprise-imports/${body.importId}`;
  const resumed = await until(
    () => city.get(path, city.operator(`county-clerk-${second!.divisionCode}`)),
    (answer) => answer.body.status === 'done',
  );
  expect(resumed.body.accepted + resumed.body.rejected.length).toBe(rowsPerList);
  total += resumed.body.accepted;

  // Each write takes so long that no chunk can be done before the grace is over that a stopping cloud gives.
  const { dynamodb } = city.cloud.proxies;
  dynamodb.setPlan({ probabilities: { delay: 1 }, operations: ['TransactWriteItems'], delayMs: 2_500 });
  const readsBefore = dynamodb.counts.requests['BatchGetItem'] ?? 0;
  const runId = await startRun(city, 'run-over-a-restart');
  await until(
    async () => dynamodb.counts.requests['BatchGetItem'] ?? 0,
    (reads) => reads > readsBefore,
  );
  expect((await tableState(city)).things['RUN CHUNK']).toBeUndefined();
  await restart();
  expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  expect(await readRun(city, runId)).toMatchObject({ status: 'done' });
  await expectDecidedOnce(runId);
});

test('the queue takes nothing for a while: what was told in that time arrives afterwards', async () => {
  const { sqs } = city.cloud.proxies;
  sqs.setPlan({ probabilities: { 'fail-before': 1 }, operations: ['SendMessageBatch'] });
  onTestFinished(() => sqs.setPlan(undefined));
  const refusedBefore = sqs.counts.faults['fail-before'];
  const runId = await startRun(city, 'run-without-a-queue');
  await until(
    async () => sqs.counts.faults['fail-before'] - refusedBefore,
    (refused) => refused >= 6,
  );
  expect(await city.drain(200)).toMatchObject({ deadLetters: 0 });
  expect((await city.drain(200)).pending).toBeGreaterThan(0);
  expect(await readRun(city, runId)).toMatchObject({ status: 'running', counts: { total: 0 } });

  sqs.setPlan(undefined);
  expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  expect(await readRun(city, runId)).toMatchObject({ status: 'done', counts: { total, unchanged: total } });
});

test('the relay is dead: the sweep alone carries a run to its end, and nothing is doubled when the relay is back', async () => {
  const dead = { yet: true };
  onTestFinished(() => {
    dead.yet = false;
  });
  const relay = `${prefix}relay`;
  const killing = (async () => {
    for (; dead.yet; await sleep(2)) city.cloud.kill(relay);
  })();
  const runId = await startRun(city, 'run-without-a-relay');
  let ended: any;
  const ending = until(
    () => readRun(city, runId),
    ({ status }) => status === 'done',
  ).then((run) => {
    ended = run;
  });
  // Five minutes apart, as the schedule fires; younger events are still the relay's.
  for (let round = 1; ended === undefined; round += 1) {
    const at = new Date(Date.now() + round * 5 * 60_000).toISOString();
    expect((await city.call('POST', '/__local/schedules/screening-outbox-sweep', { json: { at } })).body.ok).toBe(true);
    await Promise.race([ending, sleep(1_000)]);
  }
  dead.yet = false;
  await killing;
  expect(ended).toMatchObject({ status: 'done', counts: { total, unchanged: total } });
  expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  expect(await readRun(city, runId)).toEqual(ended);
  const { things, wrong } = await tableState(city);
  expect(wrong).toEqual([]);
  expect(things['ENTERPRISE SCREENING']).toBe(total);
});
