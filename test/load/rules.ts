import { city1 } from '../../services/screening/policies/city-1.ts';
import { compile } from '../../services/screening/rules/engine.ts';
import { knownAnswer, sampleToday, soundFacts } from '../../services/screening/rules/sample-facts.ts';
import type { ScreeningFacts } from '../../services/screening/facts.ts';

/** One measurement: on one core, every decision with the full trace of all its rules. */
export type RulesRow = { rules: number; decisions: number; milliseconds: number; decisionsPerSecond: number };

const populationSize = 1_000;
const warmUpRounds = 30;

/** Decides on the same population for about so long. */
export function benchRules(milliseconds = 2_000): RulesRow {
  const policy = compile(city1);
  const city = population();
  let outcomes = 0;
  const round = () => {
    for (const facts of city) outcomes += policy.evaluate(facts, sampleToday).outcome.length;
  };
  for (let count = 0; count < warmUpRounds; count += 1) round();
  const start = performance.now();
  let rounds = 0;
  while (performance.now() - start < milliseconds) {
    round();
    rounds += 1;
  }
  const elapsed = performance.now() - start;
  if (outcomes === 0) throw new Error('nothing was decided');
  const decisions = rounds * populationSize;
  const decisionsPerSecond = Math.round((decisions / elapsed) * 1_000);
  return { rules: city1.rules.length, decisions, milliseconds: Math.round(elapsed), decisionsPerSecond };
}

/** The same thousand enterprises every time. */
export function population(): ScreeningFacts[] {
  return Array.from({ length: populationSize }, (_item, index) => enterprise(index));
}

/** A mixed city: most are sound, some have a record, some lack a fact, some have many rights. */
function enterprise(index: number): ScreeningFacts {
  const { nomination, credit, ip } = soundFacts();
  const [asset] = ip.assets;
  const assets =
    asset === undefined ? [] : Array.from({ length: index % 7 }, (_item, at) => ({ ...asset, pledged: at < 2 }));
  const { taxGrade: _taxGrade, ...untaxed } = credit;
  const listed = { ...credit, lists: [{ kind: 'serious-tax' as const, listedOn: '2026-01-05' }] };
  const said =
    index % 20 === 0
      ? untaxed
      : index % 20 === 1
        ? listed
        : { ...credit, penalties: index % 3 ? [] : credit.penalties };
  return { nomination, credit: knownAnswer(`credit-${index}`, said), ip: knownAnswer(`ip-${index}`, { assets }) };
}
