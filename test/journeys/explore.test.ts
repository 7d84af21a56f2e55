import { test, expect } from 'vitest';
import { startCity } from '../support/city.ts';
import { checkAnyInput } from './any-input.ts';
import { peopleOf } from './samples.ts';
import { storyOf } from './story.ts';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

test('surrogates', async () => {
  const city = await startCity();
  const story = storyOf(city);
  try {
    const known = await story.enterprise({ parkId: 'XY-ZONE-YSQY' });
    await story.screen(known);
    const t = city.operator('county-reviewer-411502');
    for (const reason of ['\ud800', '\0', 'ok\nline', ' ', '\u202e'])
      console.log(JSON.stringify(reason), JSON.stringify(await city.post(`/v1/enterprises/${known}/county-opinions`, t, { opinion: 'recommend', reason })));
    console.log(JSON.stringify((await story.view(known)).opinions));
    console.log(JSON.stringify(await city.post(`/v1/whitelist-versions`, city.operator('city-reviewer'), { hold: [{ uscc: known, reason: '\ud800' }] })));
    console.log(JSON.stringify(await city.post(`/v1/whitelist-versions`, city.operator('city-reviewer'), { confirm: [{ uscc: known, reason: '\ud800' }] })));
    const people = await peopleOf(city);
    for (const seed of [1, 2, 3, 4]) {
      try { await checkAnyInput(city, people, known, { requests: 1000, seed }); } catch (e) { console.log(String(e).replaceAll(/eyJ[\w.-]+/g, 'TOKEN').slice(0, 3000)); }
    }
    console.log(await city.drain());
    const logs = join(city.dir, 'logs');
    for (const f of readdirSync(logs)) console.log(f, readFileSync(join(logs, f), 'utf8').split('\n').filter((l) => /"level":"ERROR"|ERROR/.test(l)).slice(0, 5).join('\n').slice(0, 3000));
  } finally { await city.stop(); }
}, 300000);
