import { verdictAt } from './answers.ts';
import { compileQuestion, type Shared } from './conditions.ts';
import type { Frame, Reads } from './frames.ts';
import { NO, outcomeOf, type RuleOutcome, UNKNOWN, YES } from './kleene.ts';
import type { Spot } from './layouts.ts';
import type { Scoring, ScoreTable } from './policy-schema.ts';
import type { Sheet } from './sheets.ts';
import { missingOf, type Plan, tell, type Told } from './telling.ts';

/** One row that was asked: what it gave, and every fact it looked at. */
export type ScoreRow = { id: string; outcome: RuleOutcome; points: number; read: Reads };

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

/** What the tables asked so far give in one decision. */
type Tally = {
  sheet: Sheet;
  frame: Frame;
  told: Told;
  points: number;
  possible: number;
  rows: ScoreRow[];
  unknowns: string[];
};
type CompiledRow = { id: string; points: number; answer: Spot; plan: Plan };
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
): (sheet: Sheet, frame: Frame, told: Told) => Score {
  const compileTable = ({ hitPolicy, rows }: ScoreTable): CompiledTable => ({
    first: hitPolicy === 'first',
    rows: rows.map(({ id, points, when }) => {
      const { answer, plan } = compileQuestion([when], shared, (message) => problems.push({ ruleId: id, message }));
      return { id, points, answer, plan };
    }),
  });
  const core = tables.map(compileTable);
  const own = local.map(compileTable);
  return (sheet, frame, told) => {
    const tally: Tally = { sheet, frame, told, points: 0, possible: 0, rows: [], unknowns: [] };
    for (const table of core) askTable(table, tally);
    const { points, possible, rows, unknowns } = tally;
    const score: Score = { points, possible, rows, unknowns };
    const tier = tiers.find(({ atLeast }) => points >= atLeast);
    if (tier !== undefined) score.tier = tier.id;
    if (floor !== undefined) score.floor = reached(floor, points, possible);
    if (own.length > 0) {
      for (const table of own) askTable(table, tally);
      score.local = tally.points - points;
    }
    if (unknowns.length > 0) score.unknowns = [...new Set(unknowns)];
    return score;
  };
}

function reached(floor: number, points: number, possible: number): RuleOutcome {
  if (points >= floor) return 'pass';
  return possible < floor ? 'fail' : 'unknown';
}

/**
 * In a table of which the first row that holds counts, a later one may not be the first while an earlier one is
 * undecided: the table then gives nothing.
 */
function askTable({ first, rows }: CompiledTable, tally: Tally): void {
  const { sheet, frame, told, rows: asked } = tally;
  let sure = true;
  let sum = 0;
  let possible = 0;
  for (let nth = 0; nth < rows.length; nth += 1) {
    const row = rows[nth];
    if (row === undefined) continue;
    const { id, points, plan } = row;
    const verdict = verdictAt(sheet, row.answer);
    const given = verdict === YES && sure ? points : 0;
    sum += given;
    asked.push({ id, outcome: outcomeOf(verdict), points: given, read: tell(plan, frame, told, sheet) });
    if (verdict === NO) continue;
    possible = first ? Math.max(possible, points) : possible + points;
    if (verdict === UNKNOWN) tally.unknowns.push(...missingOf(plan, frame, sheet));
    else if (first) break;
    if (first) sure = false;
  }
  tally.points += sum;
  tally.possible += possible;
}
