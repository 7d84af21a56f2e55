import type { Operations } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import type { PoolFacts } from '../forecast/facts.ts';
import { forecastOf } from '../forecast/forecast.ts';
import { forecastPicture } from '../forecast/forecast-picture.ts';
import { readPool } from '../forecast/read-pool.ts';
import { stressOf } from '../forecast/stress.ts';
import { stressPicture } from '../forecast/stress-picture.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';
import { listMatches } from './match-funds.ts';

type Forecasts = 'getForecast' | 'getForecastPicture' | 'getStress' | 'getStressPicture' | 'listMatches';

/** What may lie ahead of a fund, computed from its pool as it is. */
export function forecastOperations({ table }: Deps): Pick<Operations<typeof routes>, Forecasts> {
  function ofPool<Answer>(answer: (facts: PoolFacts) => Answer) {
    return async (call: { params: { fundId: string }; now: Date }): Promise<Outcome<Answer, 'not_found'>> => {
      const { fundId } = call.params;
      if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
      return done(answer(await readPool(table, fundId, call.now)));
    };
  }
  return {
    getForecast: ofPool(forecastOf),
    getForecastPicture: ofPool((facts) => ({ content: forecastPicture(forecastOf(facts)) })),
    getStress: ofPool(stressOf),
    getStressPicture: ofPool((facts) => ({ content: stressPicture(stressOf(facts)) })),
    listMatches: listMatches({ table }),
  };
}
