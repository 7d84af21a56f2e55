import { type BuiltIn, builtInPolicies } from './policies/built-in.ts';

/** A released policy's place in the line. Nothing works backwards: `effectiveFrom` is never before its release. */
export type ReleasedPolicy = {
  version: string;
  kind: 'core' | 'overlay';
  /** Of an overlay. */
  divisionCode?: string | undefined;
  base?: string | undefined;
  effectiveFrom: string;
  validThrough?: string | undefined;
  releasedAt: string;
};

/** What this city has released, in the order of the releases; the policies that come with the software go before. */
export type PolicyLine = { revision: number; released: readonly ReleasedPolicy[] };

type Core = Pick<ReleasedPolicy, 'version' | 'effectiveFrom' | 'validThrough'>;
const [first, ...later] = builtInPolicies;
const asCore = ({ policy }: BuiltIn): Core => ({ version: policy.version, effectiveFrom: policy.validFrom });

/**
 * The version of the core policy in force on a legal date: of those whose days it falls in the one released last. The
 * first of all has no end, so there always is one; it also stands for the days before its own.
 */
export function coreInForce(line: PolicyLine, day: string): string {
  const cores = [...later.map(asCore), ...line.released.filter(({ kind }) => kind === 'core')];
  return cores.findLast((core) => holdsOn(core, day))?.version ?? first.policy.version;
}

/** The version of a division's overlay in force on a legal date: the last released one upon the core of that day. */
export function overlayInForce(line: PolicyLine, day: string, divisionCode: string): string | undefined {
  const base = coreInForce(line, day);
  const upon = (one: ReleasedPolicy) =>
    one.kind === 'overlay' && one.divisionCode === divisionCode && one.base === base && holdsOn(one, day);
  return line.released.findLast(upon)?.version;
}

/** `core` or `core~overlay`: what decides on a division's enterprises that day, as decisions name it. */
export function versionFor(line: PolicyLine, day: string, divisionCode: string): string {
  const core = coreInForce(line, day);
  const overlay = overlayInForce(line, day, divisionCode);
  return overlay === undefined ? core : combinedVersion(core, overlay);
}

/** Everything that decides anywhere on a legal date, as one text: another text, and everybody has to be looked at. */
export function policiesInForce(line: PolicyLine, day: string): string {
  const divisions = new Set(line.released.flatMap(({ divisionCode }) => divisionCode ?? []));
  const overlaid = [...divisions].toSorted().map((divisionCode) => versionFor(line, day, divisionCode));
  return [...new Set([coreInForce(line, day), ...overlaid])].join(' ');
}

/** No version that is filed has a tilde, so that it joins and parts. */
export function combinedVersion(core: string, overlay: string): string {
  return `${core}~${overlay}`;
}

export function partsOf(version: string): { core: string; overlay?: string } {
  const [core = '', overlay] = version.split('~', 2);
  return overlay === undefined ? { core } : { core, overlay };
}

/** The line as it would be with one more release. */
export function released(line: PolicyLine, one: ReleasedPolicy): PolicyLine {
  return { ...line, released: [...line.released, one] };
}

/** The line as it was at an instant. */
export function lineAt(line: PolicyLine, instant: string): PolicyLine {
  return { ...line, released: line.released.filter(({ releasedAt }) => releasedAt <= instant) };
}

function holdsOn({ effectiveFrom, validThrough }: Core, day: string): boolean {
  return effectiveFrom <= day && (validThrough === undefined || day <= validThrough);
}
