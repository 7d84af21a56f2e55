import { expect, test } from 'vitest';
import type { ScreeningFacts } from '../facts.ts';
import { factsDigest } from './facts-digest.ts';
import { knownAnswer, soundFacts, soundScreeningFacts } from './sample-facts.ts';

const facts = soundScreeningFacts();
const digest = factsDigest('city-1', facts);
const { credit, ip } = soundFacts();
const unavailable = (reason: 'timeout' | 'schema-drift'): ScreeningFacts => ({
  ...facts,
  ip: { kind: 'unavailable', reason, fetchedAt: '2026-11-23T01:00:00.000Z' },
});

test('the same facts have the same digest, whenever and in whatever order they were told', () => {
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  const times = {
    observedAt: '2026-11-22T00:00:00.000Z',
    fetchedAt: '2026-11-23T09:00:00.000Z',
    digest: 'f'.repeat(64),
  };
  expect(factsDigest('city-1', { ...facts, credit: { ...knownAnswer('credit-1', credit), ...times } })).toBe(digest);
  const shuffled = Object.fromEntries(Object.entries(credit).toReversed()) as typeof credit;
  expect(factsDigest('city-1', { ...facts, credit: knownAnswer('credit-1', shuffled) })).toBe(digest);
});

test('how a source failed makes no other facts', () => {
  expect(factsDigest('city-1', unavailable('timeout'))).toBe(factsDigest('city-1', unavailable('schema-drift')));
});

test.each<[string, string, ScreeningFacts]>([
  ['policy', 'city-2', facts],
  ['fact', 'city-1', { ...facts, credit: knownAnswer('credit-1', { ...credit, taxGrade: 'B' }) }],
  ['record', 'city-1', { ...facts, ip: knownAnswer('ip-2', ip) }],
  ['silence', 'city-1', unavailable('timeout')],
])('another %s makes another digest', (_case, version, changed) => {
  expect(factsDigest(version, changed)).not.toBe(digest);
});
