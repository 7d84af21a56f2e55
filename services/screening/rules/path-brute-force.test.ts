import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { type CreditFacts, Grade, type IpFacts, type ScreeningFacts, TaxGrade } from '../facts.ts';
import { policyOf } from './arbitrary-facts.ts';
import { type CompiledPolicy, compile } from './engine.ts';
import { addMonths } from './legal-date.ts';
import { afterSteps } from './path-oracle.ts';
import { pathToYes } from './path-to-yes.ts';
import type { Condition, Policy } from './policy-schema.ts';
import { knownAnswer, sampleToday, soundScreeningFacts } from './sample-facts.ts';

/*
 * Small policies on small facts, where every possible change can be tried with every value. What may change is written
 * here a second time, as plainly as can be: a list of changes, each with everything it could make of the facts.
 */

type World = { credit: CreditFacts; ip: IpFacts; sizeClass: ScreeningFacts['nomination']['data']['sizeClass'] };
type Edit = (world: World) => World;
type Topic = 'grades' | 'size' | 'lists' | 'penalties' | 'assets';

/** A path of more steps is not tried by brute force. As many rights can be obtained, for a path may be only that. */
const enough = 3;

const today = sampleToday;
const sizes = ['micro', 'small', 'medium', 'large'] as const;
const near = fc.integer({ min: -8, max: 8 }).map((days) => addDays(today, days));
const past = fc.integer({ min: -8, max: 0 }).map((days) => addDays(today, days));
// A period may have begun so long ago that it ends about today.
const decided = fc.oneof(
  past,
  past.map((day) => addMonths(day, -3)),
);
const optional = { noNullPrototype: true } as const;

const world: fc.Arbitrary<World> = fc.record({
  sizeClass: fc.constantFrom(...sizes),
  credit: fc.record(
    {
      taxGrade: fc.constantFrom(...TaxGrade.options),
      publicCreditGrade: fc.constantFrom(...Grade.options),
      lists: fc.array(
        fc.record(
          { kind: fc.constantFrom('safety' as const, 'procurement' as const), listedOn: past, removedOn: near },
          { ...optional, requiredKeys: ['kind', 'listedOn'] },
        ),
        { maxLength: 2 },
      ),
      abnormal: fc.constant([]),
      penalties: fc.array(
        fc.record(
          {
            documentNo: fc.constant('1'),
            decidedOn: decided,
            gravity: fc.constantFrom('minor' as const, 'general' as const),
            fineFen: fc.constant(0),
            displayUntil: near,
            repairedOn: past,
          },
          { ...optional, requiredKeys: ['documentNo', 'decidedOn', 'gravity', 'fineFen'] },
        ),
        { maxLength: 2 },
      ),
    },
    { ...optional, requiredKeys: ['lists', 'abnormal', 'penalties'] },
  ),
  ip: fc.record({
    assets: fc.array(
      fc.record({
        kind: fc.constantFrom('invention' as const, 'trademark' as const),
        number: fc.constant('1'),
        title: fc.constant('一'),
        status: fc.constantFrom('in-force' as const, 'fee-overdue' as const, 'expired' as const),
        filedOn: fc.constant('2020-01-01'),
        grantedOn: fc.constant('2022-01-01'),
        pledged: fc.boolean(),
      }),
      { maxLength: 2 },
    ),
  }),
});

const words = (path: string, ...known: string[]): fc.Arbitrary<Condition> =>
  fc.record({
    path: fc.constant(path),
    op: fc.constantFrom('in' as const, 'not-in' as const),
    value: fc.subarray(known, { minLength: 1 }),
  });
const date = (path: string): fc.Arbitrary<Condition> =>
  fc.record({
    path: fc.constant(path),
    op: fc.constantFrom('on-or-before' as const, 'on-or-after' as const),
    value: fc.constant('today' as const),
    plusMonths: fc.constantFrom(0, 0, 3),
  });
const presence = (path: string): fc.Arbitrary<Condition> =>
  fc.record({ path: fc.constant(path), op: fc.constantFrom('present' as const, 'absent' as const) });

