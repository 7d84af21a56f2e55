import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filledPage, openCursor, type Position, sealCursor } from './paging.ts';
import { inPartition, type Page } from './table.ts';

const secret = 'a secret of the deployment';

test('a cursor opens for whom and for what it was sealed', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom('pk', 'sk', 'at'), fc.string()), fc.string(), (position, scope) => {
      const cursor = sealCursor(position, scope, secret);
      expect(openCursor(cursor, scope, secret)).toEqual({ ...position });
      expect(openCursor(cursor, `${scope}x`, secret)).toBeUndefined();
      expect(openCursor(cursor, scope, 'another secret')).toBeUndefined();
    }),
  );
});

test('no other text opens: edited, cut, spelt differently, or none of ours', () => {
  const cursor = sealCursor({ pk: 'INDEX#CITY', sk: '2026' }, 'person|x', secret);
  const edits = Array.from(
    cursor,
    (sign, at) => cursor.slice(0, at) + (sign === 'A' ? 'B' : 'A') + cursor.slice(at + 1),
  );
  const others = [...edits, '', '.', `${cursor}=`, `${cursor}.`, cursor.slice(1), cursor.slice(0, -1), `${cursor} `];
  for (const other of others) expect(openCursor(other, 'person|x', secret), other).toBeUndefined();
});

/** A list of so many numbers under the keys 0, 1, …, read in pages as a store reads them. */
function listOf(length: number) {
  let requests = 0;
  return {
    requests: () => requests,
    async page(_query: unknown, limit: number, start?: Page['last']): Promise<Page> {
      requests += 1;
      const from = start === undefined ? 0 : Number(start['sk']?.S) + 1;
      const items = Array.from({ length: Math.min(limit, length - from) }, (_item, place) => ({ n: from + place }));
      const last = from + items.length - 1;
      return from + limit < length ? { items, last: { pk: { S: 'LIST' }, sk: { S: String(last) } } } : { items };
    },
  };
}

test('a page of a filtered list is full, or the list is at its end, or so much was looked through; nothing is left out', async () => {
  const property = fc.asyncProperty(
    fc.nat({ max: 60 }),
    fc.integer({ min: 1, max: 10 }),
    fc.integer({ min: 1, max: 7 }),
    fc.integer({ min: 1, max: 5 }),
    async (length, pageSize, nth, atMost) => {
      const list = listOf(length);
      const seen: number[] = [];
      let position: Position | undefined;
      for (;;) {
        const before = list.requests();
        const page = await filledPage(
          list,
          { condition: inPartition('LIST') },
          { pageSize, position, seal: (sealed) => JSON.stringify(sealed) },
          (items) => items.map(({ n }) => Number(n)).filter((n) => n % nth === 0),
          atMost,
        );
        const requests = list.requests() - before;
        expect(requests).toBeLessThanOrEqual(atMost);
        expect(page.items.length).toBeLessThanOrEqual(pageSize);
        seen.push(...page.items);
        if (page.nextCursor === null) break;
        expect(page.items.length === pageSize || requests === atMost).toBe(true);
        position = JSON.parse(page.nextCursor);
      }
      expect(seen).toEqual(Array.from({ length }, (_item, n) => n).filter((n) => n % nth === 0));
    },
  );
  await fc.assert(property);
});
