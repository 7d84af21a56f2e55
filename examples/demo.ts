import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { showDailyWork } from './demo/after-publication.ts';
import { connect } from '#packages/local/patient-client';
import { showClaim } from './demo/claims.ts';
import { showFund } from './demo/fund.ts';
import { showLoans } from './demo/loans.ts';
import { enterprisesByCounty, latestVersion } from './demo/city-api.ts';
import { countyLists, importLists } from './demo/import-lists.ts';
import { giveOpinions } from './demo/opinions.ts';
import { signIn, type Credentials } from './demo/people.ts';
import { approve, propose } from './demo/publish.ts';
import { countyTable } from './demo/report.ts';
import { screenEverybody } from './demo/screen.ts';

/** The city that is imported: the one in the repository, or another made with `examples/generate.ts`. */
const cityFolder = resolve(process.env['EXAMPLE_CITY'] ?? join(import.meta.dirname, 'city'));

/** What the sources' simulators know of that city's enterprises, a line each. */
export const factsFile = join(cityFolder, 'facts.jsonl');

export type DemoOptions = {
  baseUrl: string;
  credentials: Credentials;
  /** Path of `credentials.json`, for the person who wants to sign in. */
  credentialsFile: string;
  log: (line: string) => void;
  /** Tells the simulators of both sources what the file says, before anybody is screened. */
  loadFacts: (file: string) => Promise<unknown>;
};

/**
 * The main job of `npm start`, through the outside API only: the counties' lists are imported and screened, counties
 * and city say what they think, and two people publish the whitelist; then what goes on from day to day. Every step can be run again and changes nothing
 * then; once a version is published only the table is printed.
 */
export async function runDemo({ baseUrl, credentials, credentialsFile, log, loadFacts }: DemoOptions): Promise<void> {
  const api = connect(baseUrl);
  const tokenOf = signIn(api, credentials);
  const lists = countyLists(join(cityFolder, 'lists'));
  const codes = lists.map(({ divisionCode }) => divisionCode);

  let version = await latestVersion(api, tokenOf);
  if (version === undefined) {
    log('① 数据源载入示例数据（模拟器，不是真实接口）');
    await loadFacts(factsFile);
    log('② 县区导入名单');
    await importLists(api, tokenOf, lists, log);
    log('③ 全市筛选：取数、逐条判定');
    await screenEverybody(api, tokenOf, digestOf(lists.map(({ file }) => file)), log);
    log('④ 县区意见');
    await giveOpinions(api, tokenOf, await enterprisesByCounty(api, tokenOf, codes), log);
    log('⑤ 市级复核人提出名单');
    version = await propose(api, tokenOf, await enterprisesByCounty(api, tokenOf, codes), log);
  }
  if (version.status === 'proposed') {
    log('⑥ 市级管理员（另一人）批准发布');
    version = await approve(api, tokenOf, version, log);
  }
  const day = { baseUrl, credentials, api, tokenOf, log };
  await showDailyWork(day, version);
  log('⑬ 风险分担基金：方案、出资、账簿自证、试算');
  await showFund(api, tokenOf, log);
  log('⑭ 入池备案：违约前报给基金，逐项权利登记，不合要求的当场说明');
  const defaulting = await showLoans(day);
  log('⑮ 违约：预检、申请、两人审付、回收返还，各方最后承担多少');
  await showClaim(day, defaulting);
  // What an earlier run left half done goes on by itself; the table is of the end.
  await api.call({ method: 'POST', path: '/__local/drain', json: { timeoutMs: 30_000 } });

  log('');
  log(`白名单第 ${version.version} 版 · 示例数据，全部企业与人名均为虚构`);
  for (const line of countyTable(await enterprisesByCounty(api, tokenOf, codes))) log(line);
  for (const line of whereNext(baseUrl, credentialsFile)) log(line);
}

function whereNext(baseUrl: string, credentialsFile: string): string[] {
  const token = `node -p "require('${resolve(credentialsFile)}').operators['city-reviewer'].token"`;
  return [
    '',
    `接口说明  ${baseUrl}/docs    OpenAPI 3.1  ${baseUrl}/openapi.json`,
    `登录      ${credentialsFile} 里 operators 的令牌（Bearer，24 小时内有效），例如：`,
    `  TOKEN=$(${token})`,
    `  curl -sH "Authorization: Bearer $TOKEN" '${baseUrl}/v1/whitelist?pageSize=3'`,
    `  curl -sH "Authorization: Bearer $TOKEN" '${baseUrl}/v1/enterprises/91411502MA9TETT0X9/screenings'`,
    `机构      同一文件里 partners 的密钥；公钥见 ${baseUrl}/.well-known/ippf-keys，接入见 packages/sdk/README.md`,
  ];
}

/** Of all the files together: other lists make another screening run. */
function digestOf(files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}
