import { inParallel, keyFor, type Api } from '#packages/local/patient-client';
import type { Enterprise } from './city-api.ts';
import type { TokenOf } from './people.ts';

export type Opinion = { opinion: 'recommend' | 'reject'; reason: string };

/** Every so many passes of a county the visit finds something the sources cannot know. */
const rejectedEach = 25;

/** The two rules that stay open where the source has no tax grade, and nothing else. */
const taxGradeRules = ['tax-grade-good', 'tax-grade-not-d'];

/** A review that a county can settle with a paper: only the tax grade is unknown. */
export function lacksTaxGradeOnly({ screening }: Enterprise): boolean {
  if (screening?.outcome !== 'review') return false;
  return screening.reasons.toSorted().join() === taxGradeRules.join();
}

/**
 * What a county of this demo says of its enterprises, in the order of their codes: it recommends every pass but each
 * twenty-fifth, and reviews that lack only the tax grade. Of all others it says nothing.
 */
export function opinionsOf(enterprises: readonly Enterprise[]): { enterprise: Enterprise; say: Opinion }[] {
  let passes = 0;
  return enterprises.flatMap((enterprise): { enterprise: Enterprise; say: Opinion }[] => {
    if (lacksTaxGradeOnly(enterprise)) {
      return [{ enterprise, say: { opinion: 'recommend', reason: '企业补交了税务机关出具的纳税信用证明（示例）' } }];
    }
    if (enterprise.screening?.outcome !== 'pass') return [];
    passes += 1;
    const say: Opinion =
      passes % rejectedEach === 0
        ? { opinion: 'reject', reason: '实地核查：厂房停产三个月以上（示例）' }
        : { opinion: 'recommend', reason: '实地核查：正常经营，与申报一致（示例）' };
    return [{ enterprise, say }];
  });
}

/** The counties' reviewers give their opinions; one that stands already is not given again. */
export async function giveOpinions(
  api: Api,
  tokenOf: TokenOf,
  counties: ReadonlyMap<string, readonly Enterprise[]>,
  log: (line: string) => void,
) {
  // An enterprise of two counties gets the opinion of the one that holds its master entry.
  const opinions = [...counties].flatMap(([code, enterprises]) =>
    opinionsOf(enterprises.filter(({ divisionCode }) => divisionCode === code)),
  );
  const missing = opinions.filter(
    ({ enterprise }) => !enterprise.opinions.some((given) => given.screeningId === enterprise.screening?.screeningId),
  );
  await inParallel(missing, 8, async ({ enterprise: { uscc, divisionCode, screening }, say }) => {
    const token = await tokenOf('county-reviewer', divisionCode);
    const key = keyFor('opinion', uscc, screening?.screeningId ?? '');
    await api.call({ method: 'POST', path: `/v1/enterprises/${uscc}/county-opinions`, token, key, json: say });
  });
  const rejected = opinions.filter(({ say }) => say.opinion === 'reject').length;
  log(`  推荐 ${opinions.length - rejected} 家（含补证后的待核企业），不推荐 ${rejected} 家`);
}
