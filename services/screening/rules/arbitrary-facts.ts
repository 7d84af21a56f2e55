import fc from 'fast-check';
import { CreditFacts, Grade, IpFacts, ListKind, type ScreeningFacts, type SourceAnswer, TaxGrade } from '../facts.ts';
import { factVocabulary } from './fact-vocabulary.ts';
import { addMonths, dayBefore } from './legal-date.ts';
import type { Comparison, Condition, Policy } from './policy-schema.ts';
import { knownAnswer, sampleToday } from './sample-facts.ts';
import type { Field, Vocabulary } from './vocabulary.ts';

/*
 * Random facts, conditions and policies for property tests. Dates crowd around the day of the decision and the days
 * that lie a rule's period before it, where mistakes live.
 */

const tomorrow = '2026-11-24';
const edges = [sampleToday, tomorrow, dayBefore(sampleToday), '2024-02-29', '2026-02-28', '2025-11-30'];
const arbitraryDate = fc.oneof(
  fc.constantFrom(...edges, ...[-1, -3, -12, -36, 2].flatMap((months) => edges.map((day) => addMonths(day, months)))),
  fc
    .date({ min: new Date('2020-01-01'), max: new Date('2029-12-31'), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10)),
);
const arbitraryDivision = fc.constantFrom('411502', '411503', '411525');
const arbitraryIndustry = fc.constantFrom('C39', 'C16', 'J6620', 'K70', 'I65', 'C1690', 'A01');
const optional = { noNullPrototype: true };

export const arbitraryCredit: fc.Arbitrary<CreditFacts> = fc
  .record(
    {
      registration: fc.record({
        status: fc.constantFrom('active', 'active', 'active', 'revoked'),
        registeredOn: arbitraryDate,
        divisionCode: arbitraryDivision,
        industryCode: arbitraryIndustry,
      }),
      taxGrade: fc.constantFrom(...TaxGrade.options),
      publicCreditGrade: fc.constantFrom(...Grade.options),
      lists: fc.array(
        fc.record(
          { kind: fc.constantFrom(...ListKind.options), listedOn: arbitraryDate, removedOn: arbitraryDate },
          { ...optional, requiredKeys: ['kind', 'listedOn'] },
        ),
        { maxLength: 3 },
      ),
      abnormal: fc.array(
        fc.record({ listedOn: arbitraryDate, removedOn: arbitraryDate }, { ...optional, requiredKeys: ['listedOn'] }),
        { maxLength: 2 },
      ),
      penalties: fc.array(
        fc.record(
          {
            documentNo: fc.constantFrom('信市监罚〔2026〕1号', '信税罚〔2026〕2号'),
            decidedOn: arbitraryDate,
            gravity: fc.constantFrom('minor', 'general', 'serious'),
            fineFen: fc.integer({ min: 0, max: 10_000 }),
            displayUntil: arbitraryDate,
            repairedOn: arbitraryDate,
          },
          { ...optional, requiredKeys: ['documentNo', 'decidedOn', 'gravity', 'fineFen'] },
        ),
        { maxLength: 3 },
      ),
    },
    { ...optional, requiredKeys: ['lists', 'abnormal', 'penalties'] },
  )
  .map((facts) => CreditFacts.parse(facts));

export const arbitraryIp: fc.Arbitrary<IpFacts> = fc
  .record({
    assets: fc.array(
      fc.record({
        kind: fc.constantFrom('invention', 'invention', 'utility-model', 'trademark'),
        number: fc.constantFrom('201710601862.3', '201310699744.2'),
        title: fc.constant('一种装置'),
        status: fc.constantFrom('in-force', 'in-force', 'expired', 'fee-overdue'),
        filedOn: arbitraryDate,
        grantedOn: arbitraryDate,
        pledged: fc.boolean(),
      }),
      { maxLength: 4 },
    ),
  })
  .map((facts) => IpFacts.parse(facts));

const fetchedAt = '2026-11-23T01:00:00.000Z';

function answerOf<Data>(recordId: string, data: fc.Arbitrary<Data>): fc.Arbitrary<SourceAnswer<Data>> {
  const silent = fc.constantFrom<SourceAnswer<Data>>(
    { kind: 'unknown-there', fetchedAt },
    { kind: 'unavailable', reason: 'timeout', fetchedAt },
    { kind: 'no-consent' },
  );
  return fc.oneof(
    { weight: 6, arbitrary: data.map((known) => knownAnswer(recordId, known)) },
    { weight: 1, arbitrary: silent },
  );
}

export const arbitraryFacts: fc.Arbitrary<ScreeningFacts> = fc.record({
  nomination: fc.record({
    recordId: fc.constant('91411502MA9TETT0X9'),
    observedAt: fc.constant('2026-10-09T03:00:00.000Z'),
    data: fc.record({
      sizeClass: fc.constantFrom('micro', 'small', 'medium', 'large'),
      industryCode: arbitraryIndustry,
      foundedOn: arbitraryDate,
      divisionCodes: fc.uniqueArray(arbitraryDivision, { minLength: 1, maxLength: 2 }),
    }),
  }),
  credit: answerOf('credit-1', arbitraryCredit),
  ip: answerOf('ip-1', arbitraryIp),
});

/** Which comparisons are drawn: `present` and `absent` ask about missing facts, and so are not monotone in them. */
export type ConditionChoice = { presence: boolean };

