import { cpus } from 'node:os';
import { type City, startCity } from '../support/city.ts';
import { benchColdStarts } from './cold-start.ts';
import { benchImport } from './import.ts';
import { markdownTable, whole } from './markdown.ts';
import { benchRules } from './rules.ts';
import { benchScreening } from './screening.ts';

/**
 * `npm run bench`: the figures of the README as Markdown. Those of one table were taken in one run on one machine, so
 * that they can be compared with each other; requests are the same on every machine.
 */

/** Each in a city of its own: what one leaves behind is not in the other's way. */
async function inCity(bench: (city: City) => Promise<string>): Promise<string> {
  const city = await startCity();
  try {
    return await bench(city);
  } finally {
    await city.stop();
  }
}

const [cpu] = cpus();
console.log(`${cpus().length} cores, ${cpu?.model ?? 'unknown'}, Node ${process.version}\n`);

const rules = benchRules();
console.log(
  markdownTable(
    ['rule engine, one core', 'decisions / s'],
    [[`with full trace, ${rules.rules} rules`, whole(rules.decisionsPerSecond)]],
  ),
);
console.log();
const { functions } = await inCity(async ({ cloud }) => JSON.stringify(cloud.deployment)).then(JSON.parse);
console.log(await benchColdStarts(functions));
console.log();
console.log(await inCity(benchImport));
console.log();
console.log(await inCity(benchScreening));
