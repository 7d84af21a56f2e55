import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { personRoles } from '#packages/roles';
import { startCity, type Answer, type City, type Send } from '../support/city.ts';
import { bodyCases, type BodyCase, idempotencyKeys, queryCases, unknownPaths } from './refusals.ts';
import { routes, said, problemIn, send, timeless } from './http.ts';
import { checkAnyInput } from './any-input.ts';
import { addressOf, contentOf, csv, csvHeader, forgeriesOf, peopleOf } from './samples.ts';
import { grantOf, newUscc, nominationOf, storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let people: Awaited<ReturnType<typeof peopleOf>>;
/** Of 411502, in the park of the park manager, and the import that a clerk of there made. */
let known: string;
let importId: string;

beforeAll(async () => {
  city = await startCity();
  story = storyOf(city);
  people = await peopleOf(city);
  known = await story.enterprise({ parkId: 'XY-ZONE-YSQY' });
  expect(await story.screen(known)).toEqual(['pass']);
  importId = (await importList(clerk())).body.importId;
});
afterAll(() => city.stop());

const clerk = () => city.operator('county-clerk-411502');
const nominate = (more: Send = {}) =>
  city.call('POST', '/v1/enterprises', { token: clerk(), json: nominationOf(newUscc()), ...more });
const importList = (token: string, more: Send = {}) => {
  const bytes = Buffer.from(`${csvHeader}\n`);
  return city.call('POST', '/v1/enterprise-imports', { token, bytes, headers: { 'content-type': csv }, ...more });
};
const each = Object.entries(routes).map(([name, route]) => [name, route] as const);
const proved = each.filter(([, route]) => route.public !== true);

describe('an address', () => {
  test.each(unknownPaths)('%s is unknown, with and without a proof', async (path) => {
    for (const headers of [[], [['authorization', `Bearer ${people.auditor}`] as [string, string]]]) {
      expect(said(await send(city.baseUrl, { method: 'GET', path, headers }))).toBe('404 not_found');
    }
  });

  test('with another method says which it has', async () => {
    const paths = Map.groupBy(each, ([, route]) => route.path);
    for (const [path, rows] of paths) {
      const allowed = rows.map(([, route]) => route.method as string).toSorted();
      const others = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'OPTIONS'].filter((method) => !allowed.includes(method));
      for (const method of others) {
        const answer = await city.call(method, path.replace(/\{[^}]+\}/g, '1'), { key: null });
        expect([path, method, said(answer)]).toEqual([path, method, '405 method_not_allowed']);
        expect(answer.headers.get('allow')).toBe(allowed.join(', '));
      }
    }
  });
});

describe('a proof', () => {
  test('is needed on every route that is not public', async () => {
    for (const [name, route] of proved) {
      const answer = await city.call(route.method, addressOf(route, known), contentOf(route));
      expect([name, said(answer)]).toEqual([name, '401 signature_missing']);
      expect(answer.headers.get('accept-signature')).toContain('"@method"');
    }
  });

  test('is one, not two', async () => {
    for (const name of ['signature', 'signature-input']) {
      const answer = await city.call('GET', '/v1/whitelist', { token: people.auditor, headers: { [name]: 'sig1=:AA==:' } });
      expect(said(answer)).toBe('400 credentials_ambiguous');
    }
    const headers: [string, string][] = [1, 2].map(() => ['authorization', `Bearer ${people.auditor}`]);
    expect(said(await send(city.baseUrl, { method: 'GET', path: '/v1/whitelist', headers }))).toBe('400 header_duplicated');
  });

  test('that is forged is refused, whatever is wrong with it', async () => {
    for (const [what, authorization] of await forgeriesOf(city)) {
      const answer = await city.call('GET', '/v1/whitelist', { headers: { authorization } });
      expect([what, said(answer)]).toEqual([what, '401 token_invalid']);
    }
  });

  test('past its end has expired', async () => {
    for (const ttlSeconds of [-3_600, -1]) {
      const issued = await city.call('POST', '/__local/tokens', { json: { sub: 'late', role: 'auditor', ttlSeconds } });
      expect(said(await city.get('/v1/whitelist', issued.body.token))).toBe('401 token_expired');
    }
  });
});

