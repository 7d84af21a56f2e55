import type { ScreeningFacts, SourceAnswer } from '../facts.ts';
import { compileQuestion, type Shared, sharedOf } from './conditions.ts';
import { factVocabulary } from './fact-vocabulary.ts';
import type { Reads } from './frames.ts';
import { NO, outcomeOf, type RuleOutcome, YES } from './kleene.ts';
import type { Spot } from './layouts.ts';
import type { Condition, Policy, Rule } from './policy-schema.ts';
import { compileScoring, type Score } from './scores.ts';
import { answer, verdictAt } from './answers.ts';
import { type Sheet, sheetOf } from './sheets.ts';
import { missingOf, type Plan, tell, type Told } from './telling.ts';

export type Evidence = { source: SourceName; recordId: string; observedAt: string };
export type { RuleOutcome };
export type RuleResult = {
  id: string;
  effect: Rule['effect'];
  outcome: RuleOutcome;
  /** Why, in a sentence (中文). */
  reason: string;
  /** The records the rule rests on; none of a source that gave none. */
  evidence: readonly Evidence[];
  /** Every fact it looked at. */
  read: Reads;
};
export type Outcome = 'pass' | 'review' | 'exclude' | 'stale';

/** Why a fact that an undecided rule asked for is not there. */
export type UnknownCause = 'not-recorded' | 'unknown-there' | 'unavailable' | 'no-consent';
export type Unknown = { path: string; cause: UnknownCause };

export type Evaluation = {
  outcome: Outcome;
  policyVersion: string;
  /** Every rule; under the hit policy `first` those up to the first that failed, the excluding ones asked first. */
  rules: readonly RuleResult[];
  /** The facts that the undecided rules asked for, each once. */
  unknowns: readonly Unknown[];
  /** Only of a policy that gives points. */
  score?: Score;
};

/** What is wrong with a policy that its schema cannot see. */
export type PolicyProblem = { ruleId: string; message: string };

export type CompiledPolicy = {
  version: string;
  /** The policy it was compiled from. */
  data: Policy;
  /** Decides on `facts` as of the legal date `today` (Asia/Shanghai). The same arguments give the same decision. */
  evaluate(facts: ScreeningFacts, today: string): Evaluation;
};

export type Compilation =
  | { kind: 'compiled'; policy: CompiledPolicy }
  | { kind: 'refused'; problems: readonly PolicyProblem[] };

type SourceName = Rule['source'];
const sourceNames: readonly SourceName[] = ['nomination', 'credit', 'ip'];

/** One for every set of sources. */
const evidenceSlots = 2 ** sourceNames.length;

/** The worse cause of two explains a rule that reads two sources. */
const causeRank: Record<UnknownCause, number> = {
  'not-recorded': 0,
  'unknown-there': 1,
  unavailable: 2,
  'no-consent': 3,
};
const causeSentence: Record<UnknownCause, string> = {
  'not-recorded': '来源没有记载所需的事实，无法判断',
  'unknown-there': '来源查无此企业，无法判断',
  unavailable: '来源没有给出可信的答复，无法判断',
  'no-consent': '没有有效的查询授权，不得查询，无法判断',
};

type CompiledRule = {
  id: string;
  effect: Rule['effect'];
  answer: Spot;
  plan: Plan;
  reads: readonly SourceName[];
  /** Key of the evidence that rules with the same sources share within one decision. */
  evidenceSlot: number;
  passReason: string;
  failReason: string;
  unknownReason: Record<UnknownCause, string>;
};

/** Compiles a policy, or says everything that is wrong with it. */
export function tryCompile(policy: Policy): Compilation {
  const problems: PolicyProblem[] = [];
  const shared = sharedOf(factVocabulary);
  const rules = policy.rules.map((rule) => {
    const refuse = (message: string) => problems.push({ ruleId: rule.id, message });
    const compiled = compileRule(rule, shared, refuse);
    if (!compiled.reads.includes(rule.source)) refuse(`the rule reads nothing of its source "${rule.source}"`);
    return compiled;
  });
  const score = policy.scoring === undefined ? undefined : compileScoring(policy.scoring, shared, problems);
  if (problems.length > 0) return { kind: 'refused', problems };
  const evaluate = evaluator(
    policy,
    policy.hitPolicy === 'first' ? hardFirst(rules) : rules,
    score,
    sheetOf(shared.layout),
    shared,
  );
  return { kind: 'compiled', policy: { version: policy.version, data: policy, evaluate } };
}

