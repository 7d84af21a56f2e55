import { expect, test } from 'vitest';
import { coverTermsOf } from './cover-terms.ts';
import type { SharingTerms } from './programme-schemas.ts';

const fund = { id: 'fund', kind: 'public', shareBps: 5_000n } as const;
const insurer = { id: 'insurer', kind: 'private', shareBps: 1_600n } as const;
const loan = { principalFen: 400_000_001n, ipPartBps: 10_000n, annualRateBps: 360n };
const terms = (more: Partial<SharingTerms> = {}): SharingTerms => ({
  parties: [fund, insurer],
  recoveryOrder: 'principal-first',
  ...more,
});

test('the public share of the eligible part is answered for, rounded down to the fen', () => {
  expect(coverTermsOf(terms(), loan)).toEqual({
    eligibleFen: 400_000_001n,
    shareBps: 5_000n,
    exposureFen: 200_000_000n,
  });
});

test('only the part pledged on rights counts, and of it what the programme takes', () => {
  const covered = coverTermsOf(terms({ eligiblePerEnterpriseFen: 150_000_000n }), { ...loan, ipPartBps: 6_000n });
  expect(covered).toMatchObject({ eligibleFen: 150_000_000n, exposureFen: 75_000_000n });
});

test('covered interest is answered for too', () => {
  const covered = coverTermsOf(terms({ interestCover: { days: 90, dayCount: 'actual/360' } }), loan);
  // 400,000,001 fen at 3.60 % for 90 of 360 days: 3,600,000 fen.
  expect(covered).toMatchObject({ eligibleFen: 400_000_001n, exposureFen: 201_800_000n });
});

test('caps and the ceiling of all levels bind; the share is told before caps', () => {
  const capped = { ...fund, capFen: 100_000_000n };
  const county = { id: 'county', kind: 'public', shareBps: 4_000n } as const;
  expect(coverTermsOf(terms({ parties: [capped, county], allLevelsCeilingBps: 8_000n }), loan)).toEqual({
    eligibleFen: 400_000_001n,
    shareBps: 8_000n,
    exposureFen: 260_000_000n,
  });
});

test('tiers by the amount give its step; tiers by a revenue nobody knows yet give the highest', () => {
  const steps = [{ upToFen: 400_000_000n, shareBps: 8_000n }];
  const by = (which: 'outstanding' | 'revenue') =>
    coverTermsOf(terms({ parties: [{ ...fund, tiers: { by: which, steps, above: { shareBps: 3_000n } } }] }), loan);
  expect(by('outstanding').shareBps).toBe(3_000n);
  expect(by('revenue').shareBps).toBe(8_000n);
});

test('what depends on the past is left to the claim', () => {
  const bounded = terms({ enterpriseCumulativeCapFen: 1n, bankYearCap: { ofPreviousBalanceBps: 200n, maxFen: 1n } });
  expect(coverTermsOf(bounded, loan).exposureFen).toBe(200_000_000n);
});

test('a loan that may fall into a step with a higher share is answered for as much as it can come to there', () => {
  const steps = [{ upToFen: 300_000_000n, shareBps: 5_000n }];
  const parties = [{ ...fund, tiers: { by: 'outstanding' as const, steps, above: { shareBps: 0n } } }];
  expect(coverTermsOf(terms({ parties }), loan)).toMatchObject({ shareBps: 0n, exposureFen: 150_000_000n });
});
