import { isDeepStrictEqual } from 'node:util';
import type { BundledRight } from './contract/loan-schemas.ts';
import type { AssetChange } from './contract/right-schemas.ts';
import { rightMachine } from './machines.ts';

type Event = (typeof rightMachine.events)[number];

/** What a change does to a right: the right after it and the acts it took, or why it cannot be. */
export type ChangedRight =
  | { kind: 'changed'; right: BundledRight; acts: readonly string[] }
  | { kind: 'refused'; detail: string };

/** The acts of a change in the order in which they happen to a right, each with the field that brings it. */
const acts = [
  ['apply', 'appliedOn'],
  ['return', 'returnedOn'],
  ['register', 'registeredOn'],
  ['withdraw', 'withdrawnOn'],
  ['release', 'releasedOn'],
  ['enforce', 'enforcedOn'],
  ['extinguish', 'extinguishedOn'],
] as const satisfies readonly (readonly [Event, keyof AssetChange])[];

const endings: ReadonlySet<Event> = new Set(['withdraw', 'release', 'enforce', 'extinguish']);

/**
 * Brings what a bank says of a right into it, act by act. What the right has already been told of is no act: the same
 * change said twice changes it once.
 */
export function changedRight(right: BundledRight, change: AssetChange): ChangedRight {
  const { withdrawnOn: _w, releasedOn: _r, enforcedOn: _e, extinguishedOn: _x, cause, ...facts } = change;
  const done: string[] = [];
  let { state, endedOn } = right;
  for (const [event, field] of acts) {
    const day = change[field];
    if (day === undefined || isKnown(right, event, change)) continue;
    const act = event === 'register' && state === 'registered' ? 'change' : event;
    const next = rightMachine.next(state, act);
    if (next === undefined) return { kind: 'refused', detail: refusalText(state, act) };
    state = next;
    if (endings.has(act)) endedOn = day;
    done.push(act);
  }
  const given = Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined));
  const after: BundledRight = {
    ...right,
    ...given,
    state,
    ...(endedOn !== undefined && { endedOn }),
    ...(cause !== undefined && state === 'extinguished' && { cause }),
  };
  const told = Object.keys(given).some((name) => !actFields.has(name));
  if (told && done.length === 0 && !isDeepStrictEqual(after, right)) {
    if (rightMachine.isTerminal(state)) return { kind: 'refused', detail: refusalText(state, 'change') };
    done.push(given['valueFen'] === undefined ? 'inform' : 'value');
  }
  return { kind: 'changed', right: after, acts: done };
}

const actFields: ReadonlySet<string> = new Set([...acts.map(([, field]) => field), 'registrationNo']);

/** Whether the right is where this act would bring it, by the same fact. */
function isKnown(right: BundledRight, event: Event, change: AssetChange): boolean {
  switch (event) {
    case 'apply':
      return right.appliedOn === change.appliedOn;
    case 'return':
      return right.returnedOn === change.returnedOn;
    case 'register':
      return right.registeredOn === change.registeredOn && right.registrationNo === change.registrationNo;
    case 'withdraw':
      return right.state === 'withdrawn' && right.endedOn === change.withdrawnOn;
    case 'release':
      return right.state === 'released' && right.endedOn === change.releasedOn;
    case 'enforce':
      return right.state === 'enforced' && right.endedOn === change.enforcedOn;
    case 'extinguish':
      return right.state === 'extinguished' && right.endedOn === change.extinguishedOn && right.cause === change.cause;
    // Known by its registration, which `register` brings.
    case 'change':
      return false;
  }
}

const stateText: Record<BundledRight['state'], string> = {
  draft: '尚未申请登记',
  applied: '已申请登记',
  correction: '退回补正',
  registered: '已登记',
  withdrawn: '已撤回',
  released: '已注销',
  extinguished: '已灭失',
  enforced: '已实现',
};
const eventText: Record<Event, string> = {
  apply: '申请登记',
  return: '退回补正',
  register: '登记',
  change: '变更',
  withdraw: '撤回',
  release: '注销',
  enforce: '实现',
  extinguish: '灭失',
};

function refusalText(state: BundledRight['state'], event: Event): string {
  return `该权利的质押现为“${stateText[state]}”，不能再报送${eventText[event]}`;
}
