import { afterEach, expect, test } from 'vitest';
import { sources } from '../facts.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';
import { openSource } from './open.ts';
import { says, type ScriptedSource, scriptedNow, startScripted } from './scripted-source.ts';

const uscc = '91411502MA9TETT0X9';
const { credit } = soundFacts();
const envelope = { uscc, recordId: 'credit-7', observedAt: '2026-11-20T02:00:00.000Z', data: credit };

let source: ScriptedSource | undefined;
afterEach(() => source?.stop());

async function opened(address?: string) {
  source = await startScripted([says(envelope)]);
  const settings = { address: address ?? source.baseUrl, requestsPerSecond: 1, breakerOpenSeconds: 60 };
  return { ...source, begin: openSource(sources.credit, settings, source.means.world) };
}

test('every piece of work shares the budget of the process', async () => {
  const { begin, pauses } = await opened();
  for (let count = 0; count < 3; count += 1) {
    expect(await begin().client.pull(uscc)).toMatchObject({ answer: { kind: 'known' } });
  }
  expect(pauses).toEqual([1_000, 2_000]);
});

test('work begins from what is stored of the breaker, and a run of a person asks anew', async () => {
  const { begin, asked, clock } = await opened();
  const stored = { failures: 3, openedAt: new Date(clock.now - 59_000).toISOString() };
  const circuitOpen = { kind: 'unavailable', reason: 'circuit-open', fetchedAt: scriptedNow };
  expect(await begin({ stored }).client.pull(uscc)).toEqual({ kind: 'answered', answer: circuitOpen });
  expect(await begin({ stored }).feed?.read('c-1')).toEqual({ kind: 'unavailable', reason: 'circuit-open' });
  expect(asked).toEqual([]);
  const { client, breaker } = begin({ stored, askedAt: scriptedNow });
  expect(await client.pull(uscc)).toMatchObject({ answer: { kind: 'known' } });
  expect(breaker?.transition()).toEqual({ failures: 0 });
});

test('a source that delivers files is asked of what is stored, and has neither feed nor breaker', async () => {
  const { begin, asked } = await opened('file');
  const { client, feed, breaker } = begin();
  const stored = knownAnswer('credit-7', credit);
  expect(await client.pull(uscc, { stored })).toEqual({ kind: 'answered', answer: stored });
  expect(await client.pull(uscc)).toMatchObject({ answer: { kind: 'unavailable', reason: 'not-delivered' } });
  expect([feed, breaker, asked]).toEqual([undefined, undefined, []]);
});
