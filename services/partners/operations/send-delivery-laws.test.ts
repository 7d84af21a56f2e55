import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { failing, startPartners } from '../../../test/support/partners.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { type Behaviour, startReceiver, type Receiver } from '../../../test/support/webhook-receiver.ts';
import { deliveryPolicy } from '../policy.ts';

const minute = 60_000;
const hour = 60 * minute;

let started: TestTable;
let receiver: Receiver;
beforeAll(async () => {
  started = await startTable({ streams: false });
  receiver = await startReceiver();
});
afterAll(async () => {
  await receiver.stop();
  await started.stop();
});

/** Not enough of them to exhaust a delivery. */
const failures = fc.array(
  fc.oneof(
    fc.constantFrom<Behaviour>(500, 302, 'cut', 404),
    fc.record({ status: fc.constant(429), headers: fc.constant({ 'retry-after': '600' }) }),
    fc.constant<Behaviour>(200),
  ),
  { maxLength: deliveryPolicy.waitsMs.length - 1 },
);
const acts = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant('tell' as const), name: fc.constantFrom('A', 'B', 'C') }) },
    {
      weight: 2,
      arbitrary: fc.record({ act: fc.constant('later' as const), minutes: fc.integer({ min: 0, max: 90 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constant('work' as const),
        copies: fc.integer({ min: 1, max: 2 }),
        backwards: fc.boolean(),
        crash: fc.array(fc.constantFrom('before' as const, 'after' as const, 'not' as const), { maxLength: 3 }),
      }),
    },
  ),
  { minLength: 3, maxLength: 14 },
);

test('whatever fails when, every message is taken in the end, and each aggregate’s in their order', async () => {
  await fc.assert(
    fc.asyncProperty(failures, acts, async (behaviours, steps) => {
      const story = await startPartners(started);
      await story.enter('bank-a');
      receiver.answers([]);
      await story.webhook('bank-a', receiver);
      receiver.answers(behaviours);
      const told = new Map<string, number>();
      for (const step of steps) {
        if (step.act === 'later') story.later(step.minutes * minute);
        else if (step.act === 'tell') {
          const sequence = (told.get(step.name) ?? 0) + 1;
          told.set(step.name, sequence);
          await story.tell(story.event(step.name, sequence));
        } else {
          const due = await story.due();
          const records = step.backwards ? due.toReversed() : due;
          const copies = Array.from({ length: step.copies }, () =>
            story.deliver(records, { table: failing(story.table, step.crash) }),
          );
          await Promise.all(copies);
        }
      }
      await story.runTo(new Date(story.now().getTime() + 100 * hour).toISOString());
      const deliveries = await story.deliveries('bank-a');
      expect(deliveries.filter(({ status }) => status !== 'delivered')).toEqual([]);
      for (const [name, count] of told) {
        const taken = receiver.accepted().filter(({ subject }) => subject === `whitelist-entry/${name}`);
        const firsts = [...new Set(taken.map(({ sequence }) => sequence))];
        expect(firsts).toEqual(Array.from({ length: count }, (_none, place) => place + 1));
      }
      expect(await story.waiting()).toEqual([]);
    }),
    { numRuns: tries(8, 150) },
  );
}, 600_000);
