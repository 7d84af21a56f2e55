import { KeysUnavailable } from '../tokens.ts';
import { expect, test } from 'vitest';
import { Unsettled } from '../commit.ts';
import { refusal } from './answer.ts';
import { Problem } from './problem.ts';

const now = new Date('2026-11-23T02:15:30.000Z');
const coded = (code: string, message = 'fault') => Object.assign(new Error(message), { code });
const statusOf = (error: unknown) => refusal(error, 'request-1', now).statusCode;

/** A fault as Node throws it. */
function thrown(fault: () => unknown): unknown {
  try {
    return fault();
  } catch (error) {
    return error;
  }
}

test.each<[string, unknown]>([
  ['a store that answered with a fault', Object.assign(new Error('x'), { $metadata: {} })],
  ['a client of AWS that failed', Object.assign(new Error('x'), { $fault: 'server' })],
  ['facts that would not keep still', new Unsettled()],
  ['a refused connection', coded('ECONNREFUSED')],
  ['a connection that was cut', coded('ECONNRESET')],
  ['a name that is not resolved now', coded('EAI_AGAIN')],
  ['a fetch that failed', new TypeError('fetch failed', { cause: coded('ECONNREFUSED') })],
  ['a fetch that took too long', AbortSignal.abort(new DOMException('late', 'TimeoutError')).reason],
  ['a key set that did not come', new KeysUnavailable('timeout')],
  ['no address that could be reached', new AggregateError([coded('ECONNREFUSED'), coded('EHOSTUNREACH')])],
])('%s is an outage, to be tried again', (_what, error) => {
  expect(statusOf(error)).toBe(503);
  expect(refusal(error, 'request-1', now).headers).toMatchObject({ 'retry-after': '1' });
});

test.each<[string, unknown]>([
  ['what Node says of a wrong argument', thrown(() => Buffer.from(JSON.parse('5')))],
  ['what Node says of a wrong address', thrown(() => new URL('no address'))],
  ['a file that is not there', coded('ENOENT')],
  ['a code of somebody else', coded('EXPIRED')],
  ['a code that is no text', Object.assign(new Error('x'), { code: 5 })],
  ['a type error', new TypeError('x')],
  ['a text', 'ECONNREFUSED'],
  ['nothing', undefined],
])('%s is our bug', (_what, error) => {
  expect(statusOf(error)).toBe(500);
});

test('a problem is told as it is', () => {
  expect(statusOf(new Problem('not_found'))).toBe(404);
});
