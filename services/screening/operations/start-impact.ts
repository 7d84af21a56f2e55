import { todayOf } from '#packages/calendar';
import { commit } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { PolicyImpact, routes } from '../contract.ts';
import type { PolicyBook } from '../policy-book.ts';
import { coreInForce, versionFor } from '../policy-line.ts';
import { isOverlay } from '../rules/filed-policy.ts';
import {
  type Balance,
  expiryOf,
  type ImpactChunk,
  type ImpactHead,
  readImpact,
  startImpactWrites,
} from '../store/impact.ts';
import { getPolicies } from '../store/policy.ts';
import { type Deps } from './context.ts';

/** Enterprises told one by one. */
const itemsTold = 500;

/** What a policy would change today, drafted or released; an overlay only in its own county. */
export function startPolicyImpact({
  table,
  newId,
  book,
}: Pick<Deps, 'table' | 'newId'> & { book: PolicyBook }): Operation<typeof routes.startPolicyImpact> {
  return async (call) => {
    const { version } = call.params;
    const [filed, line] = await Promise.all([book.filed(version), getPolicies(table)]);
    if (filed === undefined) return refused('not_found');
    const impactId = newId('impact');
    const day = todayOf(call.now);
    const head: ImpactHead = {
      impactId,
      version,
      ...(isOverlay(filed)
        ? { kind: 'overlay', divisionCode: filed.divisionCode, against: versionFor(line, day, filed.divisionCode) }
        : { kind: 'core', against: coreInForce(line, day) }),
      day,
      startedAt: call.now.toISOString(),
      expiresAt: expiryOf(call.now),
    };
    const outcome = done({ impactId }, `/v1/screening-policies/${version}/impacts/${impactId}`);
    await commit(table, startImpactWrites(head, call.now), call.receipt, outcome);
    return outcome;
  };
}

export function getPolicyImpact({ table }: Pick<Deps, 'table'>): Operation<typeof routes.getPolicyImpact> {
  return async ({ params, now }) => {
    const impact = await readImpact(table, params.impactId, now);
    if (impact === undefined || impact.head.version !== params.version) return refused('not_found');
    return done(impactView(impact.head, impact.chunks));
  };
}

function impactView({ impactId, version, against, chunks: dealt }: ImpactHead, chunks: ImpactChunk[]): PolicyImpact {
  const divisions = summed(chunks.map(({ byDivision }) => byDivision));
  const parks = summed(chunks.map(({ byPark }) => byPark));
  const changed = chunks.flatMap((chunk) => chunk.changed).toSorted((left, right) => (left.uscc < right.uscc ? -1 : 1));
  const items = changed.slice(0, itemsTold);
  return {
    impactId,
    version,
    against,
    status: chunks.length === dealt ? 'done' : 'running',
    ...divisions.reduce((sum, [, balance]) => plus(sum, balance), nothing),
    byDivision: divisions.map(([divisionCode, balance]) => ({ divisionCode, ...balance })),
    byPark: parks.map(([parkId, balance]) => ({ parkId, ...balance })),
    items,
    itemsLeftOut: changed.length - items.length,
  };
}

const nothing: Balance = { gained: 0, lost: 0, unchanged: 0 };

function plus(one: Balance, other: Balance): Balance {
  const { gained, lost, unchanged } = other;
  return { gained: one.gained + gained, lost: one.lost + lost, unchanged: one.unchanged + unchanged };
}

/** What the chunks say of each place, in the order of the places. */
function summed(parts: readonly Record<string, Balance>[]): [string, Balance][] {
  const sums = new Map<string, Balance>();
  for (const [place, balance] of parts.flatMap((part) => Object.entries(part))) {
    sums.set(place, plus(sums.get(place) ?? nothing, balance));
  }
  return [...sums].toSorted(([left], [right]) => (left < right ? -1 : 1));
}
