import fc from 'fast-check';
import { expect } from 'vitest';
import type { Route } from '#packages/contract';
import { problems } from '#packages/problems';
import { personRoles } from '#packages/roles';
import { ProblemShape, type Raw, routes, send } from './http.ts';
import { bodyOf, csvHeader } from './samples.ts';
import type { World } from './world.ts';

type People = World['people'];

const awkward = [
  '',
  ' ',
  '.',
  '..',
  '~',
  '-',
  '_',
  '0',
  '-1',
  '1e3',
  '9'.repeat(20),
  'null',
  '__proto__',
  'constructor',
  'HEAD',
  'ENTERPRISE#x',
  '%',
  '%00',
  '%2e%2e',
  '%2F',
  '%E4%BF%A1',
  '%ff',
  "'",
  '"',
  '<script>',
  '{uscc}',
  '${x}',
  'a'.repeat(64),
  'a'.repeat(65),
];
const texts = [
  ...awkward,
  '\0',
  '\ud800',
  '\udfff',
  '\u2028',
  '\u202e',
  '\ufeff',
  '信阳',
  '😀',
  '2026-02-30',
  '0000-01-01',
  '9999-12-31',
  '411502',
  '91411502MA9TETT0X9',
  'all-banks',
  '=1+1',
  'x'.repeat(201),
  'x'.repeat(4_001),
];

const segment = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...awkward) },
  fc.stringMatching(/^[!-"$-.0->@-~]{1,40}$/),
);

function pathOf(route: Route, known: string): fc.Arbitrary<string> {
  const usual = fc.constantFrom(known, known, known, '1', '91411502MA9TETT0X9', 'city-1');
  const values = fc.oneof({ weight: 4, arbitrary: usual }, segment);
  const filled = fc.array(values, { minLength: 3, maxLength: 3 }).map((given) => {
    let next = 0;
    return route.path.replace(/\{[^}]+\}/g, () => given[next++] ?? '').replaceAll(' ', '+');
  });
  const bent = fc.tuple(filled, segment).map(([path, end]) => `${path}/${end.trim()}`);
  return fc.oneof({ weight: 12, arbitrary: filled }, bent);
}

const name = fc.constantFrom(
  'pageSize',
  'cursor',
  'status',
  'divisionCode',
  'parkId',
  'uscc',
  'purpose',
  'overdue',
  'asOf',
  'knownOn',
  'surprise',
  '__proto__',
  '%',
  '',
);
const value = fc.oneof(
  fc.constantFrom(
    '1',
    '200',
    'true',
    'post-loan',
    '2026-01-05',
    '2999-01-05',
    'listed',
    'removed',
    '411502',
    '411525',
    'XY-ZONE-YSQY',
    'eyJwayI6IngifQ.AAAA',
  ),
  segment,
);
const query = fc.oneof(
  { weight: 3, arbitrary: fc.constant('') },
  fc
    .array(fc.tuple(name, value, fc.constantFrom('=', '', '==')), { maxLength: 4 })
    .map((pairs) => `?${pairs.map(([key, given, sign]) => `${key}${sign}${given}`.replaceAll(' ', '+')).join('&')}`),
);

const anyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1.5, 1e21, [], {}, [[[]]], Array(501).fill(1), { uscc: 1 }),
  { weight: 3, arbitrary: fc.constantFrom<unknown>(...texts) },
  fc.jsonValue({ maxDepth: 3 }),
);

