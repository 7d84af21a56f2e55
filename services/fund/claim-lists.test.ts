import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readClaimListFile } from './claim-list-file.ts';
import { compareLists, digestOfList, type FundClaim } from './claim-lists.ts';
import type { ListedByBank } from './contract/claim-list-schemas.ts';
import { claimMachine } from './machines.ts';

const ours = (name: string, more: Partial<FundClaim> = {}): FundClaim => ({
  claimId: `clm-${name}`,
  loanId: `loan-${name}`,
  status: 'paid',
  entitledFen: 50n,
  paidFen: 50n,
  refundedFen: 14n,
  movedSince: false,
  ...more,
});
const theirs = ({ claimId, status, entitledFen, paidFen, refundedFen }: FundClaim): ListedByBank => ({
  claimId,
  status,
  entitledFen,
  paidFen,
  refundedFen,
});

test('lists that are the same agree, by either id, and what came to nothing may be left out', () => {
  const { claimId: _id, ...byLoan } = theirs(ours('b'));
  const known = [ours('a'), ours('b'), ours('c', { status: 'returned' }), ours('d', { status: 'rejected' })];
  expect(compareLists([theirs(ours('a')), { ...byLoan, loanId: 'loan-b' }], known)).toEqual({
    agrees: true,
    bank: { claims: 2, entitledFen: 100n, paidFen: 100n, refundedFen: 28n },
    fund: { claims: 4, entitledFen: 200n, paidFen: 200n, refundedFen: 56n },
    differences: [],
  });
});

test('each way to differ has its code, and what has moved since the list’s day says so', () => {
  const known = [ours('a', { movedSince: true }), ours('b'), ours('c')];
  const listed = [
    { ...theirs(ours('a')), status: 'approved' as const, entitledFen: 51n, paidFen: 0n, refundedFen: 13n },
    theirs(ours('b')),
    theirs(ours('b')),
    theirs(ours('x')),
    { ...theirs(ours('c')), loanId: 'loan-other' },
  ];
  const of = (name: string) => ({ claimId: `clm-${name}`, loanId: `loan-${name}` });
  expect(compareLists(listed, known).differences).toEqual([
    { code: 'status', ...of('a'), movedSince: true, bankStatus: 'approved', fundStatus: 'paid' },
    { code: 'amount-entitled', ...of('a'), movedSince: true, bankFen: 51n, fundFen: 50n },
    { code: 'amount-paid', ...of('a'), movedSince: true, bankFen: 0n, fundFen: 50n },
    { code: 'amount-refunded', ...of('a'), movedSince: true, bankFen: 13n, fundFen: 14n },
    { code: 'twice-there', ...of('b'), movedSince: false },
    { code: 'missing-here', claimId: 'clm-x', movedSince: false },
    { code: 'missing-here', claimId: 'clm-c', loanId: 'loan-other', movedSince: false },
    { code: 'missing-there', ...of('c'), movedSince: false },
  ]);
});

const arbitraryClaim: fc.Arbitrary<FundClaim> = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'),
    status: fc.constantFrom(...claimMachine.states),
    entitledFen: fc.bigInt({ min: 0n, max: 9n }),
    paidFen: fc.bigInt({ min: 0n, max: 9n }),
    refundedFen: fc.bigInt({ min: 0n, max: 9n }),
    movedSince: fc.boolean(),
  })
  .map(({ name, ...more }) => ours(name, more));
const claims = fc.uniqueArray(arbitraryClaim, { selector: ({ claimId }) => claimId });

test('a list of all that there is agrees; one claim changed, left out or invented is found, and only that', () => {
  fc.assert(
    fc.property(claims, fc.nat(), (known, place) => {
      const all = known.map(theirs);
      expect(compareLists(all, known).agrees).toBe(true);
      const changed = known[place % Math.max(known.length, 1)];
      if (changed === undefined) return;
      const others = all.filter(({ claimId }) => claimId !== changed.claimId);
      const nothing = changed.status === 'returned' || changed.status === 'rejected';
      expect(compareLists(others, known).differences.map(({ code }) => code)).toEqual(nothing ? [] : ['missing-there']);
      const dearer = { ...theirs(changed), paidFen: changed.paidFen + 1n };
      expect(compareLists([...others, dearer], known).differences).toEqual([
        expect.objectContaining({ code: 'amount-paid', claimId: changed.claimId, fundFen: changed.paidFen }),
      ]);
      const without = known.filter((one) => one !== changed);
      expect(compareLists(all, without).differences).toEqual([
        { code: 'missing-here', claimId: changed.claimId, movedSince: false },
      ]);
    }),
  );
});

test('a list’s digest does not depend on the order of its claims, and on everything else it does', () => {
  const list = { fundId: 'xinyang', asOf: '2026-11-26', claims: [theirs(ours('a')), theirs(ours('b'))] };
  const digest = digestOfList(list);
  expect(digestOfList({ ...list, claims: list.claims.toReversed() })).toBe(digest);
  expect(digestOfList({ ...list, asOf: '2026-11-25' })).not.toBe(digest);
  expect(digestOfList({ ...list, claims: list.claims.slice(1) })).not.toBe(digest);
});

const head = '申请编号,贷款编号,应付,已付,已退,状态';
const read = (text: string) => readClaimListFile(text, { fundId: 'xinyang', asOf: '2026-11-26' });

test('a list comes as a file with the names that people know, in 元', () => {
  expect(read(`\ufeff${head}\nclm-a,,"500,000.00",500000,145000.5,paid\n,loan-b,0,0,0,filed\n`)).toEqual({
    kind: 'read',
    list: {
      fundId: 'xinyang',
      asOf: '2026-11-26',
      claims: [
        { claimId: 'clm-a', entitledFen: 50_000_000n, paidFen: 50_000_000n, refundedFen: 14_500_050n, status: 'paid' },
        { loanId: 'loan-b', entitledFen: 0n, paidFen: 0n, refundedFen: 0n, status: 'filed' },
      ],
    },
  });
});

test.each([
  ['an amount that is none', `${head}\nclm-a,,五十,0,0,paid`, [2]],
  ['a status that is none', `${head}\nclm-a,,0,0,0,paid\nclm-b,,0,0,0,done`, [3]],
  ['no id', `${head}\n,,0,0,0,paid`, [2]],
  ['a column missing', '申请编号,应付,已付,状态\nclm-a,0,0,paid', [2]],
  ['a quote that never ends', `${head}\n"clm-a,,0,0,0,paid`, [2]],
])('a file with %s is not read, and the row is named', (_what, text, rows) => {
  expect(read(text)).toEqual({ kind: 'unreadable', rows });
});
