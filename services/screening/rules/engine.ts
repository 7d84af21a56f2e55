import type { ScreeningFacts, SourceAnswer } from '../facts.ts';
import { compileQuestion, type Shared, sharedOf } from './conditions.ts';
import { factVocabulary } from './fact-vocabulary.ts';
import type { Frame } from './frames.ts';
import { NO, type RuleOutcome, YES } from './kleene.ts';
import type { Spot } from './layouts.ts';
import type { Condition, Policy, Rule } from './policy-schema.ts';
import { compileScoring, type Score } from './scores.ts';
import { answer, verdictAt } from './answers.ts';
import { type Sheet, sheetOf } from './sheets.ts';
import { type Asked, missingOf } from './telling.ts';

export type Evidence = { source: SourceName; recordId: string; observedAt: string };
export type { RuleOutcome };
/**
 * What a rule said. All that it could ever say is made with the policy; what it rested on in one decision lies in that
 * decision's `records` and `found`, where every record and every fact stands once (`traceOf` writes it out).
 */
export type RuleResult = {
  id: string;
  effect: Rule['effect'];
  outcome: RuleOutcome;
  /** Why, in a sentence (中文). */
  reason: string;
  /** The sources it rests on. */
  sources: readonly SourceName[];
  /** The facts it looked at. */
  asked: Readonly<Asked>;
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
  /** The records that were there; none of a source that gave none. */
  records: readonly Evidence[];
  /** Every fact that was looked at. */
  found: Frame;
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
  answer: Spot;
  pass: RuleResult;
  fail: RuleResult;
  unknown: Record<UnknownCause, RuleResult>;
};

/** Compiles a policy, or says everything that is wrong with it. */
export function tryCompile(policy: Policy): Compilation {
  const problems: PolicyProblem[] = [];
  const shared = sharedOf(factVocabulary);
  const rules = policy.rules.map((rule) => {
    const refuse = (message: string) => problems.push({ ruleId: rule.id, message });
    const compiled = compileRule(rule, shared, refuse);
    if (!compiled.pass.sources.includes(rule.source)) refuse(`the rule reads nothing of its source "${rule.source}"`);
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
  const { answer: spot, asked } = compileQuestion(conditions, shared, refuse);
  const paths = [...pathsOf(rule.must), ...(when === undefined ? [] : pathsOf(when))];
  const sources = sourceNames.filter((source) => paths.some((path) => path.startsWith(`${source}.`)));
  const said = (outcome: RuleOutcome, reason: string): RuleResult =>
    Object.freeze({ id: rule.id, effect: rule.effect, outcome, reason, sources, asked });
  const unknown = (cause: UnknownCause) => said('unknown', `${rule.title}：${causeSentence[cause]}`);
  return {
    // "When it applies it must hold", so a rule that surely does not apply passes.
    answer: spot,
    pass: said('pass', when === undefined ? `${rule.title}：符合` : `${rule.title}：符合或不适用`),
    fail: said('fail', rule.reason),
    unknown: {
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
  const hard = ({ pass }: CompiledRule) => pass.effect === 'exclude';
  return [...rules.filter(hard), ...rules.filter((rule) => !hard(rule))];
}

function evaluator(
  policy: Policy,
  rules: readonly CompiledRule[],
  scoreOf: ReturnType<typeof compileScoring> | undefined,
  sheet: Sheet,
  { days }: Shared,
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
    const found = answer(sheet, root, days.limits);
    const results = Array<RuleResult>(rules.length);
    const unknowns: Unknown[] = [];
    let excluded = false;
    let doubtful = false;
    for (let nth = 0; nth < rules.length; nth += 1) {
      const rule = rules[nth];
      if (rule === undefined) continue;
      const verdict = verdictAt(sheet, rule.answer);
      if (verdict === YES) {
        results[nth] = rule.pass;
        continue;
      }
      doubtful = true;
      if (verdict === NO) {
        results[nth] = rule.fail;
        excluded ||= rule.fail.effect === 'exclude';
        if (!stopsAtFailure) continue;
        results.length = nth + 1;
        break;
      }
      const result = rule.unknown[worstCause(rule.pass.sources, facts)];
      results[nth] = result;
      noteUnknowns(unknowns, missingOf(found, result.asked), facts);
    }
    const records = recordsOf(nomination, credit, ip);
    const score = scoreOf?.(sheet, found);
    if (score?.floor !== undefined && score.floor !== 'pass') doubtful = true;
    const outcome = decide(facts, excluded, doubtful);
    if (score === undefined) return { outcome, policyVersion, rules: results, unknowns, records, found };
    return { outcome, policyVersion, rules: results, unknowns, records, found, score };
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

type Fetched = Omit<Evidence, 'source'> | undefined;

function recordsOf(nomination: Fetched, credit: Fetched, ip: Fetched): Evidence[] {
  const records: Evidence[] = [];
  if (nomination !== undefined) records.push(recordOf('nomination', nomination));
  if (credit !== undefined) records.push(recordOf('credit', credit));
  if (ip !== undefined) records.push(recordOf('ip', ip));
  return records;
}

function recordOf(source: SourceName, { recordId, observedAt }: Omit<Evidence, 'source'>): Evidence {
  return { source, recordId, observedAt };
}