describe('a role', () => {
  test('reaches the routes that name it, and no other', async () => {
    for (const [name, route] of proved) {
      for (const role of personRoles) {
        if (route.roles.includes(role)) continue;
        const answer = await city.call(route.method, addressOf(route, known), { token: people[role], ...contentOf(route) });
        expect([name, role, said(answer)]).toEqual([name, role, '403 forbidden']);
      }
    }
  });

  test('that reads may read: nobody whom a route names is sent away', async () => {
    const reads = proved.filter(([, { method }]) => method === 'GET');
    for (const [name, route] of reads) {
      expect(route.roles).toContain('auditor');
      for (const role of personRoles.filter((one) => route.roles.includes(one))) {
        const path = addressOf(route, route.path.includes('import') ? importId : known);
        const { status } = await city.get(path, people[role]);
        expect([200, 404], `${name} ${role}`).toContain(status);
      }
    }
  });

  test('without the place that binds it reaches nothing', async () => {
    for (const role of ['county-clerk', 'park-manager'] as const) {
      const token = await city.cloud.issueToken({ sub: `unbound-${role}`, role });
      expect(said(await nominate({ token }))).toBe('403 forbidden');
      expect(said(await importList(token))).toBe('403 forbidden');
      expect(said(await city.get('/v1/enterprises', token))).toBe('403 forbidden');
      expect(said(await city.get(`/v1/enterprises/${known}`, token))).toBe('404 not_found');
    }
  });
});

describe('what belongs to somebody else', () => {
  const strangers = async () => ({
    'county-clerk': city.operator('county-clerk-411525'),
    'county-reviewer': city.operator('county-reviewer-411525'),
    'park-manager': await city.cloud.issueToken({ sub: 'other-park', role: 'park-manager', parkId: 'XY-ZONE-MG' }),
    'enterprise-user': city.operator('enterprise-user'),
  });

  test('is not there, just like what nobody has', async () => {
    const missing = newUscc();
    for (const [role, token] of Object.entries(await strangers())) {
      const theirs = proved.filter(([, route]) => route.roles.some((one) => one === role) && /uscc|importId/.test(route.path));
      for (const [name, route] of theirs.filter(([, { path }]) => !path.startsWith('/v1/whitelist'))) {
        const [foreign, none] = route.path.includes('importId') ? [importId, 'import-none'] : [known, missing];
        const ask = (value: string) => city.call(route.method, addressOf(route, value), { token, ...contentOf(route) });
        const [there, nowhere] = [await ask(foreign), await ask(none)];
        expect([name, role, said(there)]).toEqual([name, role, '404 not_found']);
        expect(timeless(problemIn(there))).toEqual(timeless(problemIn(nowhere)));
        expect([...there.headers.keys()]).toEqual([...nowhere.headers.keys()]);
      }
    }
    expect(await story.view(known)).toMatchObject({ consent: { status: 'live' }, opinions: [] });
  });

  test('must not be named in a body or a filter', async () => {
    const elsewhere = nominationOf(newUscc(), { divisionCode: '411525' });
    expect(said(await nominate({ json: elsewhere }))).toBe('403 forbidden');
    const ofPark = { token: city.operator('park-manager') };
    expect(said(await nominate({ ...ofPark, json: nominationOf(newUscc(), { parkId: 'XY-ZONE-MG' }) }))).toBe('403 forbidden');
    expect(said(await nominate({ ...ofPark, json: nominationOf(newUscc()) }))).toBe('403 forbidden');
    expect(said(await city.get('/v1/enterprises?divisionCode=411525', clerk()))).toBe('403 forbidden');
    expect(said(await city.get('/v1/enterprises?parkId=XY-ZONE-MG', ofPark.token))).toBe('403 forbidden');
  });
});

