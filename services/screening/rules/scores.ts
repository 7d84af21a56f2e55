import { verdictAt } from './answers.ts';
import { compileQuestion, type Shared } from './conditions.ts';
import type { Frame } from './frames.ts';
import { NO, type RuleOutcome, UNKNOWN } from './kleene.ts';
import type { Spot } from './layouts.ts';
import type { Scoring, ScoreTable } from './policy-schema.ts';
import type { Sheet } from './sheets.ts';
import { type Asked, missingOf } from './telling.ts';

/** One row that was asked: what it gave, and what it looked at. */
export type ScoreRow = { id: string; outcome: RuleOutcome; points: number; asked: Readonly<Asked> };

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
  found: Frame;
  points: number;
  possible: number;
  rows: ScoreRow[];
  unknowns: string[];
};
/** What the row says where it gives its points, where it holds and gives none, and where it does not hold or is undecided. */
type CompiledRow = { points: number; answer: Spot; given: ScoreRow; held: ScoreRow; failed: ScoreRow; open: ScoreRow };
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
): (sheet: Sheet, found: Frame) => Score {
  const compileTable = ({ hitPolicy, rows }: ScoreTable): CompiledTable => ({
    first: hitPolicy === 'first',
    rows: rows.map(({ id, points, when }) => {
      const { answer, asked } = compileQuestion([when], shared, (message) => problems.push({ ruleId: id, message }));
      const said = (outcome: RuleOutcome, given = 0): ScoreRow => Object.freeze({ id, outcome, points: given, asked });
      return {
        points,
        answer,
        given: said('pass', points),
        held: said('pass'),
        failed: said('fail'),
        open: said('unknown'),
      };
    }),
  });
  const core = tables.map(compileTable);
  const own = local.map(compileTable);
  return (sheet, found) => {
    const tally: Tally = { sheet, found, points: 0, possible: 0, rows: [], unknowns: [] };
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
  const { sheet, found, rows: told } = tally;
  let sure = true;
  let sum = 0;
  let possible = 0;
  for (let nth = 0; nth < rows.length; nth += 1) {
    const row = rows[nth];
    if (row === undefined) continue;
    const { points } = row;
    const verdict = verdictAt(sheet, row.answer);
    if (verdict === NO) {
      told.push(row.failed);
      continue;
    }
    possible = first ? Math.max(possible, points) : possible + points;
    if (verdict === UNKNOWN) {
      told.push(row.open);
      tally.unknowns.push(...missingOf(found, row.open.asked));
      if (first) sure = false;
      continue;
    }
    told.push(sure ? row.given : row.held);
    if (sure) sum += points;
    if (first) break;
  }
  tally.points += sum;
  tally.possible += possible;
}
