import * as z from 'zod';
import { PolicyCase } from './coverage.ts';
import { Overlay } from './overlay.ts';
import { Policy } from './policy-schema.ts';

const MAX_CASES = 200;

/** What the policy is meant to decide; it is released only if it does. */
const cases = z.array(PolicyCase).max(MAX_CASES).optional();

/** A core policy or an overlay with its cases, as a person files it; `base` tells them apart. Never changed after. */
export const FiledCore = Policy.safeExtend({ cases });
export const FiledOverlay = z.strictObject({ ...Overlay.shape, cases });
export const FiledPolicy = z.union([FiledOverlay, FiledCore]);
export type FiledCore = z.output<typeof FiledCore>;
export type FiledOverlay = z.output<typeof FiledOverlay>;
export type FiledPolicy = z.output<typeof FiledPolicy>;

export function isOverlay(filed: FiledPolicy): filed is FiledOverlay {
  return 'base' in filed;
}

export function coreOf({ cases: _cases, ...policy }: FiledCore): Policy {
  return policy;
}

export function overlayOf({ cases: _cases, ...overlay }: FiledOverlay): Overlay {
  return overlay;
}