export function arbitraryCondition(choice: ConditionChoice): fc.Arbitrary<Condition> {
  const leaf = leafOf(factVocabulary, choice);
  const quantifiers = listsOf(factVocabulary).flatMap(([of, fields]) => {
    const where = nested(leafOf(fields, choice), []);
    return [where.map((item) => ({ some: { of, where: item } })), where.map((item) => ({ none: { of, where: item } }))];
  });
  return nested(leaf, quantifiers);
}

export function arbitraryPolicy(choice: ConditionChoice): fc.Arbitrary<Policy> {
  const rule = fc.record(
    {
      when: arbitraryCondition(choice),
      must: arbitraryCondition(choice),
      effect: fc.constantFrom('exclude', 'review'),
    },
    { ...optional, requiredKeys: ['must', 'effect'] },
  );
  return fc.array(rule, { minLength: 1, maxLength: 5 }).map((rules) => policyOf(rules));
}

/** A policy of the given rules, with everything that does not decide filled in. */
export function policyOf(rules: { when?: Condition; must: Condition; effect: 'exclude' | 'review' }[]): Policy {
  const words = { title: '条件', reason: '不符合条件', hint: '无', basis: '试验' };
  return {
    version: 'random',
    validFrom: '2026-01-01',
    title: '随机规则',
    rules: rules.map((rule, index) => ({ id: `rule-${index}`, source: firstSource(rule.must), ...words, ...rule })),
  };
}

function firstSource(condition: Condition): 'credit' | 'ip' | 'nomination' {
  const [, source] = /"(credit|ip|nomination)\./.exec(JSON.stringify(condition)) ?? [];
  return source === 'credit' || source === 'ip' ? source : 'nomination';
}

function nested(leaf: fc.Arbitrary<Condition>, quantifiers: fc.Arbitrary<Condition>[]): fc.Arbitrary<Condition> {
  const { condition } = fc.letrec<{ condition: Condition }>((tie) => {
    const parts = fc.array(tie('condition'), { minLength: 1, maxLength: 3 });
    return {
      condition: fc.oneof(
        { maxDepth: 3, depthSize: 'small' },
        fc.oneof(leaf, ...quantifiers),
        parts.map((all) => ({ all })),
        parts.map((any) => ({ any })),
        tie('condition').map((not) => ({ not })),
      ),
    };
  });
  return condition;
}

function leafOf(fields: Vocabulary, choice: ConditionChoice): fc.Arbitrary<Condition> {
  const leaves = scalarsOf(fields).flatMap(([path, field]) => {
    const asked = comparisonsOf(path, field);
    return choice.presence
      ? [...asked, fc.constantFrom<Comparison>({ path, op: 'present' }, { path, op: 'absent' })]
      : asked;
  });
  return fc.oneof(...leaves);
}

function comparisonsOf(path: string, field: Field): fc.Arbitrary<Comparison>[] {
  switch (field.type) {
    case 'text': {
      const words = field.words ?? ['active', '411502', '411525', 'C39', 'J6620', 'C'];
      const word = fc.constantFrom(...words);
      const some = fc.uniqueArray(word, { minLength: 1, maxLength: 3 });
      const op = fc.constantFrom<('in' | 'not-in')[]>('in', 'not-in');
      const other = path.endsWith('divisionCode') ? [{ path: 'nomination.divisionCodes' }] : [];
      return [
        word.map((value) => ({ path, op: 'equals', value })),
        fc.record({ path: fc.constant(path), op, value: fc.oneof(some, ...other.map((value) => fc.constant(value))) }),
        some.map((value) => ({ path, op: 'begins-with', value: value.map((text) => text.slice(0, 2)) })),
      ];
    }
    case 'date':
      return [
        fc.record(
          {
            path: fc.constant(path),
            op: fc.constantFrom<('on-or-before' | 'on-or-after')[]>('on-or-before', 'on-or-after'),
            value: fc.oneof(fc.constant('today' as const), arbitraryDate),
            plusMonths: fc.constantFrom(0, 1, 3, 12, 36),
          },
          { ...optional, requiredKeys: ['path', 'op', 'value'] },
        ),
      ];
    case 'number': {
      const op = fc.constantFrom<('at-least' | 'at-most')[]>('at-least', 'at-most');
      return [fc.record({ path: fc.constant(path), op, value: fc.integer({ min: 0, max: 10_000 }) })];
    }
    case 'boolean':
      return [fc.boolean().map((value) => ({ path, op: 'equals', value }))];
    case 'texts':
    case 'record':
    case 'list':
      return [];
  }
}

function scalarsOf(fields: Vocabulary, prefix = ''): [string, Field][] {
  return Object.entries(fields)
    .flatMap(([name, field]): [string, Field][] =>
      field.type === 'record' ? scalarsOf(field.fields, `${prefix}${name}.`) : [[`${prefix}${name}`, field]],
    )
    .filter(([, field]) => field.type !== 'list' && field.type !== 'texts');
}

function listsOf(fields: Vocabulary, prefix = ''): [string, Vocabulary][] {
  return Object.entries(fields).flatMap(([name, field]): [string, Vocabulary][] => {
    if (field.type === 'record') return listsOf(field.fields, `${prefix}${name}.`);
    return field.type === 'list' ? [[`${prefix}${name}`, field.fields]] : [];
  });
}
