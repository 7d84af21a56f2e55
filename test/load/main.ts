import { cpus } from 'node:os';
import { type City, startCity } from '../support/city.ts';
import { benchColdStarts } from './cold-start.ts';
import { benchImport } from './import.ts';
import { benchLedger } from './ledger.ts';
import { markdownTable, whole } from './markdown.ts';
import { benchPeers } from './rules-peers.ts';
import { benchRules } from './rules.ts';
import { benchScreening } from './screening.ts';
import { benchRefusals, benchSignature } from './signature.ts';

/**
 * `npm run bench`: the figures of the README as Markdown. Those of one table were taken in one run on one machine, so
 * that they can be compared with each other; requests are the same on every machine.
 */

/** Each in a city of its own: what one leaves behind is not in the other's way. */
async function inCity<T>(bench: (city: City) => Promise<T>): Promise<T> {
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
const peers = await benchPeers();
console.log(
  markdownTable(
    [
      `policy ${peers.policy}, identical on ${peers.identical} enterprises`,
      'decisions / s',
      'times zen with trace',
      'times zen without trace',
    ],
    peers.rows.map((row) => [
      row.engine,
      whole(row.decisionsPerSecond),
      `${row.timesZenTraced.toFixed(2)} ×`,
      `${row.timesZen.toFixed(2)} ×`,
    ]),
  ),
);
console.log(`\nTimes the faster of zen's two forms: with trace ${peers.zenTraced}; without ${peers.zen}.`);
console.log();
console.log(await benchSignature());
console.log();
console.log(await benchRefusals());
console.log();
console.log(await benchLedger());
console.log();
// Measured with nothing else running: only what is deployed is asked of the city.
const functions = await inCity(async ({ cloud }) => cloud.deployment.functions);
console.log(await benchColdStarts(functions));
console.log();
console.log(await inCity(benchImport));
console.log();
for (const enterprises of [2_000, 20_000]) {
  console.log(await inCity((city) => benchScreening(city, enterprises)));
  console.log();
}
