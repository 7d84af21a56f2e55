import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { tries } from '../../../test/support/effort.ts';
import { lendingOn } from '../../../test/support/lending.ts';
import { partitionOf } from '../../../test/support/screening.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { bundleOf } from '../bundle.ts';
import { bundleMachine } from '../machines.ts';
import { getLoan, heldBy, type Loan } from '../store/loan.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());

const numbers = ['201710601862.3', '201310699744.2', '97101765.4'];
const banks = ['bank-a', 'bank-b'];
const day = '2026-11-27';

const number = fc.constantFrom(...numbers);
const change = fc.constantFrom<Record<string, unknown>>(
  { appliedOn: day },
  { registrationNo: 'Y1', registeredOn: day },
  { registrationNo: 'Y2', registeredOn: day },
  { releasedOn: day },
  { withdrawnOn: day },
  { enforcedOn: day },
  { extinguishedOn: day, cause: 'invalidated' },
  { valueFen: 7, valuedOn: day },
);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('file' as const),
    by: fc.constantFrom(...banks),
    numbers: fc.uniqueArray(number, { minLength: 1, maxLength: 2 }),
    registered: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('change' as const), loan: fc.nat(9), number, change }),
  fc.record({
    kind: fc.constant('together' as const),
    numbers: fc.uniqueArray(number, { minLength: 1, maxLength: 2 }),
    registered: fc.boolean(),
  }),
);

test('whatever banks say and in whatever order, no right stands in two live bundles, a bundle goes its machine’s ways, and a registration is told once', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 14 }), async (steps) => {
      const world = lendingOn(await started.another(), `${day}T04:00:00.000Z`);
      await world.listed();
      await world.founded();
      const loans = new Map<string, { by: string; state: Loan }>();
      const file = async (by: string, of: string[], registered: boolean) => {
        const registration = registered ? { registrationNo: 'Y1', registeredOn: day } : {};
        const assets = of.map((one) => world.asset(one, registration));
        const { kind, result } = await world.file(world.loan({}, assets), by);
        if (kind === 'done')
          loans.set(result.loanId, { by, state: (await getLoan(world.table, result.loanId))!.state });
        return kind;
      };
      for (const one of steps) {
        if (one.kind === 'file') await file(one.by, one.numbers, one.registered);
        else if (one.kind === 'together') {
          const kinds = await Promise.all(banks.map((by) => file(by, one.numbers, one.registered)));
          expect(kinds.filter((kind) => kind === 'done').length).toBeLessThanOrEqual(1);
        } else if (loans.size > 0) {
          const [loanId, { by }] = [...loans][one.loan % loans.size]!;
          await world.change(loanId, 'invention', one.number, one.change, by);
        }
        const holders = new Map<string, string>();
        for (const [loanId, known] of loans) {
          const { state } = (await getLoan(world.table, loanId))!;
          const [before, after] = [bundleOf(known.state.rights), bundleOf(state.rights)];
          expect([before, ...bundleMachine.events.map((event) => bundleMachine.next(before, event))]).toContain(after);
          expect(state.registeredOn === undefined).toBe(known.state.registeredOn === undefined && after !== 'complete');
          loans.set(loanId, { ...known, state });
          for (const key of heldBy(state)) {
            expect(holders.has(key), key).toBe(false);
            holders.set(key, loanId);
          }
        }
        for (const each of numbers) {
          const key = `patent#${each.split('.')[0]}`;
          const items = await partitionOf(world.table, `RIGHT#${key}`);
          expect(items.map((item) => item['loanId'])).toEqual(holders.has(key) ? [holders.get(key)] : []);
        }
      }
      for (const [loanId, { state }] of loans) {
        const registrations = (await world.told(loanId)).filter((type) => type === 'loan.registered.v1');
        expect(registrations).toHaveLength(state.registeredOn === undefined ? 0 : 1);
      }
    }),
    { numRuns: tries(2, 300) },
  );
});
