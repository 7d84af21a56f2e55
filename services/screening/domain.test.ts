import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  candidacy,
  consentLives,
  digestLines,
  listGrants,
  nextConfirmation,
  sameNomination,
  standing,
  stateOf,
} from './domain.ts';
import type { EnterpriseState } from './store/enterprise.ts';

const today = '2026-11-23';
const at = '2026-11-01T00:00:00.000Z';
const uscc = '91411502MA9TETT0X9';
const nomination = {
  uscc,
  name: '信阳示例有限公司（示例）',
  divisionCode: '411502',
  sizeClass: 'small',
  industryCode: 'C39',
  foundedOn: '2015-03-01',
} as const;

const outcomes = ['pass', 'review', 'exclude', 'stale'] as const;
const outcome = fc.constantFrom(...outcomes);
const day = fc.constantFrom('2025-11-23', '2026-11-22', today, '2026-11-24', '2027-11-23');

const consent = fc.record(
  {
    consentId: fc.constant('consent-1'),
    since: fc.constantFrom('2026-10-31T00:00:00.000Z', '2026-11-02T00:00:00.000Z'),
    purposes: fc.constant(['credit', 'ip'] as ('credit' | 'ip')[]),
    recipients: fc.constant<string[]>(['all-banks']),
    grantedOn: day,
    expiresOn: day,
    evidenceDigest: fc.constant('a'.repeat(64)),
    withdrawnAt: fc.constant(at),
  },
  { requiredKeys: ['consentId', 'since', 'purposes', 'recipients', 'grantedOn', 'expiresOn', 'evidenceDigest'] },
);
const screening = fc.tuple(outcome, fc.boolean()).map(([decided, second]) => ({
  screeningId: 's1',
  outcome: decided,
  policyVersion: 'city-1',
  reasons: [],
  factsDigest: 'b'.repeat(64),
  decidedAt: at,
  runId: 'run-1',
  ...(second && { secondOpinion: 'development-reform' as const }),
}));
const opinions = fc.uniqueArray(
  fc.record({
    divisionCode: fc.constantFrom('411502', '411525'),
    department: fc.constantFrom('ip-office' as const, 'development-reform' as const),
    opinion: fc.constantFrom('recommend' as const, 'reject' as const),
    reason: fc.constant('意见'),
    outcome,
    screeningId: fc.constant('s1'),
    at: fc.constant(at),
  }),
  { selector: (opinion) => `${opinion.divisionCode} ${opinion.department}` },
);
const entry = fc.record({
  status: fc.constantFrom('listed' as const, 'suspended' as const, 'removed' as const, 'expired' as const),
  version: fc.constant(1),
  listedOn: fc.constant('2026-01-01'),
  validUntil: day,
  at: fc.constant(at),
});
const enterprise: fc.Arbitrary<EnterpriseState> = fc.record(
  {
    uscc: fc.constant(uscc),
    createdAt: fc.constant(at),
    nominations: fc.constant([{ ...nomination, nominatedAt: at }]),
    warnings: fc.constant([]),
    disputes: fc.constantFrom([], [{ objectionId: 'o', recordRef: 'r' }]),
    consent,
    screening,
    facts: fc.constant({}),
    dueOn: day,
    opinions,
    entry,
  },
  { requiredKeys: ['uscc', 'createdAt', 'nominations', 'warnings', 'opinions', 'disputes', 'facts', 'dueOn'] },
);