describe('a body', () => {
  test.each(bodyCases)('$what: $expected', async ({ expected, errors, body, ...request }: BodyCase) => {
    const { method = 'POST', path = '/v1/enterprises', as = 'county-clerk', headers = {} } = request;
    const all = { 'content-type': 'application/json', 'idempotency-key': `body-${newUscc()}`, ...headers };
    const sent = Object.entries({ ...all, authorization: `Bearer ${people[as]}` }).filter(([, value]) => value !== '');
    const text = typeof body === 'function' ? body(nominationOf(newUscc())) : body;
    const answer = await send(city.baseUrl, { method, path, headers: sent, body: text });
    expect(said(answer)).toBe(expected);
    if (errors === undefined) return;
    const named = problemIn(answer).errors?.map(({ pointer, code }) => `${pointer} ${code}`);
    expect(named?.toSorted()).toEqual(errors);
  });

  test('of more than 4 MB is too large for a list, and of more than 10 MB for the gateway', async () => {
    const token = clerk();
    expect(said(await importList(token, { bytes: Buffer.alloc(4 * 1024 * 1024 + 1, ',') }))).toBe('413 body_too_large');
    const answer = await importList(token, { bytes: Buffer.alloc(10 * 1024 * 1024 + 1, ',') });
    expect(answer.status).toBe(413);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(Object.keys(answer.body).toSorted()).toEqual(['code', 'status', 'title', 'type']);
    expect(answer.body).toMatchObject({ status: 413, code: 'body_too_large', title: expect.any(String) });
  });
});

describe('a parameter', () => {
  test.each(queryCases)('%s %s: %s', async (as, target, pointer) => {
    const answer = await city.get(target.replace('{uscc}', known), people[as]);
    expect(said(answer)).toBe('422 validation_failed');
    expect(problemIn(answer).errors).toMatchObject([{ pointer }]);
  });

  test('that a route does not know is refused on every route', async () => {
    for (const [name, route] of each) {
      const token = route.roles.length === 0 ? undefined : people[personRoles.find((role) => route.roles.includes(role))!];
      const answer = await city.call(route.method, `${addressOf(route, known)}?surprise=1`, { token, ...contentOf(route) });
      expect([name, said(answer)]).toEqual([name, '422 validation_failed']);
      expect(problemIn(answer).errors).toMatchObject([{ pointer: '?surprise' }]);
    }
  });
});

