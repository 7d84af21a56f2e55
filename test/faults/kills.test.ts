import { afterAll, beforeAll, expect, test } from 'vitest';
import { legalDateOf } from '#packages/calendar';
import { usccOf } from '../../examples/city-model/codes.ts';
import { type City, startCity } from '../support/city.ts';
import { isSlow } from '../support/effort.ts';
import { type EndState, endState, tableState } from './end-state.ts';
import {
  everyItem,
  giveOpinions,
  importList,
  type Inputs,
  insist,
  loadFacts,
  patiently,
  publish,
  readRun,
  runToItsEnd,
  smallCity,
  until,
} from './main-job.ts';
import { fireThrough, numbers, type Storm, through } from './storm.ts';

/** Whatever is killed whenever, the city comes to the same end as one that nothing happened to. */

const rowsPerList = 70;

/** Most of it is waiting for messages to come back; a machine with much else to do takes longer. */
const patience = 300_000;

/** How the work is disturbed: around each step of the main job, and each time a schedule fires. */
type Weather = {
  around: <T>(city: City, step: number, work: () => Promise<T>) => Promise<T>;
  fire: (city: City, schedule: string, name: string, at: string) => Promise<unknown>;
};

type Ending = { imports: unknown[]; runs: unknown[]; published: unknown; end: EndState };

/** So many listed enterprises the sources say something else about before the day's run. */
const changed = 12;

/**
 * The main job from the lists to the published version; then sources say something else about some, and the day's run
 * finds it; then the seal of the day before.
 */
async function live(city: City, inputs: Inputs, { around, fire }: Weather): Promise<Ending> {
  await loadFacts(city, inputs);
  const imports = await around(city, 0, () => Promise.all(inputs.lists.map((list) => importList(city, list))));
  const first = await around(city, 1, () => runToItsEnd(city, 'the-first-run-of-all'));
  await around(city, 2, () => giveOpinions(city));
  const published = await around(city, 3, () => publish(city));
  expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  await changeFacts(city);
  const now = new Date().toISOString();
  const second = await around(city, 4, async () => {
    await fire(city, 'screening-daily', 'daily', now);
    return until(
      () => readRun(city, `daily-${legalDateOf(now)}`),
      ({ status }) => status === 'done',
    );
  });
  await fire(city, 'screening-outbox-sweep', 'outbox', now);
  await fire(city, 'screening-audit-seal', 'seal', now);
  expect(await city.drain()).toEqual({ pending: 0, deadLetters: 0 });
  const runs = [first, second].map(({ runId: _runId, startedAt: _startedAt, ...run }) => run);
  const { publishedOn, digest, entries } = published;
  return {
    imports: imports.map(({ importId: _importId, ...view }) => view),
    runs,
    published: { publishedOn, digest, entries },
    end: await endState(city, published.version),
  };
}

/** The first of the list become dishonest debtors, one after the other at one source and unknown at the other. */
async function changeFacts(city: City): Promise<void> {
  const { credit, ip } = city.cloud.sources;
  const entries = await everyItem(city, '/v1/whitelist', city.operator('auditor'));
  for (const [place, { uscc }] of entries.slice(0, changed).entries()) {
    const lists = [{ kind: 'dishonest-debtor', listedOn: '2026-11-02' }];
    if (place % 2 === 0) expect(credit.set(uscc, { lists, abnormal: [], penalties: [] }).kind).toBe('done');
    else expect(ip.remove(uscc)).toBe(true);
  }
}

let inputs: Inputs;
let calm: City;
let reference: Ending;
beforeAll(async () => {
  inputs = await smallCity(rowsPerList);
  calm = await startCity();
  reference = await live(calm, inputs, {
    around: (_city, _step, work) => work(),
    fire: (city, schedule, name, at) => fireThrough(city, schedule, at, name, 0),
  });
});
afterAll(() => calm?.stop());

test('the undisturbed city has something of everything', () => {
  const [first, second] = reference.runs as { counts: Record<string, number> }[];
  for (const outcome of ['pass', 'review', 'exclude', 'stale']) expect(first!.counts[outcome]).toBeGreaterThan(0);
  expect(second!.counts).toEqual({
    total: changed,
    pass: 0,
    review: changed / 2,
    exclude: changed / 2,
    stale: 0,
    unchanged: 0,
  });
  expect(reference.imports).toMatchObject([{ status: 'done' }, { status: 'done' }]);
  expect(reference.end.whitelist.length).toBeGreaterThan(10);
  expect(reference.end.wrong).toEqual([]);
});

/**
 * Whom a storm strikes while a step of the main job goes on. What a killed worker had taken comes back after twelve
 * seconds, and ten times at most: so few strikes are the worker's.
 */
const strikes: readonly (readonly string[])[][] = [
  [['relay'], ['worker'], ['api'], ['audit'], ['relay', 'audit'], ['api', 'relay']],
  [['relay'], ['audit'], ['worker', 'relay'], ['api'], ['relay'], ['api', 'worker', 'relay', 'audit']],
  [['api'], ['audit'], ['api'], ['relay'], ['api'], ['api', 'audit'], ['relay'], ['api']],
  [['api'], ['relay'], ['worker'], ['audit'], ['relay'], ['api']],
  [['worker'], ['relay'], ['worker', 'relay'], ['audit']],
];
/** Requests between two strikes, at most: such that the last one falls before the step ends. */
const spans = [10, 20, 40, 8, 8];

