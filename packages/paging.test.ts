import fc from 'fast-check';
import { expect, test } from 'vitest';
import { openCursor, sealCursor } from './paging.ts';

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
