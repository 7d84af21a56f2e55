import { test } from 'vitest';
import { writeFileSync } from 'node:fs';
import { startEngines } from '#packages/local/engines';
import { openWorld, tell, relayOnce, workAll, endOf } from './messaging-world.ts';
test('prof', async () => {
  let t = performance.now(); let out = '';
  const lap = (name: string) => { const now = performance.now(); out += `${name} ${(now - t).toFixed(0)}\n`; t = now; };
  const engines = await startEngines({});
  lap('engines');
  const world = await openWorld(engines); lap('world');
  for (let i = 0; i < 30; i += 1) await tell(world, 'abc'[i % 3]!); lap('tell 30');
  await relayOnce(world, world.told); lap('relay 30 x2');
  await workAll(world); lap('work 60');
  await endOf(world, 0); lap('endOf');
  await engines.stop();
  writeFileSync('/tmp/prof.txt', out);
});