/**
 * In the slow suite, for their time. Other storms:
 * `STORM_SEEDS=21,22 npx vitest run test/faults/kills.test.ts`.
 */
const seeds = (process.env['STORM_SEEDS'] ?? (isSlow ? '11,12' : '')).split(',').filter(Boolean).map(Number);

test.concurrent.for(seeds)('storm %i', { timeout: patience }, async (seed, { onTestFinished }) => {
  const city = await startCity({ seed });
  onTestFinished(() => city.stop());
  const killed = new Map<string, number>();
  const count = (name: string, processes: number) => killed.set(name, (killed.get(name) ?? 0) + processes);
  const random = numbers(seed);

  const ending = await live(city, inputs, {
    async around(_city, step, work) {
      const storm: Storm = { seed: seed + step, strikes: shuffled(strikes[step]!, random), span: spans[step]! };
      const passed = await through(city, storm, work);
      for (const [name, processes] of passed.killed) count(name, processes);
      return passed.result;
    },
    async fire(_city, schedule, name, at) {
      count(name, await fireThrough(city, schedule, at, name, 2));
    },
  });

  expect(ending.imports).toEqual(reference.imports);
  expect(ending.runs).toEqual(reference.runs);
  expect(ending.published).toEqual(reference.published);
  expect(ending.end.wrong).toEqual([]);
  expect(ending.end.changes).toEqual(reference.end.changes);
  expect(ending.end.things).toEqual(reference.end.things);
  expect(ending.end).toEqual(reference.end);
  for (const name of ['api', 'worker', 'relay', 'audit', 'daily', 'outbox', 'seal']) {
    expect(killed.get(name), name).toBeGreaterThan(0);
  }
  for (const [kind, count] of Object.entries(city.cloud.proxies.dynamodb.counts.faults)) {
    if (kind !== 'stale-read') expect(count, kind).toBeGreaterThan(0);
  }
});

test.concurrent(
  'the API is killed in the middle of POSTs: each has exactly one effect',
  { timeout: patience },
  async () => {
    const before = await tableState(calm);
    const [list] = inputs.lists;
    const [known] = Object.keys(reference.end.enterprises);
    const nominations = Array.from({ length: 8 }, (_, place) => ({
      uscc: usccOf('411502', `MA9X000${place}`),
      name: `浉河区示例${place}号有限公司（示例）`,
      divisionCode: '411502',
      sizeClass: 'small',
      industryCode: 'C15',
      foundedOn: '2019-05-01',
    }));
    const clerk = calm.operator('county-clerk-411502');
    const reviewer = calm.operator('city-reviewer');
    const posts = [
      ...nominations.map((json) => ({ path: '/v1/enterprises', token: clerk, json })),
      ...[1, 2, 3, 4].map(() => ({ path: '/v1/screening-runs', token: reviewer, json: { scope: { usccs: [known] } } })),
      ...[1, 2].map(() => ({
        path: '/v1/enterprise-imports',
        token: clerk,
        bytes: list!.bytes,
        headers: { 'content-type': list!.mediaType },
      })),
    ].map((post, place) => ({ ...post, key: `post-amid-kills-${place}` }));
    const send = ({ path, ...what }: (typeof posts)[number]) => patiently(calm, 'POST', path, what);

    const storm = { seed: 7, strikes: Array.from({ length: 8 }, () => ['api']), span: 4 };
    const { result: answers, killed } = await through(calm, storm, () => Promise.all(posts.map(send)));
    expect(killed.get('api')).toBeGreaterThan(2);
    expect(answers.map(({ status }) => status)).toEqual(
      posts.map(({ path }) => (path === '/v1/enterprises' ? 201 : 202)),
    );
    expect(await calm.drain()).toEqual({ pending: 0, deadLetters: 0 });

    for (const [place, post] of posts.entries()) {
      const again = await send(post);
      expect(again).toMatchObject({ status: answers[place]!.status, body: answers[place]!.body });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
    const after = await tableState(calm);
    expect(after.wrong).toEqual([]);
    const more = Object.entries(after.things).map(([kind, count]) => [kind, count - (before.things[kind] ?? 0)]);
    expect(Object.fromEntries(more)).toMatchObject({
      'ENTERPRISE HEAD': nominations.length,
      'ENTERPRISE AUDIT': nominations.length,
      'RUN HEAD': 4,
      'IMPORT HEAD': 2,
      IDEMPOTENCY: posts.length,
    });
    for (const { body } of answers.filter(({ body }) => body.runId !== undefined)) {
      expect(await readRun(calm, body.runId)).toMatchObject({ status: 'done', counts: { total: 1, unchanged: 1 } });
    }
    for (const { body } of answers.filter(({ body }) => body.importId !== undefined)) {
      const view = await insist(calm, 'GET', `/v1/enterprise-imports/${body.importId}`, { token: clerk });
      expect(view).toMatchObject({ status: 'done', accepted: 0 });
      expect(view.unchanged + view.rejected.length).toBe(rowsPerList);
    }
  },
);

/** The same things in another order, by the seed. */
function shuffled<T>(things: readonly T[], random: () => number): T[] {
  return things
    .map((thing) => ({ thing, place: random() }))
    .toSorted((one, other) => one.place - other.place)
    .map(({ thing }) => thing);
}
