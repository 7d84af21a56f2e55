import { isDeepStrictEqual } from 'node:util';
import { legalDateOf } from '#packages/calendar';
import type { ExplainedDecision, ExplainedRule, PathView, ReadFact, Screening } from '../contract.ts';
import type { PolicyLookup } from '../policy-lookup.ts';
import type { CompiledPolicy, Evaluation } from '../rules/engine.ts';
import type { Read } from '../rules/frames.ts';
import { type PathToYes, pathToYes } from '../rules/path-to-yes.ts';
import { type Traced, traceOf } from '../rules/telling.ts';
import type { Head } from '../store/enterprise.ts';
import type { Deps } from './context.ts';
import { factsOfDecision, type PastFacts } from './known-facts.ts';

/**
 * A decision with everything that led to it: the policy that decided is asked again on the facts that it rests on. What
 * was written down stands; where the facts are gone, or say something else today, that alone is told.
 */
export async function explainDecision(
  deps: Pick<Deps, 'table' | 'vault'> & Pick<PolicyLookup, 'policyByVersion'>,
  head: Head,
  decision: Screening,
  today: string,
): Promise<ExplainedDecision> {
  const { screeningId, outcome, policyVersion, decidedAt, factsDigest, score } = decision;
  const day = decision.day ?? legalDateOf(decidedAt);
  const [policy, past] = await Promise.all([
    deps.policyByVersion(policyVersion),
    factsOfDecision({ ...deps, today }, head, decision),
  ]);
  const again = policy && past.kind === 'found' ? { policy, facts: past.facts } : undefined;
  const evaluation = again?.policy.evaluate(again.facts, day);
  const same = evaluation !== undefined && saysTheSame(evaluation, decision);
  const trace = same ? traceOf(evaluation) : [];
  return {
    screeningId,
    outcome,
    policyVersion,
    day,
    decidedAt,
    factsDigest,
    rules: decision.rules.map((rule) => explained(rule, policy, trace)),
    unknowns: decision.unknowns ?? [],
    ...(score !== undefined && { score }),
    ...(again !== undefined && same && { path: pathView(pathToYes(again.policy, again.facts, today)) }),
    ...proofOf(past, same),
  };
}

/** Purged facts prove nothing and refute nothing. */
function proofOf({ kind }: PastFacts, same: boolean): Pick<ExplainedDecision, 'reproduced' | 'purged'> {
  return kind === 'purged' ? { purged: true } : { reproduced: same };
}

/** The same outcome by the same answers. How they are worded may have changed since. */
function saysTheSame(evaluation: Evaluation, decision: Screening): boolean {
  const answers = (rules: readonly Pick<Traced, 'id' | 'outcome'>[]) => rules.map(({ id, outcome }) => [id, outcome]);
  return (
    evaluation.outcome === decision.outcome && isDeepStrictEqual(answers(evaluation.rules), answers(decision.rules))
  );
}

function explained(
  rule: Screening['rules'][number],
  policy: CompiledPolicy | undefined,
  trace: readonly Traced[],
): ExplainedRule {
  const data = policy?.data.rules.find(({ id }) => id === rule.id);
  const traced = trace.find(({ id }) => id === rule.id);
  return {
    ...rule,
    ...(data !== undefined && { title: data.title, effect: data.effect }),
    ...(data !== undefined && rule.outcome !== 'pass' && { hint: data.hint }),
    ...(traced !== undefined && { read: traced.read.map(readView) }),
  };
}

function readView(read: Read): ReadFact {
  const { path } = read;
  const source = path.startsWith('credit') ? 'credit' : path.startsWith('ip') ? 'ip' : 'nomination';
  if (!('value' in read)) return { source, ...read };
  const { value } = read;
  return {
    source,
    path,
    value: typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : [...value],
  };
}

function pathView(path: PathToYes): PathView {
  if (path.kind === 'none') return { kind: 'none', rules: [...path.rules] };
  return {
    ...path,
    waits: [...path.waits],
    steps: path.steps.map(({ facts, rules, ...step }) => ({
      ...step,
      facts: facts.map((fact) => ({ path: fact.path, suitable: [...fact.suitable] })),
      rules: [...rules],
    })),
  };
}
