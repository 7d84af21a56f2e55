import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tries } from '../../test/support/effort.ts';
import { bundleOf, type RightState } from './bundle.ts';
import { bundleMachine, rightMachine } from './machines.ts';

const parts = (...states: RightState[]) => states.map((state) => ({ state }));

test.each([
  ['partial', parts('draft')],
  ['partial', parts('registered', 'applied')],
  ['partial', parts('registered', 'correction', 'released')],
  ['complete', parts('registered', 'registered')],
  ['complete', parts('registered', 'withdrawn')],
  ['complete', parts('registered', 'released')],
  ['degraded', parts('registered', 'extinguished')],
  ['degraded', parts('draft', 'extinguished')],
  ['degraded', parts('extinguished')],
  ['released', parts('released', 'extinguished')],
  ['released', parts('enforced')],
  ['released', parts('withdrawn', 'released')],
] as const)('%s is what its rights make it: %j', (state, rights) => {
  expect(bundleOf(rights)).toBe(state);
});

test('whatever happens to its rights, a bundle goes only where its machine allows, in whatever order they are listed', () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('right' as const),
      place: fc.nat(5),
      event: fc.constantFrom(...rightMachine.events),
    }),
    fc.record({ kind: fc.constant('join' as const), state: fc.constantFrom<RightState>('draft', 'registered') }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.array(step, { maxLength: 20 }), (size, steps) => {
      let rights = parts(...Array.from({ length: size }, () => rightMachine.initial));
      for (const one of steps) {
        const before = bundleOf(rights);
        if (one.kind === 'join') {
          if (before === 'released') continue;
          rights = [...rights, { state: one.state }];
        } else {
          const right = rights[one.place % rights.length]!;
          const state = rightMachine.next(right.state, one.event);
          if (state === undefined) continue;
          rights = rights.with(one.place % rights.length, { state });
        }
        const after = bundleOf(rights);
        expect(bundleOf(rights.toReversed())).toBe(after);
        const allowed = bundleMachine.events.map((event) => bundleMachine.next(before, event));
        expect([before, ...allowed]).toContain(after);
      }
    }),
    { numRuns: tries(500, 20_000) },
  );
});
