import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addDays } from '#packages/calendar';
import { publishedYears } from '#packages/calendar/working-days';
import { type ClaimDates, deadlinesOf } from './claim-clocks.ts';

/** Filed on a Friday. */
const filed: ClaimDates = { filedOn: '2026-03-13', approved: false, recoveries: [] };
const paid: ClaimDates = { ...filed, decidedOn: '2026-03-20', approved: true, paidOn: '2026-03-27' };
const told = (dates: ClaimDates, today: string) =>
  deadlinesOf(dates, today).map(({ code, dueOn, state }) => [code, dueOn, state]);

test('a claim is to be checked in five working days and decided in twenty, holidays left out', () => {
  expect(told(filed, '2026-03-13')).toEqual([
    ['initial-review', '2026-03-20', 'open'],
    // 6 April is Tomb-Sweeping Day's Monday off.
    ['decision', '2026-04-13', 'open'],
  ]);
});

test('three working days before, it is due soon; on its day still; the day after, late', () => {
  const onDay = (today: string) =>
    deadlinesOf(filed, today).map(({ code, state, workingDaysLeft }) => [code, state, workingDaysLeft])[0];
  expect(onDay('2026-03-16')).toEqual(['initial-review', 'open', 4]);
  expect(onDay('2026-03-17')).toEqual(['initial-review', 'due-soon', 3]);
  expect(onDay('2026-03-20')).toEqual(['initial-review', 'due-soon', 0]);
  expect(onDay('2026-03-21')).toEqual(['initial-review', 'late', 0]);
  expect(onDay('2026-03-23')).toEqual(['initial-review', 'late', -1]);
});

test('a decision ends both, in time or late; only an approval starts the payment’s days', () => {
  expect(told({ ...filed, decidedOn: '2026-03-24' }, '2026-04-30')).toEqual([
    ['initial-review', '2026-03-20', 'done-late'],
    ['decision', '2026-04-13', 'done'],
  ]);
  expect(told({ ...filed, decidedOn: '2026-03-20', approved: true }, '2026-03-20').at(-1)).toEqual([
    'payment',
    '2026-04-03',
    'open',
  ]);
  expect(told(paid, '2026-05-01').at(-1)).toEqual(['payment', '2026-04-03', 'done']);
});

test('an advance is to be settled in two years, a recovery refunded in ten working days', () => {
  const advanced = { ...paid, settleBy: '2028-03-27' };
  expect(told(advanced, '2026-05-01').at(-1)).toEqual(['settlement', '2028-03-27', 'open']);
  expect(told({ ...advanced, settledOn: '2028-03-28' }, '2028-05-01').at(-1)).toEqual([
    'settlement',
    '2028-03-27',
    'done-late',
  ]);
  const recoveries = [{ reference: 'RC-1', receivedOn: '2026-06-01', bookedOn: '2026-06-16' }];
  expect(deadlinesOf({ ...paid, recoveries }, '2026-07-01').at(-1)).toEqual({
    code: 'refund',
    duty: 'bank',
    reference: 'RC-1',
    startedOn: '2026-06-01',
    dueOn: '2026-06-15',
    provisional: false,
    doneOn: '2026-06-16',
    state: 'done-late',
  });
});

test('what is counted beyond the published calendars is told as provisional', () => {
  const last = publishedYears.at(-1) ?? 0;
  const late = deadlinesOf({ ...filed, filedOn: `${last}-12-24` }, `${last}-12-24`);
  expect(late.every(({ provisional }) => provisional)).toBe(true);
  expect(deadlinesOf(filed, '2026-03-13').some(({ provisional }) => provisional)).toBe(false);
});

test('nothing is due before it began, what is done stays so, and time only makes things later', () => {
  const days = fc.nat(900).map((count) => addDays('2026-03-13', count));
  const order = ['open', 'due-soon', 'late'];
  fc.assert(
    fc.property(days, days, fc.boolean(), (one, other, approved) => {
      const [early, late] = [one, other].toSorted();
      const dates = { ...filed, ...(approved && { decidedOn: '2026-03-20', approved }) };
      const [then, later] = [deadlinesOf(dates, early ?? one), deadlinesOf(dates, late ?? other)];
      for (const [place, deadline] of then.entries()) {
        const after = later[place];
        expect(deadline.dueOn >= deadline.startedOn).toBe(true);
        expect(after?.dueOn).toBe(deadline.dueOn);
        if (deadline.doneOn !== undefined) expect(after).toEqual(deadline);
        else expect(order.indexOf(after?.state ?? '')).toBeGreaterThanOrEqual(order.indexOf(deadline.state));
      }
    }),
    { numRuns: 50 },
  );
});

test('who is years late is late, whatever calendars there are', () => {
  expect(deadlinesOf(filed, '2060-01-01')[0]).toMatchObject({ state: 'late' });
});