/** Compiles a policy that is known to be sound; throws where it is not. */
export function compile(policy: Policy): CompiledPolicy {
  const compilation = tryCompile(policy);
  if (compilation.kind === 'compiled') return compilation.policy;
  const problems = compilation.problems.map(({ ruleId, message }) => `${ruleId}: ${message}`);
  throw new Error(`policy ${policy.version} cannot be compiled: ${problems.join('; ')}`);
}

function compileRule(rule: Rule, shared: Shared, refuse: (message: string) => void): CompiledRule {
  const { when } = rule;
  const conditions = when === undefined ? [rule.must] : [{ not: when }, rule.must];
  const { answer: spot, plan } = compileQuestion(conditions, shared, refuse);
  const paths = [...pathsOf(rule.must), ...(when === undefined ? [] : pathsOf(when))];
  const reads = sourceNames.filter((source) => paths.some((path) => path.startsWith(`${source}.`)));
  const unknown = (cause: UnknownCause) => `${rule.title}：${causeSentence[cause]}`;
  return {
    id: rule.id,
    effect: rule.effect,
    // "When it applies it must hold", so a rule that surely does not apply passes.
    answer: spot,
    plan,
    reads,
    evidenceSlot: sourceNames.reduce((slot, source, bit) => slot + (reads.includes(source) ? 2 ** bit : 0), 0),
    passReason: when === undefined ? `${rule.title}：符合` : `${rule.title}：符合或不适用`,
    failReason: rule.reason,
    unknownReason: {
      'not-recorded': unknown('not-recorded'),
      'unknown-there': unknown('unknown-there'),
      unavailable: unknown('unavailable'),
      'no-consent': unknown('no-consent'),
    },
  };
}

/** The paths from the top that a condition reads; a quantifier reads its list. */
function pathsOf(condition: Condition): string[] {
  if ('all' in condition) return condition.all.flatMap(pathsOf);
  if ('any' in condition) return condition.any.flatMap(pathsOf);
  if ('not' in condition) return pathsOf(condition.not);
  if ('some' in condition) return [condition.some.of];
  if ('none' in condition) return [condition.none.of];
  const { value } = 'value' in condition ? condition : { value: undefined };
  return typeof value === 'object' && 'path' in value ? [condition.path, value.path] : [condition.path];
}

/**
 * Asked in this order, the first failure is the gravest there is: stopping there gives the outcome that asking all would
 * give, so the hit policy can make neither a policy nor a county's overlay milder.
 */
function hardFirst(rules: readonly CompiledRule[]): CompiledRule[] {
  const hard = ({ effect }: CompiledRule) => effect === 'exclude';
  return [...rules.filter(hard), ...rules.filter((rule) => !hard(rule))];
}

