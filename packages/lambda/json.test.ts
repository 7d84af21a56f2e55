import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readJson } from './json.ts';
import { Problem } from './problem.ts';

function refusal(text: string | Uint8Array): Problem {
  try {
    readJson(typeof text === 'string' ? Buffer.from(text) : text);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const integers = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const values = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 6 },
    integers,
    fc.string({ maxLength: 30 }),
    fc.boolean(),
    fc.array(tie('value'), { maxLength: 5 }),
    fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 5 }),
  ),
})).value;

describe('a JSON body', () => {
  test('of allowed values is what JSON.parse makes of it, pretty or not', () => {
    fc.assert(
      fc.property(values, fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(readJson(Buffer.from(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  test.each([
    ['1.0', ''],
    ['1e3', ''],
    ['-1', ''],
    ['9007199254740993', ''],
    ['{"a":{"b":[1,2.5]}}', '/a/b/1'],
    ['{"a~b":{"c/d":1e400}}', '/a~0b/c~1d'],
    ['[0,{"x":-0}]', '/1/x'],
  ])('with the number in %s is refused at %s', (text, pointer) => {
    const problem = refusal(text);
    expect(problem.code).toBe('validation_failed');
    expect(problem.errors).toEqual([expect.objectContaining({ pointer, code: 'integer_expected' })]);
  });

  test('with null names the field', () => {
    expect(refusal('{"name":null}').errors).toEqual([
      expect.objectContaining({ pointer: '/name', code: 'null_not_allowed' }),
    ]);
  });

  test('with a key twice is refused, however the key is spelt', () => {
    expect(refusal(String.raw`{"a":1,"\u0061":2}`).code).toBe('json_duplicate_key');
    expect(readJson(Buffer.from('{"a":{"b":1},"c":{"b":2}}'))).toEqual({ a: { b: 1 }, c: { b: 2 } });
  });

  test('with a key that objects inherit is only a key', () => {
    expect(refusal('{"__proto__":1,"__proto__":2}').code).toBe('json_duplicate_key');
    expect(Object.keys(Object(readJson(Buffer.from('{"constructor":1}'))))).toEqual(['constructor']);
  });

  test.each([
    ['17 levels', '['.repeat(17) + ']'.repeat(17), 'too_deep'],
    ['a hundred thousand levels', '['.repeat(100_000) + ']'.repeat(100_000), 'too_deep'],
    ['501 items', `[${Array(501).fill(1).join(',')}]`, 'too_many'],
    ['a string of 4,001', `["${'x'.repeat(4_001)}"]`, 'too_long'],
  ])('of %s is refused', (_case, text, code) => {
    expect(refusal(text).errors?.map((error) => error.code)).toEqual([code]);
  });

  test('that is not UTF-8 or not JSON is refused as such', () => {
    expect(refusal(Uint8Array.of(0x22, 0xff, 0x22)).code).toBe('body_not_utf8');
    for (const text of ['', '{', '{"a":01}', '\uFEFF{}', "{'a':1}", 'NaN'])
      expect(refusal(text).code).toBe('json_malformed');
  });

  test('of any bytes is a value or a Problem, never another error', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 100 }),
          fc.string({ maxLength: 60, unit: 'binary' }).map((text) => Buffer.from(text)),
        ),
        (bytes) => {
          try {
            readJson(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(Problem);
          }
        },
      ),
    );
  });
});
