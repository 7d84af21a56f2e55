import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import type { Caller } from '#packages/access';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { bank, person, usccs } from '../../../test/support/town.ts';
import { BundleCheck, BundleDiagnosis } from '../contract.ts';
import { type Loan, loanIdOf, loanWrites } from '../store/loan.ts';
import { checkBundle } from './check-bundle.ts';

let started: TestTable;
let table: Table;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  table = await started.another();
});

const [uscc, other] = usccs;
const now = new Date('2026-11-23T02:00:00.000Z');
const invention = {
  kind: 'invention' as const,
  number: 'ZL201710601862.3',
  valueFen: 500_000_000,
  valuedOn: '2026-10-15',
  filedOn: '2017-07-21',
  grantedOn: '2019-08-02',
  feePaidUntil: '2027-07-20',
  pledgorIsOwner: true,
  inForce: true,
  suspended: false,
  contractComplete: true,
  coOwners: 0,
  pledged: false,
  invalidationPending: false,
  otherObstacle: false,
};
const income = { kind: 'licence-income', number: 'XK-1', valueFen: 100_000_000, valuedOn: '2026-10-15' };
const terms = { principalFen: 200_000_000, maturesOn: '2027-11-22' };

/** As it comes and goes over the wire. */
async function check(body: object, caller?: Caller) {
  const outcome = await answered(body, caller);
  if (outcome.kind !== 'done') throw new Error(outcome.code);
  return z.encode(BundleDiagnosis, outcome.result);
}

async function answered(body: object, caller: Caller = bank('bank-b')) {
  const call = {
    caller,
    body: BundleCheck.parse(body),
    params: {},
    query: {},
    now,
    requestId: randomUUID(),
    receipt: noReceipt,
  };
  return checkBundle({ table })({
    ...call,
    position: undefined,
    seal: () => '',
    file: { bytes: new Uint8Array(), mediaType: '' },
  });
}

const codes = ({ findings }: Awaited<ReturnType<typeof check>>) => findings.map(({ code }) => code);

/** A loan of bank-a's that holds the invention, under another way to write its number, and the income. */
async function hold(): Promise<Loan> {
  const loan: Loan = {
    loanId: loanIdOf('bank-a', 'A-1'),
    partnerId: 'bank-a',
    bankLoanNo: 'A-1',
    uscc,
    divisionCode: '411502',
    principalFen: 100_000_000n,
    ipPartBps: 10_000n,
    annualRateBps: 400n,
    disbursedOn: '2026-11-01',
    maturesOn: '2027-11-01',
    filedOn: '2026-11-01',
    filedAt: '2026-11-01T02:00:00.000Z',
    status: 'active',
    cover: { fundId: 'fund', programmeVersion: 1, eligibleFen: 100_000_000n, shareBps: 5_000n, status: 'pending' },
    rights: [
      { kind: 'invention', number: '201710601862.3', valueFen: 1n, valuedOn: '2026-10-15', state: 'registered' },
      { kind: 'licence-income', number: 'XK-1', valueFen: 1n, valuedOn: '2026-10-15', state: 'registered' },
    ],
    filing: { digest: '0'.repeat(64) },
  };
  const audit = {
    actor: { type: 'system' as const, id: 'test', role: 'system' },
    action: 'loan.file',
    outcome: 'active',
  };
  expect(
    await table.transact(loanWrites(undefined, { state: loan, audit }, { now, requestId: randomUUID() })),
  ).toMatchObject({ kind: 'written' });
  return loan;
}

test('a sound right against two fifths of its value is clear', async () => {
  const answer = await check({ loan: terms, assets: [invention] });
  expect(answer).toMatchObject({
    outcome: 'clear',
    checkedOn: '2026-11-23',
    rights: [{ kind: 'invention', number: '201710601862.3', life: { earliest: '2037-07-20', latest: '2037-07-20' } }],
    pledge: { loanFen: 200_000_000, valueFen: 500_000_000, ratioBps: 4_000, capBps: 5_000, maxLoanFen: 250_000_000 },
  });
  // One right is all that there is: to be known, and no more.
  expect(codes(answer)).toEqual(['fee-due', 'not-registered', 'value-concentrated', 'fragile']);
  expect(answer.rights[0]?.checks).toHaveLength(12);
});

