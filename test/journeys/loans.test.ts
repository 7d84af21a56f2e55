import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addDays, addMonths, todayOf } from '#packages/calendar';
import { type City, startCity } from '../support/city.ts';
import { partnerClient } from '../support/partner.ts';
import { grantOf, storyOf } from './story.ts';

let city: City;
let story: ReturnType<typeof storyOf>;
let listed: string;
const clients = new Map<string, Awaited<ReturnType<typeof partnerClient>>>();
const today = todayOf(new Date());
const admin = () => city.operator('city-admin');

beforeAll(async () => {
  city = await startCity({ partners: true });
  story = storyOf(city);
  for (const bank of ['bank-a', 'bank-b']) clients.set(bank, await partnerClient(city, bank));
  listed = await story.enterprise();
  await story.screen(listed);
  await story.opine(listed);
  await story.publish();
  const programme = {
    parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
    eligiblePerEnterpriseFen: 400_000_000,
    minIpPartBps: 5_000,
    maxTermMonths: 36,
    rateCeilingBps: 450,
    breaker: 'off',
    recoveryOrder: 'principal-first',
  };
  for (const fundId of ['xinyang', 'unapproved']) {
    await story.ok(201, city.post('/v1/funds', admin(), { fundId, name: '示例基金', programme }));
  }
  await story.ok(200, city.post('/v1/funds/xinyang/programmes/1/approvals', city.operator('city-reviewer')));
  const money = { level: 'city', amountFen: 1_000_000_000, receivedOn: today, bankReference: 'R1' };
  await story.ok(201, city.post('/v1/funds/xinyang/contributions', admin(), money));
  await story.drained();
});
afterAll(() => city.stop());

const send = (bank: string, method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown): Promise<any> =>
  clients.get(bank)!.call({ method, path, ...(body !== undefined && { body }) });

let loans = 0;
const registration = { registrationNo: 'Y2026980012345', registeredOn: today };
const asset = (number: string, more: object = {}) => ({
  kind: 'invention',
  number,
  valueFen: 800_000_000,
  valuedOn: today,
  ...more,
});
function loan(more: object = {}, assets: object[] = [asset('201710601862.3')]) {
  loans += 1;
  return {
    bankLoanNo: `贷-${loans}`,
    uscc: listed,
    fundId: 'xinyang',
    principalFen: 500_000_000,
    ipPartBps: 10_000,
    annualRateBps: 400,
    disbursedOn: today,
    maturesOn: addMonths(today, 24),
    pledge: { assets },
    ...more,
  };
}