describe('who enters the next version', () => {
  test('only with a live consent, a pass or a confirmed review, and a county that recommends it on that outcome', () => {
    fc.assert(
      fc.property(enterprise, fc.boolean(), fc.boolean(), (state, confirmed, held) => {
        if (standing(state, confirmed, held, today) !== 'enters') return;
        expect(held).toBe(false);
        expect(consentLives(state, today)).toBe(true);
        expect(state.screening?.outcome === 'pass' || (state.screening?.outcome === 'review' && confirmed)).toBe(true);
        const valid = state.opinions.filter((opinion) => opinion.outcome === state.screening?.outcome);
        const asked = ['ip-office', ...(state.screening?.secondOpinion === undefined ? [] : ['development-reform'])];
        const of = (divisionCode: string) => valid.filter((one) => one.divisionCode === divisionCode);
        const whole = valid.some(({ divisionCode }) =>
          asked.every((department) => of(divisionCode).some((one) => one.department === department)),
        );
        expect(whole).toBe(true);
        expect(valid.some((opinion) => opinion.opinion === 'reject')).toBe(false);
        // Nor on facts that a withdrawal has purged.
        expect(state.screening!.decidedAt >= state.consent!.since).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('never one that is held, excluded, or without consent', () => {
    fc.assert(
      fc.property(enterprise, fc.boolean(), fc.boolean(), (state, confirmed, held) => {
        const stands = standing(state, confirmed, held, today);
        const on = state.entry?.status === 'listed' || state.entry?.status === 'suspended';
        // What is disputed removes nobody.
        const disputed = on && state.disputes.length > 0;
        if (held || !consentLives(state, today)) expect(stands).toBe('out');
        else if (state.screening?.outcome === 'exclude') expect(stands).toBe(disputed ? 'stays' : 'out');
      }),
      { numRuns: 2_000 },
    );
  });

  test('missing or failed facts take nobody off that is on', () => {
    fc.assert(
      fc.property(enterprise, (state) => {
        const on = state.entry?.status === 'listed' && state.entry.validUntil >= today && consentLives(state, today);
        const unsure = state.screening?.outcome === 'stale' || state.screening?.outcome === 'review';
        const rejected = state.opinions.some((opinion) => opinion.opinion === 'reject');
        if (on && unsure && !rejected) expect(standing(state, false, false, today)).not.toBe('out');
      }),
      { numRuns: 2_000 },
    );
  });

  test('confirming helps, holding hurts, and neither does the opposite', () => {
    const rank = { out: 0, stays: 1, enters: 2 };
    fc.assert(
      fc.property(enterprise, (state) => {
        const plain = rank[standing(state, false, false, today)];
        expect(rank[standing(state, true, false, today)]).toBeGreaterThanOrEqual(plain);
        expect(rank[standing(state, true, true, today)]).toBe(0);
      }),
    );
  });
});

test('an opinion on another outcome is no opinion on this one', () => {
  const recommend = {
    divisionCode: '411502',
    department: 'ip-office' as const,
    opinion: 'recommend' as const,
    reason: '好',
    screeningId: 's1',
    at,
  };
  const base: EnterpriseState = {
    uscc,
    createdAt: at,
    nominations: [{ ...nomination, nominatedAt: at }],
    warnings: [],
    opinions: [{ ...recommend, outcome: 'pass' }],
    disputes: [],
    facts: {},
    dueOn: today,
    consent: {
      consentId: 'c',
      since: '2026-10-31T00:00:00.000Z',
      purposes: ['credit', 'ip'],
      recipients: ['all-banks'],
      grantedOn: '2026-01-01',
      expiresOn: '2027-01-01',
      evidenceDigest: 'a'.repeat(64),
    },
    screening: {
      screeningId: 's1',
      outcome: 'pass',
      policyVersion: 'city-1',
      reasons: [],
      factsDigest: 'b'.repeat(64),
      decidedAt: at,
      runId: 'r',
    },
  };
  expect(candidacy(base)).toBe('pass');
  expect(stateOf(base, today)).toBe('county-recommended');
  const later = { ...base, screening: { ...base.screening!, outcome: 'review' as const } };
  expect(candidacy(later)).toBeUndefined();
  expect(stateOf(later, today)).toBe('screened-review');
});

test("a county's list never revives a withdrawn consent nor undoes the enterprise's own", () => {
  const grant = {
    purposes: ['credit' as const, 'ip' as const],
    recipients: ['all-banks'],
    grantedOn: '2026-01-01',
    expiresOn: '2027-01-01',
    evidenceDigest: 'a'.repeat(64),
  };
  const own = { ...grant, consentId: 'c', since: at, recipients: ['bank-a'] };
  expect(listGrants(undefined, grant)).toBe(true);
  expect(listGrants(own, grant)).toBe(false);
  expect(listGrants({ ...own, importId: 'import-1' }, grant)).toBe(true);
  expect(listGrants(own, { ...grant, grantedOn: '2026-02-01' })).toBe(true);
  expect(listGrants({ ...own, importId: 'import-1' }, { ...grant, grantedOn: '2025-12-31' })).toBe(false);
  const withdrawn = { ...own, importId: 'import-1', withdrawnAt: '2026-03-01T00:00:00.000Z' };
  expect(listGrants(withdrawn, grant)).toBe(false);
  expect(listGrants(withdrawn, { ...grant, grantedOn: '2026-03-02' })).toBe(true);
});

test('every enterprise is in one state', () => {
  fc.assert(
    fc.property(enterprise, (state) => {
      expect(stateOf(state, today)).toMatch(/^[a-z-]+$/);
    }),
  );
});

test('the same nomination is the same however it is spelt, and another in any field', () => {
  const known = { ...nomination, nominatedAt: at, importId: 'import-1' };
  expect(sameNomination(known, nomination)).toBe(true);
  for (const change of [
    { name: '另一家' },
    { parkId: 'XY-ZONE-YSQY' },
    { sizeClass: 'micro' as const },
    { foundedOn: '2015-03-02' },
  ]) {
    expect(sameNomination(known, { ...nomination, ...change })).toBe(false);
  }
});

test("a version's digest is over its lines by code, as a bank can make it again", () => {
  const lines = [
    { uscc: '91411525MA9TEXT277', listedOn: '2026-11-23', validUntil: '2027-11-23' },
    { uscc: '91411502MA9TETT0X9', listedOn: '2026-01-01', validUntil: '2027-01-01' },
  ];
  expect(digestLines(lines)).toBe(
    '91411502MA9TETT0X9,2026-01-01,2027-01-01\n91411525MA9TEXT277,2026-11-23,2027-11-23\n',
  );
  expect(createHash('sha256').update(digestLines([])).digest('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

test('where the policy asks for a second department, its county recommends only with both', () => {
  fc.assert(
    fc.property(enterprise, (state) => {
      const { screening: decided, opinions: given } = state;
      if (decided === undefined || decided.secondOpinion === undefined) return;
      const without = given.filter((one) => one.department === 'ip-office');
      expect(candidacy({ ...state, opinions: without })).toBeUndefined();
    }),
  );
});

test('what was confirmed together is confirmed again over a week, each within thirty days', () => {
  const days = Array.from({ length: 200 }, (_one, place) => `91411502MA9TETT0${String(place).padStart(2, '0')}`).map(
    (code) => nextConfirmation(code, { confirmedAt: '2026-11-01T04:00:00.000Z' }),
  );
  expect(new Set(days).size).toBe(8);
  expect([days.toSorted()[0], days.toSorted().at(-1)]).toEqual(['2026-11-24', '2026-12-01']);
});
