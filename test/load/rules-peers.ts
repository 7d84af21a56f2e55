import { isDeepStrictEqual } from 'node:util';
import { ZenEngine } from '@gorules/zen-engine';
import fc from 'fast-check';
import { Engine } from 'json-rules-engine';
import { ScreeningFacts } from '../../services/screening/facts.ts';
import { city2 } from '../../services/screening/policies/city-2.ts';
import { arbitraryFacts } from '../../services/screening/rules/arbitrary-facts.ts';
import { compile } from '../../services/screening/rules/engine.ts';
import type { Policy, ScoreTable } from '../../services/screening/rules/policy-schema.ts';
import { sampleToday } from '../../services/screening/rules/sample-facts.ts';
import { readsOf, traceOf } from '../../services/screening/rules/telling.ts';
import { flatFacts, jsonRulesOf } from './peers/json-rules.ts';
import { type Answer, plainFacts } from './peers/plain.ts';
import { zenExpressionsOf, zenTablesOf } from './peers/zen.ts';
import { population } from './rules.ts';

/** One engine on one core: how many decisions a second, and how many times zen that is, without trace and with it. */
export type PeerRow = {
  engine: string;
  decisions: number;
  milliseconds: number;
  decisionsPerSecond: number;
  timesZen: number;
  timesZenTraced: number;
};
export type PeersReport = {
  policy: string;
  rules: number;
  scoreRows: number;
  /** Random enterprises on which every engine gave the same outcome, the same answer of every rule and the same points. */
  identical: number;
  /** What the ratios are to: of the two forms of zen the faster one, in this run. */
  zen: string;
  zenTraced: string;
  rows: PeerRow[];
};

type Peer<Prepared> = {
  engine: string;
  /** What is made of the facts before the clock starts. */
  prepare: (facts: ScreeningFacts) => Prepared;
  decide: (facts: Prepared) => Promise<Answer> | Answer;
  /** The decision alone, without reading the answer out of it. */
  run: (facts: Prepared) => unknown;
};

const randomEnterprises = 500;
const rounds = 20;
const batch = 100;
const today = sampleToday;

/**
 * Decides on the same enterprises by the same policy with our engine and its peers. Each is timed for about so long, one
 * decision after the other and in turns with the others. Then all must give the same answers for random enterprises, or it
 * throws: afterwards, because facts of every shape there could be would train the engines for what no city has.
 */
export async function benchPeers(milliseconds = 2_000, policy: Policy = city2): Promise<PeersReport> {
  const own = ownEngine(policy);
  const spelledOut = ownSpelledOut(policy);
  const zens = (['tables', 'expressions'] as const).flatMap((form) => [
    zenEngine(policy, form, false),
    zenEngine(policy, form, true),
  ]);
  const jsonRules = jsonRulesEngine(policy);
  const city = population();
  const clocks = [
    clockOf(own, city),
    clockOf(spelledOut, city),
    ...zens.map((zen) => clockOf(zen, city)),
    clockOf(jsonRules, city),
  ];
  for (const clock of clocks) await clock.run(milliseconds / rounds);
  for (const clock of clocks) clock.reset();
  for (let round = 0; round < rounds; round += 1) for (const clock of clocks) await clock.run(milliseconds / rounds);
  const rows = clocks.map((clock) => clock.row());
  const cases = fc.sample(arbitraryFacts, { numRuns: randomEnterprises, seed: 20_261_123 });
  for (const facts of cases) {
    const expected = await own.decide(own.prepare(facts));
    for (const zen of zens) agree(zen.engine, await zen.decide(zen.prepare(facts)), expected, facts);
    agree(jsonRules.engine, await jsonRules.decide(jsonRules.prepare(facts)), expected, facts);
  }
  const faster = (ending: string) =>
    rows
      .filter(({ engine }) => engine.startsWith('zen ') && engine.endsWith(ending))
      .reduce((best, row) => (row.decisionsPerSecond > best.decisionsPerSecond ? row : best));
  const [zen, zenTraced] = [faster(', no trace'), faster(', trace')];
  return {
    policy: policy.version,
    rules: policy.rules.length,
    scoreRows: (policy.scoring?.tables ?? []).flatMap((table) => table.rows).length,
    identical: cases.length,
    zen: zen.engine,
    zenTraced: zenTraced.engine,
    rows: rows.map((row) => ({
      ...row,
      timesZen: row.decisionsPerSecond / zen.decisionsPerSecond,
      timesZenTraced: row.decisionsPerSecond / zenTraced.decisionsPerSecond,
    })),
  };
}

function agree(engine: string, actual: Answer, expected: Answer, facts: ScreeningFacts): void {
  if (isDeepStrictEqual(actual, expected)) return;
  throw new Error(`${engine} answers ${JSON.stringify({ actual, expected, facts })}`);
}

