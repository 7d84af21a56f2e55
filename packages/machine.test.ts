import fc from 'fast-check';
import { expect, expectTypeOf, test } from 'vitest';
import { machine } from './machine.ts';

const listing = machine({
  name: 'listing',
  initial: 'listed',
  states: {
    listed: { on: { suspend: 'on-hold', remove: 'removed' } },
    'on-hold': { on: { reinstate: 'listed', remove: 'removed' } },
    removed: { terminal: true },
  },
});

test('states and events are literal unions', () => {
  type State = 'listed' | 'on-hold' | 'removed';
  expectTypeOf(listing.next).parameters.toEqualTypeOf<[State, 'suspend' | 'remove' | 'reinstate']>();
  expectTypeOf(listing.next).returns.toEqualTypeOf<State | undefined>();
  expect(listing.states).toEqual(['listed', 'on-hold', 'removed']);
  expect(listing.events).toEqual(['suspend', 'remove', 'reinstate']);
});

test('an event leads on from the states it is legal in, and from no other', () => {
  expect(listing.next('listed', 'suspend')).toBe('on-hold');
  expect(listing.next('removed', 'reinstate')).toBeUndefined();
  expect(listing.sources('remove')).toEqual(['listed', 'on-hold']);
  expect(listing.sources('reinstate')).toEqual(['on-hold']);
  expect(listing.states.map((state) => listing.isTerminal(state))).toEqual([false, false, true]);
});

test('inherited names are no events and no states', () => {
  const next = listing.next as (state: string, event: string) => string | undefined;
  expect(next('listed', 'constructor')).toBeUndefined();
  expect(next('__proto__', 'toString')).toBeUndefined();
});

test('the drawing shows every transition', () => {
  expect(listing.mermaid()).toBe(
    [
      'stateDiagram-v2',
      '  state "on-hold" as on_hold',
      '  [*] --> listed',
      '  listed --> on_hold: suspend',
      '  listed --> removed: remove',
      '  on_hold --> listed: reinstate',
      '  on_hold --> removed: remove',
      '  removed --> [*]',
    ].join('\n'),
  );
});

// The types forbid these tables, but tables may also be made at run time.
const loose = machine as unknown as (definition: object) => unknown;

test.each([
  ['leads nowhere known', { initial: 'a', states: { a: { on: { go: 'b' } } } }, 'a --go--> b is unknown'],
  ['leads to an inherited name', { initial: 'a', states: { a: { on: { go: 'toString' } } } }, 'toString is unknown'],
  ['begins nowhere', { initial: 'b', states: { a: { terminal: true } } }, 'initial state b'],
  ['ends by oversight', { initial: 'a', states: { a: { on: {} } } }, 'not declared terminal'],
  [
    'has islands',
    { initial: 'a', states: { a: { on: { go: 'a' } }, b: { on: { go: 'a' } }, c: { terminal: true } } },
    'unreachable: b, c',
  ],
])('a machine that %s does not load', (_case, definition, message) => {
  expect(() => loose({ name: 'm', ...definition })).toThrow(message);
});

test('the types refuse an unknown target and a state without a way on', () => {
  const wrong = [
    // @ts-expect-error The target is not a state.
    () => machine({ name: 'm', initial: 'a', states: { a: { on: { go: 'b' } } } }),
    // @ts-expect-error The initial state is not a state.
    () => machine({ name: 'm', initial: 'b', states: { a: { terminal: true } } }),
    // @ts-expect-error A state says how it is left, or that it is not.
    () => machine({ name: 'm', initial: 'a', states: { a: {} } }),
  ];
  for (const make of wrong) expect(make).toThrow();
});

const names = fc.uniqueArray(fc.stringMatching(/^[a-z][a-z-]{0,5}$/), { minLength: 1, maxLength: 6 });
const tables = names.chain((states) =>
  fc.record({
    states: fc.constant(states),
    arrows: fc.array(fc.tuple(fc.constantFrom(...states), fc.constantFrom('x', 'y', 'z'), fc.constantFrom(...states))),
  }),
);

test('any table either loads with every state within reach, or is refused', () => {
  fc.assert(
    fc.property(tables, ({ states, arrows }) => {
      const table: Record<string, { on: Record<string, string> } | { terminal: true }> = {};
      for (const state of states) {
        const on = Object.fromEntries(arrows.filter(([from]) => from === state).map(([, event, to]) => [event, to]));
        table[state] = Object.keys(on).length > 0 ? { on } : { terminal: true };
      }
      const reached = new Set([states[0]!]);
      for (const state of reached) {
        const row = table[state]!;
        if ('on' in row) for (const target of Object.values(row.on)) reached.add(target);
      }
      const make = () => machine({ name: 'm', initial: states[0]!, states: table });
      if (reached.size < states.length) {
        expect(make).toThrow('unreachable');
        return;
      }
      const made = make();
      for (const event of made.events) {
        const legal = made.states.filter((state) => made.next(state, event) !== undefined);
        expect(made.sources(event)).toEqual(legal);
      }
      for (const state of made.states) {
        expect(made.isTerminal(state)).toBe(made.events.every((event) => made.next(state, event) === undefined));
      }
    }),
  );
});
