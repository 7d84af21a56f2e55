import * as z from 'zod';
import { keyFor, until, type Api } from '#packages/local/patient-client';
import type { TokenOf } from './people.ts';

const Started = z.looseObject({ runId: z.string() });
const Run = z.looseObject({
  status: z.enum(['running', 'done']),
  counts: z.looseObject({
    total: z.number(),
    pass: z.number(),
    review: z.number(),
    exclude: z.number(),
    stale: z.number(),
  }),
});

/** A progress line at most this often. */
const progressMs = 3_000;

/** The city's reviewer screens everybody. `occasion` names the run: the same occasion is the same run. */
export async function screenEverybody(api: Api, tokenOf: TokenOf, occasion: string, log: (line: string) => void) {
  const token = await tokenOf('city-reviewer');
  const key = keyFor('run', occasion);
  const { body } = await api.call({ method: 'POST', path: '/v1/screening-runs', token, key, json: { scope: {} } });
  const { runId } = Started.parse(body);
  let toldAt = performance.now();
  const { counts } = await until('筛选', async () => {
    const run = Run.parse((await api.call({ method: 'GET', path: `/v1/screening-runs/${runId}`, token })).body);
    if (run.status === 'done') return run;
    if (performance.now() - toldAt > progressMs) {
      toldAt = performance.now();
      log(`  已判定 ${run.counts.total} 家`);
    }
    return undefined;
  });
  const { total, pass, review, exclude, stale } = counts;
  log(`  共 ${total} 家：通过 ${pass}，待核 ${review}，排除 ${exclude}，数据不足或过期 ${stale}`);
}
