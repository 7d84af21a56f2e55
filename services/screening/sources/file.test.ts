import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { CreditFacts, type SourceAnswer } from '../facts.ts';
import { knownAnswer, soundFacts } from '../rules/sample-facts.ts';
import { filePull, maxDeliveryLines, maxLineBytes, readDelivery } from './file.ts';

const [uscc, other] = ['91411502MA9TETT0X9', '91411525MA9TEXT277'];
const receivedAt = new Date('2026-11-23T04:00:00.000Z');
const { credit } = soundFacts();
const said = { uscc, recordId: 'credit-7', observedAt: '2026-11-20T02:00:00.000Z' };
const record = { ...said, data: credit };

function read(bytes: Uint8Array | string) {
  const delivery = readDelivery(Buffer.from(bytes), CreditFacts, receivedAt);
  return delivery.kind === 'lines' ? [...delivery.lines] : delivery;
}

const readLines = (...lines: unknown[]) => read(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
const fetchedAt = receivedAt.toISOString();

test('a line is an answer, and so is that the source no longer knows an enterprise', () => {
  const answer = {
    kind: 'known',
    recordId: 'credit-7',
    observedAt: '2026-11-20T02:00:00.000Z',
    fetchedAt,
    digest: createHash('sha256').update(JSON.stringify(record)).digest('hex'),
    data: credit,
  };
  expect(readLines(record, { ...said, uscc: other, removed: true })).toEqual([
    { line: 1, uscc, answer },
    { line: 2, uscc: other, answer: { kind: 'unknown-there', fetchedAt, observedAt: answer.observedAt } },
  ]);
});

test('a mark before the text, ends as Windows has them, blank lines and a last line without an end change nothing', () => {
  const [plain, second] = [JSON.stringify(record), JSON.stringify({ ...record, uscc: other })];
  const [first, last] = readLines(record, { ...record, uscc: other }) as object[];
  expect(read(`\u{feff}${plain}\r\n\r\n\n${second}`)).toEqual([first, { ...last, line: 4 }]);
  expect(read('')).toEqual([]);
  expect(read('\n\r\n')).toEqual([]);
});

test.each<[string, unknown, string]>([
  ['no object', [1], 'line_malformed'],
  ['no code', { ...record, uscc: undefined }, 'line_malformed'],
  ['a code in lower case', { ...record, uscc: '91411502ma9tett0x9' }, 'uscc_malformed'],
  ['a field more', { ...record, page: 1 }, 'schema_drift'],
  ['no record id', { ...record, recordId: '' }, 'schema_drift'],
  ['neither data nor removal', said, 'schema_drift'],
  ['data and removal', { ...record, removed: true }, 'schema_drift'],
  ['removed: false', { ...said, removed: false }, 'schema_drift'],
  ['a renamed list', { ...said, data: { ...credit, penalties: undefined, fines: [] } }, 'schema_drift'],
  ['a local time', { ...record, observedAt: '2026-11-20 10:00:00' }, 'schema_drift'],
  ['an observation of tomorrow', { ...record, observedAt: '2026-11-24T04:00:00Z' }, 'observed_in_future'],
  ['a removal of tomorrow', { ...said, removed: true, observedAt: '2026-11-24T04:00:00Z' }, 'observed_in_future'],
])('%s is a finding, and the other lines are taken', (_case, line, code) => {
  const [first, second] = readLines(line, { ...record, uscc: other }) as object[];
  expect(first).toEqual({ line: 1, code, message: expect.stringMatching(/\p{Script=Han}/u) as string });
  expect(second).toMatchObject({ line: 2, uscc: other, answer: { kind: 'known' } });
});

test('a line that was cut off, and one that is too long, are findings', () => {
  const long = JSON.stringify({ ...record, recordId: 'x'.repeat(maxLineBytes) });
  expect(read(`${long}\n${JSON.stringify(record).slice(0, 60)}`)).toMatchObject([
    { line: 1, code: 'line_malformed', message: '本行超过 64 KB' },
    { line: 2, code: 'line_malformed' },
  ]);
});

test('the second line of an enterprise is refused, whatever became of the first', () => {
  const drifted = { ...said, data: {} };
  expect(readLines(record, record)).toMatchObject([
    { line: 1, answer: { kind: 'known' } },
    { line: 2, code: 'duplicate_in_file', message: `与第 1 行重复：${uscc}` },
  ]);
  expect(readLines(drifted, record, record)).toMatchObject([
    { code: 'schema_drift' },
    { code: 'duplicate_in_file', message: `与第 1 行重复：${uscc}` },
    { code: 'duplicate_in_file', message: `与第 1 行重复：${uscc}` },
  ]);
});

test('a code that fails only its check digit is taken: such codes have been issued', () => {
  expect(readLines({ ...record, uscc: '91411502MA9TETT0X8' })).toMatchObject([{ answer: { kind: 'known' } }]);
});

test('a file in another encoding is refused whole', () => {
  // 信用 in GBK.
  const bytes = Buffer.concat([Buffer.from(`${JSON.stringify(record)}\n`), Buffer.from([0xd0, 0xc5, 0xd3, 0xc3])]);
  expect(read(bytes)).toMatchObject({ kind: 'refused', code: 'wrong_encoding' });
});

test('a file of more lines than the bound is refused whole, one of just as many is not', () => {
  const lines = '{}\n'.repeat(maxDeliveryLines);
  expect(read(`${lines}{}`)).toMatchObject({ kind: 'refused', code: 'too_many_lines' });
  expect(readDelivery(Buffer.from(lines), CreditFacts, receivedAt).kind).toBe('lines');
});

test('it answers for any bytes, a line number for each', () => {
  const pieces = fc.array(
    fc.oneof(
      fc.json().map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes)),
      fc.constantFrom('\n', '\r\n', '\u{feff}', JSON.stringify(record)).map((text) => Buffer.from(text)),
    ),
    { maxLength: 20 },
  );
  fc.assert(
    fc.property(pieces, (parts) => {
      const lines = read(Buffer.concat(parts));
      if (!Array.isArray(lines)) {
        expect(lines.kind).toBe('refused');
        return;
      }
      const numbers = lines.map(({ line }) => line);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((one, after) => one - after));
      for (const line of lines) expect('code' in line).not.toBe('answer' in line);
    }),
  );
});

test('a source in file mode answers what it delivered, while that is young enough', () => {
  const stored = knownAnswer('credit-7', credit);
  const received = Date.parse('2026-11-23T01:00:00.000Z');
  const on = (days: number, milliseconds = 0) => new Date(received + days * 86_400_000 + milliseconds);
  const absent: SourceAnswer<CreditFacts> = { kind: 'unknown-there', fetchedAt: new Date(received).toISOString() };
  for (const answer of [stored, absent]) {
    expect(filePull(answer, on(0), 35)).toBe(answer);
    expect(filePull(answer, on(-1), 35)).toBe(answer);
    expect(filePull(answer, on(35), 35)).toBe(answer);
    const late = on(35, 1);
    const outdated = { kind: 'unavailable', reason: 'delivery-outdated', fetchedAt: late.toISOString() };
    expect(filePull(answer, late, 35)).toEqual(outdated);
  }
});

test.each<[string, SourceAnswer<CreditFacts> | undefined]>([
  ['nothing', undefined],
  ['that there was no answer', { kind: 'unavailable', reason: 'timeout', fetchedAt }],
  ['that there was no consent', { kind: 'no-consent' }],
])('where %s is stored, nothing was delivered', (_case, stored) => {
  expect(filePull(stored, receivedAt, 35)).toEqual({ kind: 'unavailable', reason: 'not-delivered', fetchedAt });
});
