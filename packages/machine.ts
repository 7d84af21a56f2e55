/** A state either is left by events or is declared terminal; a state that simply ends by oversight cannot be written. */
type StateTable<State extends string> = { on: Record<string, State> } | { terminal: true };

type EventOf<Table> = Table extends { on: infer Transitions } ? keyof Transitions & string : never;

/** A state machine as data: what may happen in which state, and what follows. */
export type Machine<State extends string, Event extends string> = {
  readonly name: string;
  readonly initial: State;
  readonly states: readonly State[];
  readonly events: readonly Event[];
  /** The state after the event, or undefined where the event is not legal. */
  readonly next: (state: State, event: Event) => State | undefined;
  /** The states in which the event is legal: what a store's condition asks for. */
  readonly sources: (event: Event) => readonly State[];
  /** Whether nothing can happen any more. */
  readonly isTerminal: (state: State) => boolean;
  /** The machine as a mermaid state diagram for a README. */
  readonly mermaid: () => string;
};

/**
 * Makes a machine of its table. States and events are the literal keys of the table.
 * @throws Error when loaded, if a target does not exist, a state cannot be reached or a non-terminal state has no event.
 */
export function machine<const Table extends { [State in keyof Table]: StateTable<keyof Table & string> }>(definition: {
  name: string;
  initial: keyof Table & string;
  states: Table;
}): Machine<keyof Table & string, EventOf<Table[keyof Table]>> {
  type State = keyof Table & string;
  type Event = EventOf<Table[State]>;
  const { name, initial } = definition;

  // Maps, not the literal objects: a state or event called `constructor` must not find something inherited.
  const states = ownKeys(definition.states);
  const known = new Set<string>(states);
  const transitions = new Map<State, Map<Event, State>>();
  const events = new Set<Event>();
  for (const state of states) {
    const outgoing = new Map<Event, State>();
    const row: StateTable<State> = definition.states[state];
    if ('on' in row) {
      for (const event of ownKeys<Record<Event, State>>(row.on)) {
        const target = row.on[event];
        if (target === undefined || !known.has(target))
          throw fault(name, `${state} --${event}--> ${target} is unknown`);
        outgoing.set(event, target);
        events.add(event);
      }
    }
    if (outgoing.size === 0 && !('terminal' in row)) {
      throw fault(name, `${state} has no event and is not declared terminal`);
    }
    transitions.set(state, outgoing);
  }
  const unreachable = unreached(name, initial, transitions);
  if (unreachable.length > 0) throw fault(name, `unreachable: ${unreachable.join(', ')}`);

  return {
    name,
    initial,
    states,
    events: [...events],
    next: (state, event) => transitions.get(state)?.get(event),
    sources: (event) => states.filter((state) => transitions.get(state)?.has(event)),
    isTerminal: (state) => transitions.get(state)?.size === 0,
    mermaid: () => diagram(initial, transitions),
  };
}

function unreached<State extends string>(name: string, initial: State, table: Map<State, Map<string, State>>): State[] {
  if (!table.has(initial)) throw fault(name, `initial state ${initial} is unknown`);
  const reached = new Set([initial]);
  // A set also visits what is added while it is walked.
  for (const state of reached) for (const target of table.get(state)?.values() ?? []) reached.add(target);
  return [...table.keys()].filter((state) => !reached.has(state));
}

/** Words in kebab-case are quoted by an alias, because mermaid reads a hyphen in an id as part of an arrow. */
function diagram(initial: string, table: Map<string, Map<string, string>>): string {
  const id = (state: string) => state.replace(/[^A-Za-z0-9_]/g, '_');
  const lines = ['stateDiagram-v2'];
  for (const state of table.keys()) if (id(state) !== state) lines.push(`  state "${state}" as ${id(state)}`);
  lines.push(`  [*] --> ${id(initial)}`);
  for (const [state, outgoing] of table) {
    for (const [event, target] of outgoing) lines.push(`  ${id(state)} --> ${id(target)}: ${event}`);
    if (outgoing.size === 0) lines.push(`  ${id(state)} --> [*]`);
  }
  return lines.join('\n');
}

/** Own enumerable keys with their literal type, which `Object.keys` widens. */
function ownKeys<Row extends object>(row: Row): (keyof Row & string)[] {
  const keys: (keyof Row & string)[] = [];
  for (const key in row) if (Object.hasOwn(row, key)) keys.push(key);
  return keys;
}

function fault(name: string, text: string): Error {
  return new Error(`machine ${name}: ${text}`);
}