describe('a loan', () => {
  test('waits for its registration, is covered by the fund once it has it, and shows how it came about', async () => {
    const work = '国作登字-2022-F-10012345';
    const body = loan({}, [asset('201310699744.2', registration), asset(work, { kind: 'copyright' })]);
    const filed = await send('bank-a', 'POST', '/v1/loans', body);
    expect(filed).toMatchObject({
      kind: 'done',
      status: 201,
      body: {
        cover: {
          fundId: 'xinyang',
          programmeVersion: 1,
          eligibleFen: 400_000_000,
          shareBps: 5_000,
          status: 'pending',
          reason: 'registration-missing',
        },
      },
    });
    const { loanId } = filed.body;
    const path = `/v1/loans/${loanId}`;
    await story.drained();
    expect((await send('bank-a', 'GET', path)).body).toMatchObject({
      status: 'active',
      cover: { status: 'pending', reason: 'registration-missing' },
      bundle: { state: 'partial', assets: [{ state: 'registered' }, { state: 'draft' }] },
    });
    const place = `${path}/pledge/assets/copyright/${encodeURIComponent(work)}`;
    const put = await send('bank-a', 'PUT', place, { registrationNo: '作登-7', registeredOn: today });
    expect(put).toMatchObject({ status: 200, body: { bundle: 'complete' } });
    await story.drained();
    const covered = await send('bank-a', 'GET', path);
    expect(covered.body).toMatchObject({ cover: { status: 'covered' }, bundle: { state: 'complete' } });
    expect(covered.body.cover).not.toHaveProperty('reason');
    expect(covered.body.history.map(({ action }: any) => action)).toEqual([
      'loan.cover',
      'pledge.register',
      'loan.file',
    ]);
    const balances = await story.ok(200, city.get('/v1/funds/xinyang/balances', admin()));
    expect(balances.exposureFen).toBe(200_000_000);

    // As the first time, under any key; other content under the number never.
    const again = await send('bank-a', 'POST', '/v1/loans', body);
    expect(again).toMatchObject({ status: 201, replayed: true, body: filed.body });
    const other = await send('bank-a', 'POST', '/v1/loans', { ...body, principalFen: 1 });
    expect(other).toMatchObject({ status: 409, code: 'already_exists' });

    // Another bank learns nothing of it: neither by its id, nor by its rights, nor in a list.
    const theirs = await send('bank-b', 'GET', path);
    expect(theirs).toMatchObject({ status: 404, code: 'not_found' });
    const { requestId: _a, serverTime: _b, ...unseen } = theirs.problem;
    const { requestId: _c, serverTime: _d, ...none } = (await send('bank-b', 'GET', '/v1/loans/loan-none')).problem;
    expect(unseen).toEqual(none);
    expect(await send('bank-b', 'PUT', place, { releasedOn: today })).toMatchObject({ status: 404 });
    const pledged = await send('bank-b', 'POST', '/v1/loans', loan({}, [asset('ZL201310699744.2')]));
    expect(pledged).toMatchObject({ status: 422, code: 'right_already_pledged' });
    expect(JSON.stringify(pledged.problem)).not.toMatch(/bank-a|loan-/);
    expect((await send('bank-b', 'GET', '/v1/loans')).body.items).toEqual([]);

    // People see what is theirs.
    const seenBy = async (operator: string) => (await city.get(path, city.operator(operator))).status;
    expect(
      await Promise.all(['auditor', 'county-clerk-411502', 'county-clerk-411525', 'regulator'].map(seenBy)),
    ).toEqual([200, 200, 404, 403]);
    const company = await city.cloud.issueToken({ sub: 'someone', role: 'enterprise-user', uscc: listed });
    expect(await story.ok(200, city.get('/v1/loans', company))).toMatchObject({
      items: [{ loanId }],
      nextCursor: null,
    });

    // Released, the right is free for another bank.
    expect(
      await send('bank-a', 'PUT', `${path}/pledge/assets/invention/201310699744.2`, { releasedOn: today }),
    ).toMatchObject({
      status: 200,
      body: { asset: { state: 'released' } },
    });
    const anew = { registrationNo: 'Y2', registeredOn: today };
    expect(await send('bank-a', 'PUT', `${path}/pledge/assets/invention/201310699744.2`, anew)).toMatchObject({
      status: 409,
      code: 'state_conflict',
    });
    expect(await send('bank-b', 'POST', '/v1/loans', loan({}, [asset('201310699744.2')]))).toMatchObject({
      status: 201,
    });
  });

  test.each<[string, () => object]>([
    ['enterprise_not_listed', () => ({ uscc: '91411502MA9TETT0X9' })],
    ['fund_unknown', () => ({ fundId: 'nowhere' })],
    ['programme_not_in_force', () => ({ fundId: 'unapproved' })],
    ['term_above_max', () => ({ maturesOn: addMonths(today, 48) })],
    ['rate_above_ceiling', () => ({ annualRateBps: 451 })],
    ['ip_share_below_min', () => ({ ipPartBps: 4_999 })],
    ['debt_outlives_right', () => ({ pledge: { assets: [asset('97101765.4')] } })],
    ['filed_after_default', () => ({ disbursedOn: addDays(today, -91) })],
    ['product_not_available', () => ({ productId: 'product-1' })],
  ])('is not filed, and not stored: %s', async (code, more) => {
    const body = loan(more());
    const refused = await send('bank-a', 'POST', '/v1/loans', body);
    expect(refused).toMatchObject({ kind: 'problem', status: 422, code });
    expect(refused.problem.detail).toMatch(/\p{Script=Han}/u);
  });

  test('of an enterprise whose consent does not name the bank is refused like one that is not listed', async () => {
    const clerk = city.operator('county-clerk-411502');
    await story.ok(200, story.put(`/v1/enterprises/${listed}/consent`, clerk, grantOf({ recipients: ['bank-a'] })));
    await story.drained();
    const refused = await send(
      'bank-b',
      'POST',
      '/v1/loans',
      loan({}, [asset('201921898050.0', { kind: 'utility-model' })]),
    );
    expect(refused).toMatchObject({ status: 422, code: 'enterprise_not_listed' });
  });
});
