import { expect, test } from 'vitest';
import { passes } from './event-filter.ts';

const inserted = {
  eventName: 'INSERT',
  dynamodb: { Keys: { pk: { S: 'ENT#1' }, sk: { S: 'EVENT#7' } }, NewImage: { tags: { SS: ['a', 'b'] }, size: 5 } },
};
const key = (rule: unknown) => ({ dynamodb: { Keys: { sk: { S: [rule] } } } });
const size = (rule: unknown) => ({ dynamodb: { NewImage: { size: [rule] } } });

test.each([
  [[], true],
  [[{ eventName: ['INSERT', 'MODIFY'], ...key({ prefix: 'EVENT#' }) }], true],
  [[{ eventName: ['REMOVE'], ...key({ prefix: 'EVENT#' }) }], false],
  [[key({ prefix: 'AUDIT#' })], false],
  [[key({ prefix: 'AUDIT#' }), key('EVENT#7')], true],
  [[key({ suffix: '#7' })], true],
  [[key({ 'equals-ignore-case': 'event#7' })], true],
  [[key({ 'anything-but': ['EVENT#8'] })], true],
  [[key({ 'anything-but': { prefix: 'EVENT#' } })], false],
  [[size({ numeric: ['>', 1, '<=', 5] })], true],
  [[size({ numeric: ['<', 5] })], false],
  [[{ dynamodb: { OldImage: [{ exists: false }] } }], true],
  [[{ dynamodb: { NewImage: { size: [{ exists: false }] } } }], false],
  [[{ dynamodb: { NewImage: { none: { S: ['x'] } } } }], false],
  [[{ dynamodb: { NewImage: { none: { S: [{ exists: true }] } } } }], false],
  [[{ dynamodb: { NewImage: { tags: { SS: ['b'] } } } }], true],
  [[{ $or: [{ eventName: ['REMOVE'] }, key('EVENT#7')] }], true],
])('%j: %s', (patterns: unknown[], expected) => {
  expect(passes(patterns, inserted)).toBe(expected);
});

test('a rule that is not known is refused, not passed over', () => {
  expect(() => passes([key({ cidr: '10.0.0.0/24' })], inserted)).toThrow();
});
