import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { absent, type Item, type Key, type Table, type Write } from '#packages/table';
import { policyMachine } from '../machines.ts';
import type { PolicyLine } from '../policy-line.ts';
import { FiledPolicy } from '../rules/filed-policy.ts';

/** What everybody asks of a policy or an overlay; its rules lie beside it, in an item that never changes. */
export const PolicyHead = z.object({
  version: z.string(),
  kind: z.enum(['core', 'overlay']),
  status: z.enum(policyMachine.states),
  /** Of an overlay: whose it is, and which core policy it lies upon. */
  divisionCode: z.string().optional(),
  base: z.string().optional(),
  title: z.string(),
  validFrom: LegalDate,
  validThrough: LegalDate.optional(),
  /** SHA-256 (hex) of what was filed: the same version said again must have the same. */
  digest: z.string(),
  draftedAt: Instant,
  draftedBy: z.string(),
  releasedAt: Instant.optional(),
  releasedBy: z.string().optional(),
  effectiveFrom: LegalDate.optional(),
  audit: z.object({ sequence: z.int().positive(), hash: z.string() }),
});
export type PolicyHead = z.output<typeof PolicyHead>;

const State = z.object({
  /** Counts the releases; each write is conditional on the one it read. */
  revision: z.int().positive(),
  released: z.array(
    z.object({
      version: z.string(),
      kind: z.enum(['core', 'overlay']),
      divisionCode: z.string().optional(),
      base: z.string().optional(),
      effectiveFrom: LegalDate,
      validThrough: LegalDate.optional(),
      releasedAt: Instant,
    }),
  ),
});

/** Small, and read with every decision: what was released here, in the order of the releases. */
export const policiesKey: Key = { pk: 'POLICIES', sk: 'STATE' };
/** Every policy and overlay that was filed, newest first. */
export const policiesIndex = 'INDEX#POLICIES';
export const policyPk = (version: string) => `POLICY#${version}`;
export const policyKey = (version: string): Key => ({ pk: policyPk(version), sk: 'HEAD' });
const textKey = (version: string): Key => ({ pk: policyPk(version), sk: 'TEXT' });

export function readPolicies(item: Item | undefined): PolicyLine {
  return item === undefined ? { revision: 0, released: [] } : State.parse(item);
}

export async function getPolicies(table: Table): Promise<PolicyLine> {
  return readPolicies(await table.get(policiesKey));
}

export async function getPolicyHead(table: Table, version: string): Promise<PolicyHead | undefined> {
  const item = await table.get(policyKey(version));
  return item && PolicyHead.parse(item);
}

/** Heads in the order they are named. */
export async function getPolicyHeads(table: Table, versions: readonly string[]): Promise<PolicyHead[]> {
  const items = await table.getMany(versions.map(policyKey));
  const found = new Map(items.map((item) => PolicyHead.parse(item)).map((head) => [head.version, head]));
  return versions.flatMap((version) => found.get(version) ?? []);
}

export async function getFiledPolicy(table: Pick<Table, 'get'>, version: string): Promise<FiledPolicy | undefined> {
  const item = await table.get(textKey(version));
  return item && FiledPolicy.parse(item['filed']);
}

export function draftWrites(head: PolicyHead, filed: FiledPolicy): Write[] {
  const { version, draftedAt } = head;
  return [
    { kind: 'put', item: { ...policyKey(version), ...head }, condition: absent },
    { kind: 'put', item: { ...textKey(version), filed } },
    { kind: 'put', item: { pk: policiesIndex, sk: `${draftedAt}#${version}`, version } },
  ];
}

/** Another person's release, and its place in the line; refused where somebody released meanwhile. */
export function releaseWrites(before: PolicyHead, released: PolicyHead, line: PolicyLine, next: PolicyLine): Write[] {
  const { version } = before;
  return [
    {
      kind: 'put',
      item: { ...policyKey(version), ...released },
      // Maker ≠ checker stands in the write, not only in the check before it.
      condition: {
        expression: '#status = :status AND draftedBy <> :releaser',
        names: { '#status': 'status' },
        values: { ':status': before.status, ':releaser': released.releasedBy },
      },
    },
    {
      kind: 'put',
      item: { ...policiesKey, revision: line.revision + 1, released: next.released },
      condition:
        line.revision === 0 ? absent : { expression: 'revision = :revision', values: { ':revision': line.revision } },
    },
  ];
}
