import { compileCondition, type DayTable, type Read, type Test, type Trace } from './conditions.ts';
import { NO, outcomeOf, type RuleOutcome, YES } from './kleene.ts';
import type { Scoring, ScoreTable } from './policy-schema.ts';
import { factVocabulary } from './fact-vocabulary.ts';

/** One row that was asked: what it gave, and every fact it looked at. */
export type ScoreRow = { id: string; outcome: RuleOutcome; points: number; read: readonly Read[] };

/** What an enterprise scored. Points rank; they never make a rule good that failed. */
export type Score = {
  /** What is sure: a row whose facts are missing gives none. */
  points: number;
  /** What it could be if every missing fact spoke for the enterprise. */
  possible: number;
  /** The best tier that the sure points reach. */
  tier?: string;
  /** Whether the policy's floor is reached; only where it has one. */
  floor?: RuleOutcome;
  /** What the county gives of its own, apart from all the others; only where it gives any. */
  local?: number;
  rows: readonly ScoreRow[];
  /** The facts that undecided rows asked for, each once. */
  unknowns: readonly string[];
};

type Sum = { points: number; possible: number };
type CompiledTable = { first: boolean; rows: readonly { id: string; points: number; test: Test }[] };

/** The most that a table can give. */
export function mostOf({ hitPolicy, rows }: ScoreTable): number {
  const points = rows.map((row) => row.points);
  return hitPolicy === 'first' ? Math.max(...points) : points.reduce((sum, more) => sum + more, 0);
}

/** Makes a function of the scoring; what is wrong with it goes to `problems`, under the id of its row. */
export function compileScoring(
  { tables, local = [], tiers, floor }: Scoring,
  days: DayTable,
  problems: { ruleId: string; message: string }[],
): (root: unknown) => Score {
  const compileTable = ({ hitPolicy, rows }: ScoreTable): CompiledTable => ({
    first: hitPolicy === 'first',
    rows: rows.map(({ id, points, when }) => {
      const refuse = (message: string) => problems.push({ ruleId: id, message });
      return { id, points, test: compileCondition(when, { fields: factVocabulary, days, refuse, told: new Set() }) };
    }),
  });
  const core = tables.map(compileTable);
  const own = local.map(compileTable);
  return (root) => {
    const rows: ScoreRow[] = [];
    const trace: Trace = { read: [], missing: [] };
    const { points, possible } = sumOf(core, root, trace, rows);
    const tier = tiers.find(({ atLeast }) => points >= atLeast);
    return {
      points,
      possible,
      ...(tier !== undefined && { tier: tier.id }),
      ...(floor !== undefined && { floor: reached(floor, points, possible) }),
      ...(own.length > 0 && { local: sumOf(own, root, trace, rows).points }),
      rows,
      unknowns: trace.missing.length > 0 ? [...new Set(trace.missing)] : trace.missing,
    };
  };
}

function reached(floor: number, points: number, possible: number): RuleOutcome {
  if (points >= floor) return 'pass';
  return possible < floor ? 'fail' : 'unknown';
}

function sumOf(tables: readonly CompiledTable[], root: unknown, trace: Trace, rows: ScoreRow[]): Sum {
  let points = 0;
  let possible = 0;
  for (const table of tables) {
    const sum = table.first ? firstOf(table, root, trace, rows) : allOf(table, root, trace, rows);
    points += sum.points;
    possible += sum.possible;
  }
  return { points, possible };
}

function allOf(table: CompiledTable, root: unknown, trace: Trace, rows: ScoreRow[]): Sum {
  let points = 0;
  let possible = 0;
  for (const row of table.rows) {
    const verdict = ask(row.test, root, trace);
    if (verdict === YES) points += row.points;
    if (verdict !== NO) possible += row.points;
    rows.push({ id: row.id, outcome: outcomeOf(verdict), points: verdict === YES ? row.points : 0, read: trace.read });
  }
  return { points, possible };
}

/** While an earlier row is undecided, a later one that holds may not be the first: the table then gives nothing. */
function firstOf(table: CompiledTable, root: unknown, trace: Trace, rows: ScoreRow[]): Sum {
  let possible = 0;
  let sure = true;
  for (const row of table.rows) {
    const verdict = ask(row.test, root, trace);
    const hit = verdict === YES;
    const points = hit && sure ? row.points : 0;
    rows.push({ id: row.id, outcome: outcomeOf(verdict), points, read: trace.read });
    if (verdict === NO) continue;
    possible = Math.max(possible, row.points);
    if (hit) return { points, possible };
    sure = false;
  }
  return { points: 0, possible };
}

function ask(test: Test, root: unknown, trace: Trace) {
  trace.read = [];
  const before = trace.missing.length;
  const verdict = test(root, trace, -1);
  // What a decided row asked for in vain did not matter.
  if (verdict === YES || verdict === NO) trace.missing.length = before;
  return verdict;
}