function evaluator(
  policy: Policy,
  rules: readonly CompiledRule[],
  scoreOf: ReturnType<typeof compileScoring> | undefined,
  sheet: Sheet,
  { days, plans }: Shared,
): CompiledPolicy['evaluate'] {
  const { version: policyVersion } = policy;
  const stopsAtFailure = policy.hitPolicy === 'first';
  let limitsAreOf: string | undefined;
  return (facts, today) => {
    if (today !== limitsAreOf) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(today)) throw new Error(`"${today}" is not a legal date`);
      days.limits = days.limitsOn.map((limitOn) => limitOn(today));
      limitsAreOf = today;
    }
    const { nomination } = facts;
    const credit = knownOf(facts.credit);
    const ip = knownOf(facts.ip);
    const root = { nomination: nomination.data, credit: credit?.data, ip: ip?.data };
    const frame = answer(sheet, root, days.limits);
    const told: Told = Array<Reads | undefined>(plans.size);
    const records = [recordOf('nomination', nomination), recordOf('credit', credit), recordOf('ip', ip)];
    const evidence = Array<readonly Evidence[] | undefined>(evidenceSlots);
    const results = Array<RuleResult>(rules.length);
    const unknowns: Unknown[] = [];
    let excluded = false;
    let doubtful = false;
    for (let nth = 0; nth < rules.length; nth += 1) {
      const rule = rules[nth];
      if (rule === undefined) continue;
      const { id, effect, plan, evidenceSlot } = rule;
      const verdict = verdictAt(sheet, rule.answer);
      let reason = rule.passReason;
      if (verdict === NO) {
        reason = rule.failReason;
        excluded ||= effect === 'exclude';
        doubtful = true;
      } else if (verdict !== YES) {
        reason = rule.unknownReason[worstCause(rule.reads, facts)];
        doubtful = true;
        noteUnknowns(unknowns, missingOf(plan, frame, sheet), facts);
      }
      results[nth] = {
        id,
        effect,
        outcome: outcomeOf(verdict),
        reason,
        evidence: (evidence[evidenceSlot] ??= evidenceOf(evidenceSlot, records)),
        read: tell(plan, frame, told, sheet),
      };
      if (verdict === NO && stopsAtFailure) {
        results.length = nth + 1;
        break;
      }
    }
    const score = scoreOf?.(sheet, frame, told);
    if (score?.floor !== undefined && score.floor !== 'pass') doubtful = true;
    const outcome = decide(facts, excluded, doubtful);
    if (score === undefined) return { outcome, policyVersion, rules: results, unknowns };
    return { outcome, policyVersion, rules: results, unknowns, score };
  };
}

/** Without consent nothing is decided; a known hard hit stands whatever else is not known; the rest needs every source. */
function decide({ credit, ip }: ScreeningFacts, excluded: boolean, doubtful: boolean): Outcome {
  if (credit.kind === 'no-consent' || ip.kind === 'no-consent') return 'stale';
  if (excluded) return 'exclude';
  if (credit.kind === 'unavailable' || ip.kind === 'unavailable') return 'stale';
  return doubtful ? 'review' : 'pass';
}

type Known<Data> = Extract<SourceAnswer<Data>, { kind: 'known' }>;

function knownOf<Data>(answer: SourceAnswer<Data>): Known<Data> | undefined {
  return answer.kind === 'known' ? answer : undefined;
}

function causeOf(source: SourceName, facts: ScreeningFacts): UnknownCause {
  if (source === 'nomination') return 'not-recorded';
  const { kind } = facts[source];
  return kind === 'known' ? 'not-recorded' : kind;
}

function worstCause(reads: readonly SourceName[], facts: ScreeningFacts): UnknownCause {
  let worst: UnknownCause = 'not-recorded';
  for (const source of reads) {
    const cause = causeOf(source, facts);
    if (causeRank[cause] > causeRank[worst]) worst = cause;
  }
  return worst;
}

function noteUnknowns(unknowns: Unknown[], missing: readonly string[], facts: ScreeningFacts): void {
  for (const path of missing) {
    const source = sourceNames.find((name) => path.startsWith(name)) ?? 'nomination';
    if (!unknowns.some((unknown) => unknown.path === path)) unknowns.push({ path, cause: causeOf(source, facts) });
  }
}

/** The records of the sources of which the slot has the bits. */
function evidenceOf(slot: number, records: readonly (Evidence | undefined)[]): readonly Evidence[] {
  const evidence: Evidence[] = [];
  for (let nth = 0; nth < records.length; nth += 1) {
    const record = records[nth];
    if (record === undefined || ((slot >> nth) & 1) === 0) continue;
    // A list that is written down whole takes just the room it needs, and most rules rest on one record.
    if (slot === 1 << nth) return [record];
    evidence.push(record);
  }
  return evidence;
}

function recordOf(source: SourceName, record: Omit<Evidence, 'source'> | undefined): Evidence | undefined {
  return record === undefined ? undefined : { source, recordId: record.recordId, observedAt: record.observedAt };
}
