import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { type CreditFacts, type IpFacts, ListKind, type ScreeningFacts } from '../facts.ts';
import { PolicyCase, runCases } from '../rules/coverage.ts';
import { compile } from '../rules/engine.ts';
import { addMonths } from '../rules/legal-date.ts';
import { Policy } from '../rules/policy-schema.ts';
import { knownAnswer } from '../rules/sample-facts.ts';
import { builtInPolicies } from './built-in.ts';
import { city2 } from './city-2.ts';

const policy = compile(city2);

/** Any day on which it is in force. */
const day = fc.integer({ min: 0, max: 1_500 }).map((days) => addDays(city2.validFrom, days));

/** The enterprises that the outside contract promises a pass, with only the facts that it names. */
const promised = day.chain((today) =>
  fc
    .record({
      daysRegistered: fc.integer({ min: 0, max: 9_000 }),
      sizeClass: fc.constantFrom('micro', 'small'),
      divisionCode: fc.constantFrom('411502', '411525'),
      industryCode: fc.constantFrom('C39', 'C15', 'I6520', 'A01', 'M74', 'L72'),
      taxGrade: fc.constantFrom('A', 'B'),
      publicCreditGrade: fc.constantFrom('A', 'B'),
      filedDaysAgo: fc.integer({ min: 0, max: 20 * 365 }),
      others: fc.array(
        fc.record({
          kind: fc.constantFrom('invention', 'trademark', 'utility-model'),
          status: fc.constantFrom('in-force', 'expired', 'invalidated', 'fee-overdue'),
          pledged: fc.boolean(),
        }),
        { maxLength: 3 },
      ),
    })
    .map((drawn) => {
      const registeredOn = addDays(addMonths(today, -12), -drawn.daysRegistered - 1);
      const { divisionCode, industryCode, taxGrade, publicCreditGrade } = drawn;
      const right = (more: object) => ({
        kind: 'invention',
        number: '201710601862.3',
        title: '一种示例装置',
        status: 'in-force',
        filedOn: addDays(today, -drawn.filedDaysAgo),
        grantedOn: today,
        pledged: false,
        ...more,
      });
      const credit = {
        registration: { status: 'active', registeredOn, divisionCode, industryCode },
        taxGrade,
        publicCreditGrade,
        lists: [],
        abnormal: [],
        penalties: [],
      } as CreditFacts;
      const ip = { assets: [...drawn.others.map(right), right({})] } as IpFacts;
      const data = { sizeClass: drawn.sizeClass, industryCode, foundedOn: registeredOn, divisionCodes: [divisionCode] };
      const nomination = { recordId: 'n', observedAt: `${today}T00:00:00.000Z`, data };
      return { today, credit, ip, nomination: nomination as ScreeningFacts['nomination'] };
    }),
);
type Promised = typeof promised extends fc.Arbitrary<infer Value> ? Value : never;

const outcomeOf = ({ today, nomination }: Promised, credit: CreditFacts | undefined, ip: IpFacts | undefined) => {
  const answer = <Data>(data: Data | undefined) =>
    data === undefined
      ? ({ kind: 'unknown-there', fetchedAt: '2026-11-23T01:00:00.000Z' } as const)
      : knownAnswer('record', data);
  return policy.evaluate({ nomination, credit: answer(credit), ip: answer(ip) }, today).outcome;
};

test('whom the outside contract promises a pass, passes', () => {
  fc.assert(
    fc.property(promised, (one) => {
      expect(outcomeOf(one, one.credit, one.ip)).toBe('pass');
    }),
  );
});

test('any hard hit excludes', () => {
  const hit = fc.oneof(
    fc.constantFrom(...ListKind.options).map((kind) => (today: string) => ({ lists: [{ kind, listedOn: today }] })),
    fc.constant((today: string) => ({
      penalties: [{ documentNo: '1', decidedOn: today, gravity: 'serious', fineFen: 0 } as const],
    })),
    fc.constant(() => ({ taxGrade: 'D' as const })),
  );
  fc.assert(
    fc.property(promised, hit, (one, more) => {
      expect(outcomeOf(one, { ...one.credit, ...more(one.today) }, one.ip)).toBe('exclude');
    }),
  );
});

test('what is not known never passes', () => {
  fc.assert(
    fc.property(promised, (one) => {
      const { credit, ip } = one;
      for (const field of ['registration', 'taxGrade', 'publicCreditGrade'] as const) {
        const { [field]: _field, ...rest } = credit;
        expect(outcomeOf(one, rest, ip)).toBe('review');
      }
      expect(outcomeOf(one, undefined, ip)).toBe('review');
      expect(outcomeOf(one, credit, undefined)).toBe('review');
    }),
  );
});

test('each is valid data, met by its cases, and begins after the one before, which has no end', () => {
  for (const [place, { policy: one, cases }] of builtInPolicies.entries()) {
    expect(Policy.parse(one)).toEqual(one);
    for (const each of cases) expect(PolicyCase.parse(each)).toEqual(each);
    expect(runCases(one, cases).filter(({ met }) => !met)).toEqual([]);
    expect(one.validThrough).toBeUndefined();
    const before = builtInPolicies[place - 1]?.policy.validFrom;
    if (before !== undefined) expect(before < one.validFrom).toBe(true);
  }
});
