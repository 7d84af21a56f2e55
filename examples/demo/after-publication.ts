import { createHash } from 'node:crypto';
import * as z from 'zod';
import { legalDateOf } from '#packages/calendar';
import { keyFor, until, type Api } from '#packages/local/patient-client';
import { everyPage, type Version } from './city-api.ts';
import { type BankDay, showBanks } from './banks.ts';
import { tryPolicies } from './policy-lab.ts';

const Line = z.looseObject({ uscc: z.string(), listedOn: z.string(), validUntil: z.string() });
const Entry = z.looseObject({ status: z.string(), disputed: z.boolean() });
const Run = z.looseObject({ status: z.string(), counts: z.record(z.string(), z.number()) });
const Passport = z.looseObject({
  sources: z.looseObject({
    credit: z.looseObject({ facts: z.looseObject({}).optional(), purged: z.boolean().optional() }),
  }),
  decision: z
    .looseObject({
      outcome: z.string(),
      reproduced: z.boolean().optional(),
      rules: z.array(z.looseObject({ id: z.string(), outcome: z.string(), reason: z.string() })),
      path: z
        .looseObject({
          kind: z.string(),
          on: z.string().optional(),
          steps: z.array(z.looseObject({ rules: z.array(z.looseObject({ hint: z.string() })) })).default([]),
        })
        .optional(),
    })
    .optional(),
  looks: z.array(z.unknown()),
  objection: z.looseObject({ recordRefs: z.array(z.string()) }),
});
const Objection = z.looseObject({ ownCheckBy: z.string(), decideBy: z.string() });
const Problem = z.looseObject({ code: z.string(), detail: z.string().optional() });

type Log = (line: string) => void;
type Day = BankDay;

/**
 * What goes on once a list is published, on a few enterprises of the example city. Run again after an interruption it
 * does what is left; it has been done once an enterprise has objected.
 */
export async function showDailyWork(day: Day, version: Version): Promise<void> {
  const { api, tokenOf, log } = day;
  const token = await tokenOf('city-reviewer');
  const objections = await everyPage(api, '/v1/objections', token);
  if (objections.length > 0) return;
  const lines = (await everyPage(api, `/v1/whitelist-versions/${version.version}/lines?pageSize=200`, token)).map(
    (line) => Line.parse(line),
  );
  const [hit, still, ...others] = lines;
  const withdrawing = others.at(-1);
  if (hit === undefined || still === undefined || withdrawing === undefined) return;
  log('⑦ 名单可核验；例行筛查只看到期的和有变化的');
  checkDigest(version, lines, log);
  await sourceChanges(day, hit.uscc);
  log('⑧ 政策：先试算，再由两人发布');
  await tryPolicies(api, tokenOf, log);
  await policiesChanged(day);
  log('⑨ 数据源故障：宁可待定，不可误过');
  await sourceFails(
    day,
    others.slice(0, 3).map(({ uscc }) => uscc),
  );
  log('⑩ 撤回授权：当日退出名单，事实随密钥清除');
  await consentWithdrawn(day, withdrawing.uscc);
  log('⑪ 银行：签名取名单，收回调，对账');
  await showBanks(day, still.uscc);
  log('⑫ 企业档案与异议');
  await objects(day, hit.uscc);
}

/** Whoever reads the lines can recompute the digest that two people put their names to. */
function checkDigest(version: Version, lines: readonly z.output<typeof Line>[], log: Log): void {
  const text = lines.map(({ uscc, listedOn, validUntil }) => `${uscc},${listedOn},${validUntil}\n`).join('');
  const digest = createHash('sha256').update(text).digest('hex');
  if (digest !== version.digest) throw new Error(`第 ${version.version} 版摘要不符`);
  log(`  第 ${version.version} 版摘要 ${digest.slice(0, 16)}…，与按 ${lines.length} 条重算的一致`);
}

/** A listed enterprise becomes a dishonest debtor at the source; the next daily run finds it without asking about others. */
async function sourceChanges({ api, tokenOf, log }: Day, uscc: string): Promise<void> {
  const token = await tokenOf('city-reviewer');
  const { facts } = (await passportOf(api, token, uscc)).sources.credit;
  const lists = [{ kind: 'dishonest-debtor', listedOn: legalDateOf(new Date().toISOString()) }];
  await api.call({ method: 'PUT', path: `/__local/sources/credit/enterprises/${uscc}`, json: { ...facts, lists } });
  const { total = 0, unchanged = 0 } = await daily(api, token);
  const entry = await entryOf(api, token, uscc);
  log(
    `  来源新列入失信被执行人 1 家；本次涉及 ${total} 家，结论不变 ${unchanged} 家；该企业条目已 ${entry.status}（暂停，待人确认）`,
  );
}

/** Another policy is in force in one county: its enterprises are decided anew on the facts there are, nobody is asked. */
async function policiesChanged({ api, tokenOf, log }: Day): Promise<void> {
  const { total = 0, unchanged = 0 } = await daily(api, await tokenOf('city-reviewer'));
  log(`  政策变更后的例行筛查：全市 ${total} 家，按新政策重新判定 ${total - unchanged} 家，来源无须再问`);
}

