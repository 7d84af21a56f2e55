import { expect, test } from 'vitest';
import { exampleOf } from './example.ts';
import { samplePattern } from './sample-pattern.ts';

test.each([
  ['^[0-9a-f]{64}$', '0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef'],
  ['^[1-9][0-9]{5}$', '112345'],
  ['^[A-T][0-9]{2,4}$', 'A12'],
  ['^(?:north|south)-[a-c]+x?$', 'north-a'],
  [String.raw`^\d{3}\.\d$`, '123.4'],
  [String.raw`^[\]\-a]{2}$`, ']-'],
  ['^a{0,3}b*$', ''],
])('a text for %s', (pattern, expected) => {
  expect(samplePattern(pattern)).toBe(expected);
});

test.each(['^[^a]$', String.raw`^\p{Lu}$`, '^(?=a)b$', String.raw`^(a)\1$`])('%s is left to people', (pattern) => {
  expect(samplePattern(pattern)).toBeUndefined();
});

test('an example is the simplest value that fits, with every field once', () => {
  const schema = {
    type: 'object',
    properties: {
      uscc: { type: 'string', pattern: '^[0-9A-HJ-NPQRTUWXY]{18}$' },
      loanId: { type: 'string', pattern: '^[a-z0-9-]+$' },
      title: { type: 'string', description: '标题（不限）' },
      from: { type: 'string', format: 'date' },
      until: { type: 'string', format: 'date' },
      amountFen: { type: 'integer', exclusiveMinimum: 0 },
      parts: { type: 'array', minItems: 2, items: { type: 'boolean' } },
      next: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      labels: { type: 'object', additionalProperties: { enum: ['a', 'b'] } },
    },
  };
  expect(exampleOf(schema, {})).toEqual({
    uscc: '91411502MA9TETT0X9',
    loanId: 'loan-1',
    title: '标题',
    from: '2026-11-23',
    until: '2027-11-23',
    amountFen: 1,
    parts: [false, false],
    next: null,
    labels: { key: 'a' },
  });
});

test('a schema that contains itself ends where it may', () => {
  const ref = { $ref: '#/components/schemas/Rule' };
  const schemas = {
    Rule: {
      anyOf: [
        { type: 'object', properties: { all: { type: 'array', items: ref, minItems: 1 } }, required: ['all'] },
        { const: 'yes' },
      ],
    },
    Endless: { type: 'object', properties: { again: { $ref: '#/components/schemas/Endless' } }, required: ['again'] },
  };
  expect(exampleOf(ref, schemas)).toBe('yes');
  expect(() => exampleOf({ $ref: '#/components/schemas/Endless' }, schemas)).toThrow('contain itself');
});

test('where nothing fits, the schema is asked for an example', () => {
  expect(() => exampleOf({ type: 'string', pattern: '^[^a-z示例]+$', minLength: 3 }, {}, 'code')).toThrow(
    'meta({ example })',
  );
});
