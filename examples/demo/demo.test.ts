import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { connect, inParallel, keyFor } from '#packages/local/patient-client';
import type { Enterprise } from './city-api.ts';
import { opinionsOf } from './opinions.ts';
import { countyTable } from './report.ts';
import { tableLines, widthOf } from './table.ts';

const closing: (() => void)[] = [];
afterEach(() => closing.splice(0).forEach((close) => close()));

type Seen = { key: string | undefined; authorization: string | undefined };

/** A server that gives these answers one after the other; `drop` hangs up instead. */
async function serverWith(answers: (number | 'drop')[], headers: Record<string, string> = {}) {
  const seen: Seen[] = [];
  const server = createServer((request, response) => {
    seen.push({ key: String(request.headers['idempotency-key']), authorization: request.headers.authorization });
    const answer = answers.shift() ?? 200;
    if (answer === 'drop') return request.socket.destroy();
    response.writeHead(answer, { 'content-type': 'application/json', ...headers });
    return response.end(JSON.stringify(answer < 300 ? { done: true } : { code: 'nope', detail: '不行' }));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  closing.push(() => server.close());
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, seen };
}

test('what was not answered or not now is sent again under the same key', async () => {
  const { url, seen } = await serverWith(['drop', 503, 429]);
  const call = { method: 'POST' as const, path: '/v1/things', token: 't', key: keyFor('thing', 'a'), json: {} };
  expect(await connect(url).call(call)).toMatchObject({ status: 200, body: { done: true } });
  expect(seen).toHaveLength(4);
  expect(new Set(seen.map(({ key }) => key))).toEqual(new Set([call.key]));
  expect(seen[0]?.authorization).toBe('Bearer t');
});

test('a refusal is thrown with its code, unless the caller can deal with its status', async () => {
  const { url, seen } = await serverWith([404, 404]);
  const call = { method: 'GET' as const, path: '/v1/things/1' };
  await expect(connect(url).call(call)).rejects.toThrow('GET /v1/things/1: 404 nope 不行');
  expect((await connect(url).call(call, [404])).status).toBe(404);
  expect(seen).toHaveLength(2);
});

test('a key is well-formed, and the same for the same thing only', () => {
  expect(keyFor('import-411502', 'x')).toMatch(/^[A-Za-z0-9_-]{16,64}$/);
  expect(keyFor('run', 'a', 'b')).toBe(keyFor('run', 'a', 'b'));
  expect(keyFor('run', 'ab', '')).not.toBe(keyFor('run', 'a', 'b'));
});

test('work in parallel keeps its bound and its order', async () => {
  let now = 0;
  let most = 0;
  const results = await inParallel([5, 4, 3, 2, 1], 2, async (n) => {
    most = Math.max(most, (now += 1));
    await new Promise((resolve) => setTimeout(resolve, n));
    now -= 1;
    return n * 10;
  });
  expect([results, most]).toEqual([[50, 40, 30, 20, 10], 2]);
});

test('columns stand one under the other when Chinese characters take two places', () => {
  expect(widthOf('浉河区ab（𬭼）')).toBe(6 + 2 + 6);
  const columns = [
    { header: '县区', align: 'left' },
    { header: 'n', align: 'right' },
  ] as const;
  expect(
    tableLines(columns, [
      ['新县', 7],
      ['浉河区', 1234],
    ]),
  ).toEqual(['县区       n', '────────────', '新县       7', '浉河区  1234']);
});

const enterprise = (
  uscc: string,
  outcome: 'pass' | 'review' | 'exclude' | 'stale',
  reasons: string[] = [],
): Enterprise => ({
  uscc,
  divisionCode: '411502',
  screening: { screeningId: `s-${uscc}`, outcome, reasons },
  opinions: [],
});

test('a county recommends passes and what a paper can settle, and rejects each twenty-fifth pass', () => {
  const passes = Array.from({ length: 80 }, (_, i) => enterprise(`P${i}`, 'pass'));
  const others = [
    enterprise('R1', 'review', ['tax-grade-not-d', 'tax-grade-good']),
    enterprise('R2', 'review', ['tax-grade-good']),
    enterprise('X1', 'exclude', ['size-sme']),
    enterprise('S1', 'stale', ['tax-grade-not-d', 'tax-grade-good']),
  ];
  const said = opinionsOf([...passes, ...others]);
  expect(said.filter(({ say }) => say.opinion === 'reject').map((one) => one.enterprise.uscc)).toEqual([
    'P24',
    'P49',
    'P74',
  ]);
  expect(said.map((one) => one.enterprise.uscc).slice(80)).toEqual(['R1']);
});

test('the table counts each county, and an enterprise of two counties once in the sum', () => {
  const both = { ...enterprise('B', 'pass'), listing: { status: 'listed' } };
  const review = enterprise('R', 'review', ['unpledged-invention', 'tax-grade-good', 'tax-grade-not-d']);
  const counties = new Map([
    ['411502', [both, review]],
    ['411525', [both, enterprise('X', 'exclude', ['size-sme', 'unpledged-invention'])]],
  ]);
  const lines = countyTable(counties).map((line) => line.replaceAll(/\s+/g, ' '));
  expect(lines[2]).toBe('浉河区 2 1 1 0 0 1 发明专利 1、纳税信用 1');
  expect(lines[3]).toBe('固始县 2 1 0 1 0 1 企业规模 1');
  expect(lines[4]).toMatch(/^合计 3 1 1 1 0 1 /);
  expect(lines[5]).toMatch(/^1 家由两县同时推荐/);
});