describe('a right that stands in a live bundle', () => {
  test('is told to be pledged, and not in whose', async () => {
    const loan = await hold();
    const answer = await check({ loan: terms, assets: [invention] });
    expect(answer.outcome).toBe('stop');
    expect(answer.findings[0]).toMatchObject({
      code: 'already-pledged',
      asset: 0,
      ground: { authority: 'patent-register', number: 9 },
    });
    expect(JSON.stringify(answer)).not.toContain(loan.loanId);
    expect(JSON.stringify(answer)).not.toContain('bank-a');
  });

  test('is no obstacle to the loan that holds it, for the bank whose loan it is', async () => {
    const { loanId } = await hold();
    const asked = { loan: { ...terms, loanId }, assets: [invention] };
    expect(codes(await check(asked, bank('bank-a')))).not.toContain('already-pledged');
    expect(codes(await check(asked, bank('bank-b')))).toContain('already-pledged');
    expect(codes(await check({ ...asked, loan: { ...terms, loanId: 'loan-none' } }, bank('bank-a')))).toContain(
      'already-pledged',
    );
  });

  test('is found by an enterprise’s contract number only for that enterprise', async () => {
    await hold();
    const asked = (code?: string) => ({
      loan: { ...terms, ...(code !== undefined && { uscc: code }) },
      assets: [income],
    });
    expect(codes(await check(asked(uscc)))).toContain('already-pledged');
    expect(codes(await check(asked(other)))).not.toContain('already-pledged');
    expect(codes(await check(asked()))).not.toContain('already-pledged');
    // An enterprise asks for itself, and for no other.
    expect(codes(await check(asked(), person('enterprise-user', { uscc })))).toContain('already-pledged');
    expect(codes(await check(asked(), person('enterprise-user', { uscc: other })))).not.toContain('already-pledged');
    expect(await answered(asked(uscc), person('enterprise-user', { uscc: other }))).toMatchObject({
      code: 'forbidden',
    });
  });
});

test('an acknowledgement is of the right that it names, however its number is typed', async () => {
  const said = (number: string) => ({
    loan: terms,
    assets: [
      { ...invention, invalidationPending: true },
      { ...invention, number: '201310699744.2', filedOn: '2013-12-18', invalidationPending: true },
    ],
    acknowledgements: [
      {
        kind: 'invention',
        number,
        ground: 'invalidation-pending',
        acknowledgedOn: '2026-11-20',
        digest: 'a'.repeat(64),
      },
    ],
  });
  const { rights } = await check(said('2017106018623'));
  expect(rights.map(({ checks }) => checks[10]?.acknowledgedOn)).toEqual(['2026-11-20', undefined]);
  expect(BundleCheck.safeParse(said('201921898050.0')).error?.issues[0]).toMatchObject({
    path: ['acknowledgements', 0, 'number'],
  });
});

test.each([
  ['no right', { loan: terms, assets: [] }, ['assets']],
  [
    'a maturity before the money',
    { loan: { ...terms, disbursedOn: '2027-11-22' }, assets: [invention] },
    ['loan', 'maturesOn'],
  ],
  [
    'a right granted and not granted',
    { loan: terms, assets: [{ ...invention, granted: false }] },
    ['assets', 0, 'granted'],
  ],
  [
    'consent of nobody refused',
    { loan: terms, assets: [{ ...invention, coOwnersConsent: false }] },
    ['assets', 0, 'coOwnersConsent'],
  ],
  [
    'more value than can be told',
    { loan: terms, assets: [1, 2].map(() => ({ ...invention, valueFen: Number.MAX_SAFE_INTEGER })) },
    ['assets'],
  ],
  [
    'a hard ground acknowledged',
    {
      loan: terms,
      assets: [invention],
      acknowledgements: [
        {
          kind: 'invention',
          number: '1',
          ground: 'already-pledged',
          acknowledgedOn: '2026-11-20',
          digest: 'a'.repeat(64),
        },
      ],
    },
    ['acknowledgements', 0, 'ground'],
  ],
])('%s is not well-formed', (_case, body, path) => {
  expect(BundleCheck.safeParse(body).error?.issues[0]?.path).toEqual(path);
});