/** Counts the decisions of one engine, in turns with the others: what else the machine does then touches all alike. */
function clockOf<Prepared>({ engine, prepare, run }: Peer<Prepared>, city: readonly ScreeningFacts[]) {
  const prepared = city.map(prepare);
  let next = 0;
  let decisions = 0;
  let elapsed = 0;
  const take = () => run(prepared[next++ % prepared.length] as Prepared);
  return {
    async run(milliseconds: number) {
      const first = take();
      const start = performance.now();
      const end = start + milliseconds;
      // Waiting for what is there already would be charged to an engine that does not make one wait.
      if (first instanceof Promise) {
        await first;
        for (; performance.now() < end; decisions += 1) await take();
      } else for (; performance.now() < end; decisions += batch) for (let count = 0; count < batch; count += 1) take();
      elapsed += performance.now() - start;
    },
    reset() {
      decisions = 0;
      elapsed = 0;
    },
    row(): Omit<PeerRow, 'timesZen' | 'timesZenTraced'> {
      return {
        engine,
        decisions,
        milliseconds: Math.round(elapsed),
        decisionsPerSecond: Math.round((decisions / elapsed) * 1_000),
      };
    },
  };
}

function ownEngine(policy: Policy): Peer<ScreeningFacts> {
  const compiled = compile(policy);
  return {
    engine: 'ours, full trace',
    // As the service takes them: what was stored comes back through the schema.
    prepare: (facts) => ScreeningFacts.parse(facts),
    run: (facts) => compiled.evaluate(facts, today),
    decide(facts) {
      const { outcome, rules, score } = compiled.evaluate(facts, today);
      return { outcome, rules: rules.map((rule) => rule.outcome), points: score?.points ?? 0 };
    },
  };
}

/** The trace written out for every rule and row, as it is when somebody asks why. */
function ownSpelledOut(policy: Policy): Peer<ScreeningFacts> {
  const compiled = compile(policy);
  return {
    ...ownEngine(policy),
    engine: 'ours, full trace written out per rule',
    run(facts) {
      const evaluation = compiled.evaluate(facts, today);
      const rows = evaluation.score?.rows ?? [];
      return [traceOf(evaluation), rows.map(({ asked }) => readsOf(evaluation.found, asked))];
    },
  };
}

function zenEngine(policy: Policy, form: 'tables' | 'expressions', trace: boolean): Peer<object> {
  const content = form === 'tables' ? zenTablesOf(policy, today) : zenExpressionsOf(policy, today);
  const decision = new ZenEngine().createDecision(content);
  return {
    engine: `zen 0.54.0, ${form}, ${trace ? 'trace' : 'no trace'}`,
    prepare: plainFacts,
    run: (facts) => decision.evaluate(facts, { trace }),
    async decide(facts) {
      const { result } = await decision.evaluate(facts, { trace });
      const hits = new Map<string, string>(
        (result.hits ?? []).map((hit: { rule: string; outcome: string }) => [hit.rule, hit.outcome]),
      );
      const said = policy.rules.map(({ id }, at) => (form === 'tables' ? (hits.get(id) ?? 'pass') : result[`r${at}`]));
      return { outcome: result.outcome, rules: said, points: result.points };
    },
  };
}

function jsonRulesEngine(policy: Policy): Peer<Record<string, unknown>> {
  const { rules, operators } = jsonRulesOf(policy, today);
  const engine = new Engine(rules, { allowUndefinedFacts: true });
  for (const [name, holds] of operators) engine.addOperator(name, holds);
  return {
    engine: 'json-rules-engine 7.3.1, all results',
    prepare: (facts) => flatFacts(plainFacts(facts)),
    run: (facts) => engine.run(facts),
    async decide(facts) {
      const { events } = await engine.run(facts);
      const fired = new Set(events.map(({ type }) => type));
      const said = policy.rules.map(({ id }) =>
        fired.has(`yes:${id}`) ? 'pass' : fired.has(`no:${id}`) ? 'fail' : 'unknown',
      );
      const excluded = policy.rules.some(({ effect }, at) => effect === 'exclude' && said[at] === 'fail');
      const points = (policy.scoring?.tables ?? []).reduce((sum, table) => sum + pointsOf(table, fired), 0);
      return { outcome: outcomeOf(facts, excluded, said), rules: said, points };
    },
  };
}

function outcomeOf(facts: Record<string, unknown>, excluded: boolean, said: readonly string[]): string {
  if (facts['consent'] === false) return 'stale';
  if (excluded) return 'exclude';
  if (facts['available'] === false) return 'stale';
  return said.every((outcome) => outcome === 'pass') ? 'pass' : 'review';
}

function pointsOf({ hitPolicy, rows }: ScoreTable, fired: ReadonlySet<string>): number {
  const yes = rows.filter(({ id }) => fired.has(`yes:${id}`));
  if (hitPolicy === 'collect') return yes.reduce((sum, { points }) => sum + points, 0);
  const decided = rows.find(({ id }) => !fired.has(`no:${id}`));
  return decided !== undefined && fired.has(`yes:${decided.id}`) ? decided.points : 0;
}
