import { keyFor, until, type Api } from '#packages/local/patient-client';
import { countListed, readVersion, type Enterprise, type Version } from './city-api.ts';
import { lacksTaxGradeOnly } from './opinions.ts';
import type { TokenOf } from './people.ts';

/** So many reviews of each county the city confirms by name, and so many passes of the city it holds back this time. */
const confirmedPerCounty = 1;
const held = 2;

/** The city's reviewer proposes the next version of the whitelist. */
export async function propose(
  api: Api,
  tokenOf: TokenOf,
  counties: ReadonlyMap<string, readonly Enterprise[]>,
  log: (line: string) => void,
): Promise<Version> {
  const masters = [...counties].map(([code, list]) => list.filter(({ divisionCode }) => divisionCode === code));
  const confirm = masters
    .flatMap((list) => list.filter(lacksTaxGradeOnly).slice(0, confirmedPerCounty))
    .map(({ uscc }) => ({ uscc, reason: '市级复核县区补交的纳税信用证明后确认（示例）' }));
  const hold = masters
    .flat()
    .filter(({ screening }) => screening?.outcome === 'pass')
    .slice(-held)
    .map(({ uscc }) => ({ uscc, reason: '另案核查中，本期暂缓（示例）' }));
  const json = { confirm, hold };
  const key = keyFor('proposal', JSON.stringify(json));
  const token = await tokenOf('city-reviewer');
  const { body } = await api.call({ method: 'POST', path: '/v1/whitelist-versions', token, key, json });
  const version = readVersion(body);
  log(
    `  第 ${version.version} 版拟入 ${version.entries} 家，其中市级点名确认 ${confirm.length} 家；暂缓 ${hold.length} 家`,
  );
  return version;
}

/** Another person, the city's admin, approves it; then every entry is waited for. */
export async function approve(
  api: Api,
  tokenOf: TokenOf,
  proposed: Version,
  log: (line: string) => void,
): Promise<Version> {
  const token = await tokenOf('city-admin');
  const path = `/v1/whitelist-versions/${proposed.version}/approvals`;
  const key = keyFor('approval', String(proposed.version));
  const published = readVersion((await api.call({ method: 'POST', path, token, key, json: {} })).body);
  const { version, entries } = published;
  await until('名单条目落到企业', async () => ((await countListed(api, token)) >= entries ? entries : undefined));
  log(`  第 ${version} 版已发布，入榜 ${entries} 家`);
  return published;
}

/** Every enterprise once. */
export function distinct(counties: ReadonlyMap<string, readonly Enterprise[]>): Enterprise[] {
  return [...new Map([...counties.values()].flat().map((enterprise) => [enterprise.uscc, enterprise])).values()];
}