const leaves: Record<Topic, fc.Arbitrary<Condition>> = {
  grades: fc.oneof(words('credit.taxGrade', ...TaxGrade.options), words('credit.publicCreditGrade', ...Grade.options)),
  size: words('nomination.sizeClass', ...sizes),
  lists: inList(
    'credit.lists',
    words('kind', 'safety', 'procurement'),
    date('listedOn'),
    date('removedOn'),
    presence('removedOn'),
  ),
  penalties: inList(
    'credit.penalties',
    words('gravity', 'minor', 'general'),
    date('decidedOn'),
    date('repairedOn'),
    date('displayUntil'),
    presence('repairedOn'),
  ),
  assets: inList(
    'ip.assets',
    words('kind', 'invention', 'trademark'),
    words('status', 'in-force', 'fee-overdue', 'expired'),
    fc.boolean().map((value) => ({ path: 'pledged', op: 'equals', value })),
  ),
};

function inList(of: string, ...parts: fc.Arbitrary<Condition>[]): fc.Arbitrary<Condition> {
  const where = fc.array(fc.oneof(...parts), { minLength: 1, maxLength: 3 });
  const joined = fc.oneof(
    where.map((all) => ({ all })),
    where.map((any) => ({ any })),
  );
  return fc.oneof(
    joined.map((item) => ({ none: { of, where: item } })),
    joined.map((item) => ({ some: { of, where: item } })),
  );
}

function policyAbout(topics: readonly Topic[]): fc.Arbitrary<Policy> {
  const leaf = fc.oneof(...topics.map((topic) => leaves[topic]));
  const pair = fc.tuple(leaf, leaf);
  const condition = fc.oneof(
    { weight: 3, arbitrary: leaf },
    pair.map((any) => ({ any })),
    pair.map((all) => ({ all })),
    pair.map((all) => ({ not: { all } })),
  );
  const rule = fc.record(
    { when: condition, must: condition, effect: fc.constantFrom('exclude' as const, 'review' as const) },
    { ...optional, requiredKeys: ['must', 'effect'] },
  );
  return fc.array(rule, { minLength: 1, maxLength: 3 }).map(policyOf);
}

const topics: Topic[] = ['grades', 'size', 'lists', 'penalties', 'assets'];
const situation = fc
  .subarray(topics, { minLength: 1, maxLength: 2 })
  .chain((about) => fc.record({ about: fc.constant(about), policy: policyAbout(about), world }));

function factsOf({ credit, ip, sizeClass }: World): ScreeningFacts {
  const { nomination } = soundScreeningFacts();
  return {
    nomination: { ...nomination, data: { ...nomination.data, sizeClass } },
    credit: knownAnswer('credit-1', credit),
    ip: knownAnswer('ip-1', ip),
  };
}