describe('an Idempotency-Key', () => {
  const replayed = (answer: Answer) => answer.headers.get('idempotency-replayed');

  test('is needed on every POST, and well-formed', async () => {
    for (const [name, route] of proved.filter(([, { method }]) => method === 'POST')) {
      const token = people[personRoles.find((role) => route.roles.includes(role))!];
      const content = contentOf(route);
      const withKey = (headers: Record<string, string>) =>
        city.call('POST', addressOf(route, known), { token, ...content, key: null, headers: { ...content.headers, ...headers } });
      expect([name, said(await withKey({}))]).toEqual([name, '400 idempotency_key_missing']);
      for (const key of idempotencyKeys) {
        expect([name, key, said(await withKey({ 'idempotency-key': key }))]).toEqual([name, key, '400 idempotency_key_malformed']);
      }
    }
  });

  test('brings the stored answer again, for the same content only', async () => {
    const [key, json] = ['said-again-00000001', nominationOf(newUscc())];
    const first = await nominate({ key, json });
    const again = await nominate({ key, json });
    expect([said(first), said(again), replayed(first), replayed(again)]).toEqual(['201', '201', null, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('location')).toBe(`/v1/enterprises/${json.uscc}`);

    const spaced = Buffer.from(JSON.stringify(json, undefined, 1));
    const asJson = { 'content-type': 'application/json' };
    const others = [
      nominate({ key, json: { ...json, name: '另一家示例公司' } }),
      nominate({ key, json: undefined, bytes: spaced, headers: asJson }),
      importList(clerk(), { key }),
    ];
    for (const other of others) expect(said(await other)).toBe('422 idempotency_key_reused');
    expect(said(await nominate({ key, json }))).toBe('201');
  });

  test('is the caller’s own, and asks every time whether he may', async () => {
    const [key, json] = ['of-one-person-000001', nominationOf(newUscc())];
    expect(said(await nominate({ key, json }))).toBe('201');
    const another = await nominate({ key, token: people['county-clerk'], json: nominationOf(newUscc()) });
    expect([said(another), replayed(another)]).toEqual(['201', null]);
    const moved = await city.cloud.issueToken({ sub: 'county-clerk-411502', role: 'county-reviewer', divisionCode: '411502' });
    expect(said(await nominate({ key, token: moved, json }))).toBe('403 forbidden');
  });

  test('keeps a refusal of the operation', async () => {
    const [key, json] = ['refused-for-good-001', { opinion: 'recommend', reason: '县区核实' }];
    const uscc = await story.enterprise();
    const opine = () => city.call('POST', `/v1/enterprises/${uscc}/county-opinions`, { token: people['county-reviewer'], json, key });
    const first = await opine();
    expect([said(first), replayed(first)]).toEqual(['409 state_conflict', null]);
    await story.screen(uscc);
    const again = await opine();
    expect([said(again), replayed(again)]).toEqual(['409 state_conflict', 'true']);
    expect(again.body).toEqual(first.body);
  });

  test('is not used up by what was refused before the operation, or by a 404', async () => {
    const [key, json] = ['not-used-up-00000001', nominationOf(newUscc())];
    const asText = { 'content-type': 'text/plain' };
    const before: [string, Send][] = [
      ['422 validation_failed', { json: { ...json, sizeClass: 'huge' } }],
      ['400 json_malformed', { json: undefined, bytes: Buffer.from('{'), headers: { 'content-type': 'application/json' } }],
      ['403 forbidden', { json: { ...json, divisionCode: '411525' } }],
      ['415 media_type_unsupported', { headers: asText }],
      ['413 body_too_large', { json: { ...json, name: 'x'.repeat(262_144) } }],
      ['406 not_acceptable', { headers: { accept: 'text/csv' } }],
    ];
    for (const [refusal, more] of before) expect(said(await nominate({ key, json, ...more }))).toBe(refusal);
    expect(said(await nominate({ key, json }))).toBe('201');

    const uscc = newUscc();
    const opine = () =>
      city.call('POST', `/v1/enterprises/${uscc}/county-opinions`, {
        token: people['county-reviewer'],
        json: { opinion: 'reject', reason: '县区核实' },
        key: 'found-the-next-time-1',
      });
    expect(said(await opine())).toBe('404 not_found');
    await story.nominate(uscc);
    expect(said(await opine())).toBe('409 state_conflict');
  });

  test('of simultaneous twins has one effect', async () => {
    const twins = <Value>(make: () => Promise<Value>) => Promise.all(Array.from({ length: 8 }, make));
    const [token, json] = [people['city-admin'], { scope: { divisionCode: '411599' } }];
    const runs = await twins(() => city.call('POST', '/v1/screening-runs', { token, json, key: 'twins-of-a-run-00001' }));
    const lists = await twins(() => importList(clerk(), { key: 'twins-of-a-list-0001' }));
    for (const [answers, id] of [[runs, 'runId'], [lists, 'importId']] as const) {
      expect(answers.map(said).filter((line) => !['202', '409 idempotency_in_progress'].includes(line))).toEqual([]);
      const good = answers.filter(({ status }) => status === 202);
      expect(new Set(good.map(({ body }) => body[id])).size).toBe(1);
      expect(good.filter((answer) => replayed(answer) === null)).toHaveLength(1);
    }
    const nomination = nominationOf(newUscc());
    const nominations = await twins(() => nominate({ key: 'twins-of-a-company-1', json: nomination }));
    expect(nominations.map(said).filter((line) => !['201', '409 idempotency_in_progress'].includes(line))).toEqual([]);
    expect((await story.view(nomination.uscc)).nominations).toHaveLength(1);
  });
});

describe('a list', () => {
  const pageOf = (path: string, cursor: string | null, token: string) =>
    city.get(`${path}${path.includes('?') ? '&' : '?'}cursor=${cursor}`, token);

  test('comes in pages, newest first, and ends', async () => {
    const usccs = [newUscc(), newUscc(), newUscc()];
    for (const uscc of usccs) await story.nominate(uscc);
    const seen: string[] = [];
    let cursor: string | null = null;
    do {
      const path: string = '/v1/enterprises?pageSize=2';
      const { body } = cursor === null ? await city.get(path, clerk()) : await pageOf(path, cursor, clerk());
      expect(body.items.length).toBeLessThanOrEqual(2);
      seen.push(...body.items.map((item: { uscc: string }) => item.uscc));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen.slice(0, 3)).toEqual(usccs.toReversed());
    expect(seen).toContain(known);
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('goes on by a cursor that belongs to the caller and the filter', async () => {
    const path = '/v1/enterprises?pageSize=1';
    const cursor: string = (await city.get(path, clerk())).body.nextCursor;
    expect(said(await pageOf('/v1/enterprises?pageSize=7', cursor, clerk()))).toBe('200');
    const elsewhere = await city.cloud.issueToken({ sub: 'county-clerk-411502', role: 'county-clerk', divisionCode: '411525' });
    const promoted = await city.cloud.issueToken({ sub: 'county-clerk-411502', role: 'auditor' });
    const edited = `${cursor.startsWith('A') ? 'B' : 'A'}${cursor.slice(1)}`;
    const refused = [
      pageOf(path, cursor, people['county-clerk']),
      pageOf(path, cursor, elsewhere),
      pageOf(path, cursor, promoted),
      pageOf('/v1/enterprises?divisionCode=411502', cursor, clerk()),
      pageOf('/v1/whitelist', cursor, clerk()),
      pageOf(`/v1/enterprises/${known}/screenings`, cursor, clerk()),
      ...[edited, cursor.slice(0, -1), `${cursor}=`, `${cursor}.x`, cursor.split('.')[0]!, 'nonsense', '.', '%F0%9F%92%A9'].map(
        (wrong) => pageOf(path, wrong, clerk()),
      ),
    ];
    for (const [index, answer] of (await Promise.all(refused)).entries()) {
      expect([index, said(answer)]).toEqual([index, '400 cursor_invalid']);
    }
  });
});

describe('an answer', () => {
  test('says where the new thing is, and has the status of its kind', async () => {
    const created = await nominate();
    expect(said(created)).toBe('201');
    expect((await city.get(created.headers.get('location')!, clerk())).body).toEqual(created.body);
    const list = await importList(clerk());
    expect([said(list), list.headers.get('location')]).toEqual(['202', `/v1/enterprise-imports/${list.body.importId}`]);
    const consent = `/v1/enterprises/${created.body.uscc}/consent`;
    expect(said(await city.call('PUT', consent, { token: clerk(), json: grantOf() }))).toBe('200');
    const withdrawn = await city.call('DELETE', consent, { token: clerk() });
    expect([said(withdrawn), withdrawn.body]).toEqual(['204', '']);
  });

  test('carries the request’s id, ours where the caller’s is none', async () => {
    const ask = (headers: Record<string, string>) => city.call('GET', '/v1/whitelist/none', { token: people.auditor, headers });
    const named = await ask({ 'x-request-id': 'trace-1.a_B' });
    expect([named.headers.get('x-request-id'), problemIn(named).requestId]).toEqual(['trace-1.a_B', 'trace-1.a_B']);
    const ours = await Promise.all([{}, { 'x-request-id': 'no blanks' }, { 'x-request-id': 'x'.repeat(65) }].map(ask));
    const ids = ours.map((answer) => answer.headers.get('x-request-id'));
    expect(ours.map((answer) => problemIn(answer).requestId)).toEqual(ids);
    expect(new Set(ids).size).toBe(3);
    for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9-]{8,64}$/);
  });
});

describe('the OpenAPI document', () => {
  test('names exactly the routes of the contracts, and each is there', async () => {
    const { paths } = (await city.get('/openapi.json')).body;
    const told = Object.entries<Record<string, unknown>>(paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(told.toSorted()).toEqual(each.map(([, { method, path }]) => `${method} ${path}`).toSorted());
    for (const line of told) {
      const [method = '', path = ''] = line.split(' ');
      const { status } = await city.call(method, path.replace(/\{[^}]+\}/g, '1'), { key: null });
      expect([200, 401], line).toContain(status);
    }
  });

  test('is all there is: what the gateway hands to a service is in its contract', () => {
    const nouns = (paths: string[]) => new Set(paths.flatMap((path) => /^\/v1\/([^/{]+)/.exec(path)?.[1] ?? []));
    expect(nouns(city.cloud.deployment.routes.map(({ resource }) => resource))).toEqual(nouns(each.map(([, { path }]) => path)));
  });
});

test('no input brings a fault, and everything refused is a documented problem', async () => {
  await checkAnyInput(city, people, known, { requests: 400, seed: 2026 });
  await story.drained();
});