/** The day's run once more, to its end. */
async function daily(api: Api, token: string): Promise<Record<string, number>> {
  const at = new Date().toISOString();
  for (let count = 1; ; count += 1) {
    const path = `/v1/screening-runs/daily-${legalDateOf(at)}${count === 1 ? '' : `.${count}`}`;
    const known = await api.call({ method: 'GET', path, token }, [404]);
    if (known.status !== 404) continue;
    await api.call({ method: 'POST', path: '/__local/schedules/screening-daily', json: { at } });
    const { counts } = await until('例行筛查', async () => {
      const run = Run.parse((await api.call({ method: 'GET', path, token })).body);
      return run.status === 'done' ? run : undefined;
    });
    return counts;
  }
}

/** While a source fails nobody passes; when it answers again everything is as it was. */
async function sourceFails({ api, tokenOf, log }: Day, usccs: string[]): Promise<void> {
  const token = await tokenOf('city-reviewer');
  const told: string[] = [];
  for (const kind of ['500', 'none'] as const) {
    await api.call({ method: 'PUT', path: '/__local/sources/credit/fault', json: { kind } });
    const key = keyFor('fault', kind, ...usccs);
    const { body } = await api.call({
      method: 'POST',
      path: '/v1/screening-runs',
      token,
      key,
      json: { scope: { usccs } },
    });
    const { runId } = z.looseObject({ runId: z.string() }).parse(body);
    const run = await until('筛选', async () => {
      const known = Run.parse((await api.call({ method: 'GET', path: `/v1/screening-runs/${runId}`, token })).body);
      return known.status === 'done' ? known : undefined;
    });
    const { pass = 0, stale = 0 } = run.counts;
    told.push(`${kind === 'none' ? '恢复后' : '信用源故障时'}：通过 ${pass}，数据不足 ${stale}`);
  }
  const entries = await Promise.all(usccs.map((uscc) => entryOf(api, token, uscc)));
  log(`  ${usccs.length} 家企业${told.join('；')}；名单条目始终 ${entries[0]?.status ?? ''}`);
}

async function consentWithdrawn({ api, tokenOf, log }: Day, uscc: string): Promise<void> {
  const enterprise = await tokenOf('enterprise-user', undefined, uscc);
  await api.call({ method: 'DELETE', path: `/v1/enterprises/${uscc}/consent`, token: enterprise });
  const entry = await entryOf(api, await tokenOf('city-reviewer'), uscc);
  const { sources, decision } = await passportOf(api, enterprise, uscc);
  log(
    `  ${uscc} 条目 ${entry.status}；事实 ${sources.credit.purged ? '已清除' : '尚在'}，结论与依据编号保留（${decision?.outcome ?? '无'}）`,
  );
}

/** The enterprise reads why, what it can do, and who looked; and objects. What is disputed cannot be removed. */
async function objects({ api, tokenOf, log }: Day, uscc: string): Promise<void> {
  const enterprise = await tokenOf('enterprise-user', undefined, uscc);
  const { decision, looks, objection } = await passportOf(api, enterprise, uscc);
  const failed = decision?.rules.find(({ outcome }) => outcome === 'fail');
  const hints = decision?.path?.steps.flatMap(({ rules }) => rules.map(({ hint }) => hint)) ?? [];
  log(
    `  ${uscc} 结论 ${decision?.outcome ?? ''}（可复现：${decision?.reproduced ? '是' : '否'}）：${failed?.reason ?? ''}；被查询 ${looks.length} 次`,
  );
  log(`  达标路径：${hints[0] ?? '无'}`);
  const [recordRef = ''] = objection.recordRefs;
  const json = { uscc, recordRef, statement: '该记录所载当事人为同名企业（示例）' };
  const key = keyFor('objection', uscc);
  const filed = Objection.parse(
    (await api.call({ method: 'POST', path: '/v1/objections', token: enterprise, key, json })).body,
  );
  const token = await tokenOf('city-reviewer');
  const removal = await api.call(
    {
      method: 'POST',
      path: `/v1/whitelist/${uscc}/removals`,
      token,
      key: keyFor('removal', uscc),
      json: { reason: '失信被执行人（示例）' },
    },
    [409],
  );
  const { detail } = Problem.parse(removal.body);
  const entry = await entryOf(api, token, uscc);
  log(
    `  提出异议：争议标注 ${entry.disputed ? '已' : '未'}显示，自查限 ${filed.ownCheckBy}、办结限 ${filed.decideBy}（工作日）；移出被拒：${detail ?? ''}`,
  );
}

async function passportOf(api: Api, token: string, uscc: string) {
  return Passport.parse((await api.call({ method: 'GET', path: `/v1/enterprises/${uscc}/passport`, token })).body);
}

async function entryOf(api: Api, token: string, uscc: string) {
  return Entry.parse((await api.call({ method: 'GET', path: `/v1/whitelist/${uscc}`, token })).body);
}
