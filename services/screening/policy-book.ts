import type { Table } from '#packages/table';
import { builtIn } from './policies/built-in.ts';
import { combinedVersion, partsOf, type PolicyLine, versionFor } from './policy-line.ts';
import { type CompiledPolicy, compile } from './rules/engine.ts';
import { coreOf, type FiledOverlay, type FiledPolicy, isOverlay, overlayOf } from './rules/filed-policy.ts';
import { combine } from './rules/overlay.ts';
import type { Policy } from './rules/policy-schema.ts';
import { getFiledPolicy } from './store/policy.ts';

export type PolicyBook = ReturnType<typeof openPolicyBook>;

/**
 * Policies and overlays by version, read and compiled once per process: what was filed under a version never changes,
 * so nothing that is kept here grows old.
 */
export function openPolicyBook(table: Pick<Table, 'get'>) {
  const texts = new Map<string, Promise<FiledPolicy | undefined>>();
  const compiled = new Map<string, Promise<CompiledPolicy>>();

  /** What was filed under that version, or came with the software; drafts too. */
  async function filed(version: string): Promise<FiledPolicy | undefined> {
    const own = builtIn(version);
    if (own !== undefined) return { ...own.policy, ...(own.cases.length > 0 && { cases: [...own.cases] }) };
    const text = await keptIn(texts, version, () => getFiledPolicy(table, version));
    if (text === undefined) texts.delete(version);
    return text;
  }

  /** The whole policy: of an overlay what it makes of the core policy that it lies upon. */
  async function policyOf(version: string): Promise<Policy | undefined> {
    const { core: first, overlay: second } = partsOf(version);
    const found = await filed(second ?? first);
    if (found === undefined || !isOverlay(found)) return second === undefined && found ? coreOf(found) : undefined;
    if (second !== undefined && found.base !== first) return undefined;
    const core = await filed(found.base);
    return core === undefined || isOverlay(core) ? undefined : combined(coreOf(core), found);
  }

  /** By `core`, by `core~overlay`, or by an overlay's own version, which stands for the two together. */
  async function policy(version: string): Promise<CompiledPolicy> {
    return keptIn(compiled, version, async () => {
      const whole = await policyOf(version);
      if (whole === undefined) throw new Error(`there is no policy ${version}`);
      return compile(whole);
    });
  }

  return {
    filed,
    policyOf,
    policy,
    /** What decides on a division's enterprises that day. */
    inForce: (line: PolicyLine, day: string, divisionCode: string) => policy(versionFor(line, day, divisionCode)),
  };
}

/** An overlay is filed only if it can be combined, and neither it nor its core changes. */
function combined(core: Policy, overlay: FiledOverlay): Policy {
  const combination = combine(core, overlayOf(overlay));
  if (combination.kind === 'combined') return combination.policy;
  throw new Error(`${combinedVersion(core.version, overlay.version)}: ${JSON.stringify(combination.problems)}`);
}

/** Asks once; what failed is asked again. */
function keptIn<Value>(kept: Map<string, Promise<Value>>, key: string, make: () => Promise<Value>): Promise<Value> {
  const known = kept.get(key);
  if (known !== undefined) return known;
  const made = make();
  kept.set(key, made);
  made.catch(() => kept.delete(key));
  return made;
}
