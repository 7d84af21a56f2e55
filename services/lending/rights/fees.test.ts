import { describe, expect, test } from 'vitest';
import { feesDue, feeStateOn } from './fees.ts';

// The example of 专利审查指南 (第五部分第九章): filed on 3 June 1997.
const invention = { kind: 'invention', filedOn: '1997-06-03' } as const;

describe('annual fees', () => {
  test('fall due on the anniversary of filing, for the year that begins then', () => {
    expect(feesDue(invention, '2001-01-01', '2003-01-01')).toEqual([
      { patentYear: 5, dueOn: '2001-06-03', lateUntil: '2001-12-03', paid: 'unknown' },
      { patentYear: 6, dueOn: '2002-06-03', lateUntil: '2002-12-03', paid: 'unknown' },
    ]);
  });

  test('end with the term: nineteen follow the first year of an invention, nine that of a utility model', () => {
    const all = (right: Parameters<typeof feesDue>[0]) => feesDue(right, '1900-01-01', '9999-12-31').length;
    expect(all(invention)).toBe(19);
    expect(all({ ...invention, kind: 'utility-model' })).toBe(9);
    expect(all({ kind: 'design', filedOn: '2021-05-31' })).toBe(9);
    expect(all({ kind: 'design', filedOn: '2021-06-01' })).toBe(14);
    expect(all({ kind: 'trademark', filedOn: '2021-06-01' })).toBe(0);
    expect(all({ kind: 'invention' })).toBe(0);
  });

  test('are paid up to the year that ends on the last day they cover', () => {
    const paid = feesDue({ ...invention, feePaidUntil: '2002-06-02' }, '2001-01-01', '2003-01-01').map(
      (fee) => fee.paid,
    );
    expect(paid).toEqual([true, false]);
  });
});

describe('a fee that was due on 3 June 2002', () => {
  const right = { ...invention, feePaidUntil: '2002-06-02' };

  test.each([
    ['2002-06-02', { kind: 'paid' }],
    ['2002-06-03', { kind: 'paid' }],
    ['2002-06-04', { kind: 'overdue', surchargeBps: 0n }],
    ['2002-07-03', { kind: 'overdue', surchargeBps: 0n }],
    ['2002-07-04', { kind: 'overdue', surchargeBps: 500n }],
    ['2002-11-03', { kind: 'overdue', surchargeBps: 2_000n }],
    ['2002-11-04', { kind: 'overdue', surchargeBps: 2_500n }],
    ['2002-12-03', { kind: 'overdue', surchargeBps: 2_500n, dueOn: '2002-06-03', lateUntil: '2002-12-03' }],
    // From then on it has been over since June.
    ['2002-12-04', { kind: 'ended', dueOn: '2002-06-03' }],
  ] as const)('on %s', (on, state) => {
    expect(feeStateOn(right, on)).toMatchObject(state);
  });

  test('is reckoned from the day covered last where the day of filing is not known', () => {
    expect(feeStateOn({ kind: 'invention', feePaidUntil: '2002-06-02' }, '2002-12-04')).toEqual({
      kind: 'ended',
      dueOn: '2002-06-03',
    });
  });

  test('is no longer asked for once the last year is paid', () => {
    expect(feeStateOn({ ...invention, feePaidUntil: '2017-06-02' }, '2030-01-01')).toEqual({ kind: 'paid' });
    expect(feeStateOn({ ...invention, feePaidUntil: '2016-06-02' }, '2017-01-01')).toEqual({
      kind: 'ended',
      dueOn: '2016-06-03',
    });
  });

  test('is neither paid nor not where nobody says', () => {
    expect(feeStateOn(invention, '2010-01-01')).toEqual({ kind: 'unknown' });
    expect(feeStateOn({ kind: 'software' }, '2010-01-01')).toEqual({ kind: 'no-fees' });
  });
});
