import { type bundleMachine, rightMachine } from './machines.ts';

export type RightState = (typeof rightMachine.states)[number];
export type BundleState = (typeof bundleMachine.states)[number];

type Part = { state: RightState };

/** Whether the right still stands in the bundle, registered or to be. */
export function stands({ state }: Part): boolean {
  return !rightMachine.isTerminal(state);
}

/**
 * A bundle (质押组合) is what its rights are: partial while one of them is still to be registered, degraded once one of
 * them was lost, released when none stands any more.
 */
export function bundleOf(rights: readonly Part[]): BundleState {
  const standing = rights.filter(stands);
  const lost = rights.some(({ state }) => state === 'extinguished');
  // Lost is not given back: where nothing but lost rights is left, there was no release.
  if (standing.length === 0) return rights.every(({ state }) => state === 'extinguished') ? 'degraded' : 'released';
  if (lost) return 'degraded';
  return standing.every(({ state }) => state === 'registered') ? 'complete' : 'partial';
}
