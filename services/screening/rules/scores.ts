import { allOf, compileQuestion, type Shared, type Test } from './conditions.ts';
import type { Frame, Read } from './frames.ts';
import { NO, outcomeOf, type RuleOutcome, UNKNOWN, type Verdict, YES } from './kleene.ts';
import type { Scoring, ScoreTable } from './policy-schema.ts';
import { missingOf, type Plan, type Tell } from './telling.ts';

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
type CompiledRow = { id: string; points: number; test: Test; plan: Plan };
type CompiledTable = { first: boolean; rows: readonly CompiledRow[] };

/** The most that a table can give. */
export function mostOf({ hitPolicy, rows }: ScoreTable): number {
  const points = rows.map((row) => row.points);
  return hitPolicy === 'first' ? Math.max(...points) : points.reduce((sum, more) => sum + more, 0);
}

/** Makes a function of the scoring; what is wrong with it goes to `problems`, under the id of its row. */
export function compileScoring(
  { tables, local = [], tiers, floor }: Scoring,
  shared: Shared,
  problems: { ruleId: string; message: string }[],
): (frame: Frame, tell: Tell) => Score {
  const compileTable = ({ hitPolicy, rows }: ScoreTable): CompiledTable => ({
    first: hitPolicy === 'first',
    rows: rows.map(({ id, points, when }) => {
      const { tests, plan } = compileQuestion([when], shared, (message) => problems.push({ ruleId: id, message }));
      return { id, points, test: allOf(tests), plan };
    }),
  });
  const core = tables.map(compileTable);
  const own = local.map(compileTable);
  return (frame, tell) => {
    const rows: ScoreRow[] = [];
    const unknowns: string[] = [];
    const note = (row: CompiledRow, verdict: Verdict, points: number) => {
      rows.push({ id: row.id, outcome: outcomeOf(verdict), points, read: tell(row.plan) });
      if (verdict === UNKNOWN) unknowns.push(...missingOf(row.plan, frame));
    };
    const { points, possible } = sumOf(core, frame, note);
    const tier = tiers.find(({ atLeast }) => points >= atLeast);
    const score: Score = { points, possible, rows, unknowns };
    if (tier !== undefined) score.tier = tier.id;
    if (floor !== undefined) score.floor = reached(floor, points, possible);
    if (own.length > 0) score.local = sumOf(own, frame, note).points;
    if (unknowns.length > 0) score.unknowns = [...new Set(unknowns)];
    return score;
  };
}

type Note = (row: CompiledRow, verdict: Verdict, points: number) => void;

function reached(floor: number, points: number, possible: number): RuleOutcome {
  if (points >= floor) return 'pass';
  return possible < floor ? 'fail' : 'unknown';
}

function sumOf(tables: readonly CompiledTable[], frame: Frame, note: Note): Sum {
  let points = 0;
  let possible = 0;
  for (const table of tables) {
    const sum = table.first ? firstRow(table.rows, frame, note) : allRows(table.rows, frame, note);
    points += sum.points;
    possible += sum.possible;
  }
  return { points, possible };
}

function allRows(rows: readonly CompiledRow[], frame: Frame, note: Note): Sum {
  let points = 0;
  let possible = 0;
  for (const row of rows) {
    const verdict = row.test(frame);
    const given = verdict === YES ? row.points : 0;
    points += given;
    if (verdict !== NO) possible += row.points;
    note(row, verdict, given);
  }
  return { points, possible };
}

/** While an earlier row is undecided, a later one that holds may not be the first: the table then gives nothing. */
function firstRow(rows: readonly CompiledRow[], frame: Frame, note: Note): Sum {
  let possible = 0;
  let sure = true;
  for (const row of rows) {
    const verdict = row.test(frame);
    const points = verdict === YES && sure ? row.points : 0;
    note(row, verdict, points);
    if (verdict === NO) continue;
    possible = Math.max(possible, row.points);
    if (verdict === YES) return { points, possible };
    sure = false;
  }
  return { points: 0, possible };
}