/** Every change that can be made by the day `on`, with all that it could make of the facts. */
function changesBy(on: string, { credit, ip }: World, about: readonly Topic[]): Edit[][] {
  const changes: Edit[][] = [];
  const inCredit =
    (change: (facts: CreditFacts) => CreditFacts): Edit =>
    (now) => ({ ...now, credit: change(now.credit) });
  const daysFrom = (first: string) => {
    const start = first > today ? first : today;
    return start > on
      ? []
      : [...new Set([start, addDays(start, 1), addDays(on, -1), on])].filter((day) => start <= day && day <= on);
  };
  if (about.includes('grades')) {
    changes.push(TaxGrade.options.map((taxGrade) => inCredit((facts) => ({ ...facts, taxGrade }))));
    changes.push(Grade.options.map((publicCreditGrade) => inCredit((facts) => ({ ...facts, publicCreditGrade }))));
  }
  if (about.includes('size')) changes.push(sizes.map((sizeClass) => (now) => ({ ...now, sizeClass })));
  for (const [at, entry] of about.includes('lists') ? credit.lists.entries() : []) {
    if (entry.removedOn !== undefined) continue;
    changes.push(
      daysFrom(today).map((removedOn) =>
        inCredit((facts) => ({ ...facts, lists: facts.lists.with(at, { ...entry, removedOn }) })),
      ),
    );
  }
  for (const [at, entry] of about.includes('penalties') ? credit.penalties.entries() : []) {
    if (entry.repairedOn !== undefined) continue;
    const first = addMonths(entry.decidedOn, entry.gravity === 'general' ? 3 : 0);
    changes.push(
      daysFrom(first).map((repairedOn) =>
        inCredit((facts) => ({ ...facts, penalties: facts.penalties.with(at, { ...entry, repairedOn }) })),
      ),
    );
  }
  if (!about.includes('assets')) return changes;
  const change =
    (at: number, some: Partial<IpFacts['assets'][number]>): Edit =>
    (now) => ({
      ...now,
      ip: { assets: now.ip.assets.with(at, { ...now.ip.assets[at]!, ...some }) },
    });
  for (const [at, asset] of ip.assets.entries()) {
    if (asset.pledged) changes.push([change(at, { pledged: false })]);
    if (asset.status === 'fee-overdue') changes.push([change(at, { status: 'in-force' })]);
  }
  const kinds = ['invention', 'trademark', 'design'] as const;
  const states = ['in-force', 'fee-overdue', 'expired', 'invalidated'] as const;
  const model = { number: '9', title: '新', filedOn: '2020-01-01', grantedOn: '2022-01-01' };
  const obtain = kinds.flatMap((kind) =>
    states.flatMap((status) =>
      [true, false].map((pledged): Edit => (now) => ({
        ...now,
        ip: { assets: [...now.ip.assets, { ...model, kind, status, pledged }] },
      })),
    ),
  );
  changes.push(...Array<Edit[]>(enough).fill(obtain));
  return changes;
}

/** The fewest changes that give a pass on the day; nothing where none with at most `most` does. */
function fewestBy(
  policy: CompiledPolicy,
  before: World,
  on: string,
  about: readonly Topic[],
  most: number,
): number | undefined {
  const changes = changesBy(on, before, about);
  const reaches = (now: World, from: number, left: number): boolean => {
    if (left === 0) return policy.evaluate(factsOf(now), on).outcome === 'pass';
    return changes.some((edits, at) => at >= from && edits.some((edit) => reaches(edit(now), at + 1, left - 1)));
  };
  for (let count = 0; count <= Math.min(most, changes.length); count += 1) if (reaches(before, 0, count)) return count;
  return undefined;
}

test('the path is a path, no shorter one exists, and none on an earlier day', () => {
  let walked = 0;
  let waited = 0;
  let unsure = 0;
  fc.assert(
    fc.property(situation, fc.nat(), ({ about, policy, world: before }, draw) => {
      const compiled = compile(policy);
      const facts = factsOf(before);
      const path = pathToYes(compiled, facts, today);
      const last = path.kind === 'path' ? path.on : addDays(today, 120);
      if (path.kind === 'path') {
        expect(compiled.evaluate(afterSteps(facts, path.steps), path.on).outcome).toBe('pass');
        if (!path.shortest) unsure += 1;
        const fewest = fewestBy(compiled, before, path.on, about, Math.min(enough, path.steps.length));
        if (path.steps.length <= enough && path.shortest) expect(fewest).toBe(path.steps.length);
        else if (path.steps.length <= enough) expect(fewest).toBeDefined();
        else expect(fewest).toBeUndefined();
        if (path.steps.length > 0) walked += 1;
        if (path.on > today) waited += 1;
      }
      const span = Math.round((Date.parse(last) - Date.parse(today)) / 86_400_000);
      const earlier = new Set(span === 0 ? [] : [0, span - 1, draw % span, (draw * 7) % span, Math.min(3, span - 1)]);
      for (const days of earlier) expect(fewestBy(compiled, before, addDays(today, days), about, 2)).toBeUndefined();
    }),
    { numRuns: 1_500 },
  );
  // Most have something to do, some have to wait, and hardly one has more ways than are followed.
  expect(walked).toBeGreaterThan(200);
  expect(waited).toBeGreaterThan(15);
  expect(unsure).toBeLessThan(5);
});
