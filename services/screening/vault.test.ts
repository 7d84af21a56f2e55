import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openVault } from './vault.ts';

const uscc = '91411502MA9TETT0X9';
const vault = openVault(async () => 'one secret');

test('what is sealed opens with its own key, under its own label, for its own enterprise, and nowhere else', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue(), async (value) => {
      const [key, other] = [await vault.newKey(uscc), await vault.newKey(uscc)];
      const sealed = await vault.seal(uscc, key, 'facts', value);
      expect(await vault.open(uscc, key, 'facts', sealed)).toEqual(JSON.parse(JSON.stringify(value)));
      expect(await vault.open(uscc, other, 'facts', sealed)).toBeUndefined();
      expect(await vault.open(uscc, key, 'other', sealed)).toBeUndefined();
      expect(await vault.open('91411525MA9TEXT277', key, 'facts', sealed)).toBeUndefined();
    }),
    { numRuns: 50 },
  );
});

test('neither a changed text nor another secret opens anything', async () => {
  const key = await vault.newKey(uscc);
  const sealed = await vault.seal(uscc, key, 'facts', { taxGrade: 'A' });
  expect(sealed).not.toContain('taxGrade');
  const bytes = Buffer.from(sealed, 'base64');
  for (const place of [0, 12, bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[place]! ^= 1;
    expect(await vault.open(uscc, key, 'facts', changed.toString('base64'))).toBeUndefined();
  }
  expect(await vault.open(uscc, key, 'facts', 'c2hvcnQ=')).toBeUndefined();
  expect(await openVault(async () => 'another secret').open(uscc, key, 'facts', sealed)).toBeUndefined();
});
