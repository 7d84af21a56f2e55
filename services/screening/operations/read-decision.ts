import { mayReach } from '#packages/access';
import { endOfDay, todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { DecisionView, routes, Screening } from '../contract.ts';
import type { PolicyLookup } from '../policy-lookup.ts';
import { factsDigest } from '../rules/facts-digest.ts';
import { decisionAt, toldOf } from '../store/decisions.ts';
import { getHead, type Head } from '../store/enterprise.ts';
import { type Deps } from './context.ts';
import { futureDay } from './days-asked.ts';
import { factsKnownBy } from './known-facts.ts';
import { belongs } from './record-consent.ts';

type DecisionDeps = Pick<Deps, 'table' | 'vault'> & Pick<PolicyLookup, 'policyOn'>;

/**
 * What was decided by a past day, and what the policy of that day says on what was known by another: so a decision can be
 * judged by what one could know then, and by what came to be known later.
 */
export function getDecision(deps: DecisionDeps): Operation<typeof routes.getDecision> {
  return async ({ params, query, caller, now }) => {
    const today = todayOf(now);
    const future = futureDay(query, today);
    if (future !== undefined) return future;
    const head = await getHead(deps.table, params.uscc);
    if (head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    const { asOf = today, knownOn = today } = query;
    const [recorded, replay] = await Promise.all([
      decisionAt(deps.table, head.uscc, endOfDay(asOf < knownOn ? asOf : knownOn)),
      replayOf({ ...deps, today }, head, asOf, knownOn),
    ]);
    const { replayed } = replay;
    return done({
      uscc: head.uscc,
      asOf,
      knownOn,
      ...(recorded !== undefined && { recorded }),
      ...replay,
      ...(recorded !== undefined && replayed !== undefined && { difference: differenceOf(recorded, replayed) }),
    });
  };
}

async function replayOf(
  deps: DecisionDeps & { today: string },
  head: Head,
  asOf: string,
  knownOn: string,
): Promise<Pick<DecisionView, 'replayed' | 'facts'>> {
  const past = await factsKnownBy(deps, head, endOfDay(knownOn));
  if (past.kind === 'purged') return { facts: 'purged' };
  // Nobody had named the enterprise yet.
  if (past.kind === 'none') return {};
  const { facts } = past;
  const policy = await deps.policyOn(asOf, facts.nomination.data.divisionCodes[0] ?? '');
  if (policy === undefined) return {};
  const evaluation = policy.evaluate(facts, asOf);
  return {
    replayed: {
      outcome: evaluation.outcome,
      policyVersion: policy.version,
      ...toldOf(evaluation),
      factsDigest: factsDigest(policy.version, facts),
    },
  };
}

function differenceOf(
  recorded: Screening,
  replayed: NonNullable<DecisionView['replayed']>,
): NonNullable<DecisionView['difference']> {
  const then = new Map(recorded.rules.map(({ id, outcome }) => [id, outcome]));
  const again = new Map(replayed.rules.map(({ id, outcome }) => [id, outcome]));
  return [...new Set([...then.keys(), ...again.keys()])].flatMap((ruleId) => {
    const [before, after] = [then.get(ruleId), again.get(ruleId)];
    if (before === after) return [];
    return {
      ruleId,
      ...(before !== undefined && { recorded: before }),
      ...(after !== undefined && { replayed: after }),
    };
  });
}