/** A good body with one thing in it changed, or anything at all. */
function bodyFor(route: Route): fc.Arbitrary<string | Uint8Array> {
  const proper = bodyOf(route) as Record<string, unknown>;
  const own = Object.keys(proper).length > 0 ? Object.keys(proper) : ['confirm', 'hold'];
  const others = fc.constantFrom('scope', 'confirm', 'parkId', 'legalRepresentative', 'surprise', '__proto__');
  const fields = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...own) }, others);
  const changed = fc.tuple(fields, anyJson).map(([field, given]) => JSON.stringify({ ...proper, [field]: given }));
  const named = anyJson.map((given) => JSON.stringify({ confirm: [{ uscc: given, reason: given }], hold: [given] }));
  const rows = fc.array(fc.array(fc.constantFrom(...texts), { maxLength: 8 }), { maxLength: 4 });
  const list = rows.map((lines) => [csvHeader, ...lines.map((cells) => cells.join(','))].join('\n'));
  const anything = fc.oneof(
    fc.json(),
    fc.uint8Array({ maxLength: 200 }),
    fc.constantFrom(
      '',
      '{',
      '[',
      `${'['.repeat(5_000)}`,
      `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
      `"${'\\u0000'.repeat(99)}"`,
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
  );
  if (route.file !== undefined) return fc.oneof({ weight: 3, arbitrary: list }, anything);
  return fc.oneof(
    { weight: 2, arbitrary: fc.constant(JSON.stringify(proper)) },
    { weight: 6, arbitrary: changed },
    named,
    { weight: 2, arbitrary: anything },
  );
}

/** A header's value most of the time as it should be, sometimes another, sometimes left out. */
function header(key: string, proper: string[], ...others: string[]): fc.Arbitrary<[string, string][]> {
  const good = fc.constantFrom(...proper).map((given): [string, string][] => [[key, given]]);
  const other = fc
    .constantFrom(...others, '', ' ', ',', '\u00ff', 'x'.repeat(900))
    .map((given): [string, string][] => [[key, given]]);
  const twice = good.map(([first]): [string, string][] => (first === undefined ? [] : [first, first]));
  const none = fc.constant<[string, string][]>([]);
  return fc.oneof({ weight: 12, arbitrary: good }, other, twice, none);
}

const rare = fc.oneof(
  { weight: 6, arbitrary: fc.constant([] as [string, string][]) },
  fc
    .tuple(
      fc.constantFrom(
        'accept',
        'x-request-id',
        'content-encoding',
        'signature',
        'signature-input',
        'content-digest',
        'cookie',
        'x-forwarded-for',
        'x-http-method-override',
      ),
      fc.constantFrom(
        '*/*',
        'text/html',
        ';;;',
        'gzip',
        'sig1=:AA==:',
        'DELETE',
        '__proto__',
        '\u00e4\u00f6',
        '127.0.0.1, ::1',
      ),
    )
    .map((pair): [string, string][] => [pair]),
);

function requestTo(route: Route, people: People, known: string): fc.Arbitrary<Raw> {
  const roles = personRoles.filter((role) => route.roles.includes(role));
  const tokens = (roles.length > 0 ? roles : personRoles).map((role) => `Bearer ${people[role]}`);
  const method = fc.oneof(
    { weight: 15, arbitrary: fc.constant<string>(route.method) },
    fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
  );
  const writes = route.method === 'POST' || route.method === 'PUT';
  const body = writes ? bodyFor(route) : fc.oneof({ weight: 9, arbitrary: fc.constant('') }, fc.constant('{}'));
  const types = route.file === undefined ? ['application/json'] : [...route.file.mediaTypes];
  const headers = fc
    .tuple(
      header('authorization', tokens, 'Bearer', 'Bearer a.b.c', 'Basic Zm9v', `Bearer ${people.regulator}`),
      header('content-type', types, 'text/plain', 'application/json; charset=utf-16', ';', 'text/csv; header=present'),
      fc.oneof(
        { weight: 9, arbitrary: fc.uuid().map((id): [string, string][] => [['idempotency-key', id]]) },
        header('idempotency-key', ['of-many-requests-1']),
      ),
      rare,
    )
    .map((all) => all.flat());
  return fc.record({
    method,
    path: fc.tuple(pathOf(route, known), query).map((parts) => parts.join('')),
    headers,
    body,
  });
}

const codes = new Set([
  ...Object.keys(problems),
  ...Object.values(routes).flatMap((route) => Object.keys(route.refusals ?? {})),
]);

/** Sends so many requests that nobody should send, and checks that each is answered as the contract says. */
export async function checkAnyInput(
  { city, people, known }: World,
  size: { requests: number; seed: number },
): Promise<void> {
  const any = fc.oneof(...Object.values(routes).map((route) => requestTo(route, people, known)));
  const check = fc.asyncProperty(any, async (request) => {
    const { status, headers, text } = await send(city.baseUrl, request);
    expect(status, text).toBeLessThan(500);
    expect(headers['x-request-id']).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
    if (status < 400) return;
    expect(headers['content-type']).toBe('application/problem+json');
    const problem = ProblemShape.parse(JSON.parse(text));
    expect(problem.status).toBe(status);
    expect(codes).toContain(problem.code);
    if (problem.code === 'validation_failed') expect(problem.errors?.length).toBeGreaterThan(0);
  });
  await fc.assert(check, { numRuns: size.requests, seed: size.seed });
}
