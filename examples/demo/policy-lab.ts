import * as z from 'zod';
import { divisions } from '#packages/identifiers';
import { keyFor, until, type Api } from '#packages/local/patient-client';
import type { TokenOf } from './people.ts';

const Policy = z.looseObject({
  version: z.string(),
  title: z.string(),
  rules: z.array(z.looseObject({ id: z.string() })),
});
const Policies = z.looseObject({
  items: z.array(z.looseObject({ version: z.string(), inForce: z.boolean(), kind: z.string() })),
});
const Impact = z.looseObject({
  status: z.enum(['running', 'done']),
  gained: z.number(),
  lost: z.number(),
  unchanged: z.number(),
  byDivision: z.array(z.looseObject({ divisionCode: z.string(), gained: z.number(), lost: z.number() })),
});
const Refused = z.looseObject({
  code: z.string(),
  errors: z.array(z.looseObject({ message: z.string() })).default([]),
});
const Started = z.looseObject({ impactId: z.string() });

/** The county whose overlay the demo releases. */
const county = '411522';

/**
 * The city drafts a stricter policy and looks at whom it would take in and lose, without deciding anything; a county
 * tightens the policy for its own enterprises, after an attempt to relax it was refused.
 */
export async function tryPolicies(api: Api, tokenOf: TokenOf, log: (line: string) => void): Promise<void> {
  const admin = await tokenOf('city-admin');
  const core = await inForce(api, admin);
  const draft = {
    ...core,
    version: `${core.version}-strict`,
    title: '只认纳税信用 A 级（草案，示例）',
    rules: core.rules.map(onlyGradeA),
  };
  await post(api, admin, '/v1/screening-policies', draft);
  const impact = await impactOf(api, admin, draft.version);
  log(
    `  草案 ${draft.version}（未发布）：新增 ${impact.gained} 家，失去 ${impact.lost} 家，不变 ${impact.unchanged} 家`,
  );
  for (const { divisionCode, gained, lost } of impact.byDivision
    .filter((one) => one.gained + one.lost > 0)
    .slice(0, 3)) {
    log(`    ${divisions.get(divisionCode) ?? divisionCode}：新增 ${gained}，失去 ${lost}`);
  }
  await overlayOf(api, tokenOf, core.version, log);
}

async function overlayOf(api: Api, tokenOf: TokenOf, base: string, log: (line: string) => void): Promise<void> {
  const reviewer = await tokenOf('county-reviewer', county);
  const name = divisions.get(county) ?? county;
  const overlay = {
    base,
    divisionCode: county,
    validFrom: '2026-11-01',
    title: `${name}附加规则（示例）`,
    rules: [],
  };
  const relaxing = {
    ...overlay,
    version: `${county}-relaxed`,
    rules: [{ ...relaxedTaxRule }],
    tighten: [],
  };
  const refused = await api.call(
    { method: 'POST', path: '/v1/screening-policies', token: reviewer, key: keyFor('relaxing', base), json: relaxing },
    [422],
  );
  const { code, errors } = Refused.parse(refused.body);
  log(`  ${name}想放宽市级规则：被拒 ${code}，${errors[0]?.message ?? ''}`);

  const tightening = {
    ...overlay,
    version: `${county}-1`,
    secondOpinion: 'development-reform',
    tighten: [{ ruleId: 'tax-grade-good', and: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B'] } }],
  };
  await post(api, reviewer, '/v1/screening-policies', tightening);
  const release = `/v1/screening-policies/${tightening.version}/releases`;
  await post(api, await tokenOf('city-reviewer'), release, {});
  log(`  ${name}收紧：纳税信用须为 A、B 级，并须发展改革部门意见；另一人批准，今日生效`);
}

const relaxedTaxRule = {
  id: 'tax-grade-good',
  title: '纳税信用不是 D 级即可',
  source: 'credit',
  effect: 'review',
  must: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B', 'M', 'C'] },
  reason: '纳税信用为 D 级',
  hint: '申请修复',
  basis: '示例',
};

function onlyGradeA(rule: z.output<typeof Policy>['rules'][number]) {
  if (rule.id !== 'tax-grade-good') return rule;
  return { ...rule, must: { path: 'credit.taxGrade', op: 'in', value: ['A'] } };
}

async function inForce(api: Api, token: string) {
  const { items } = Policies.parse((await api.call({ method: 'GET', path: '/v1/screening-policies', token })).body);
  const version = items.find((one) => one.kind === 'core' && one.inForce)?.version;
  if (version === undefined) throw new Error('没有现行政策');
  return Policy.parse((await api.call({ method: 'GET', path: `/v1/screening-policies/${version}`, token })).body);
}

async function impactOf(api: Api, token: string, version: string) {
  const path = `/v1/screening-policies/${version}/impacts`;
  const { impactId } = Started.parse((await api.call({ method: 'POST', path, token, json: {} })).body);
  return until('政策影响试算', async () => {
    const impact = Impact.parse((await api.call({ method: 'GET', path: `${path}/${impactId}`, token })).body);
    return impact.status === 'done' ? impact : undefined;
  });
}

async function post(api: Api, token: string, path: string, json: unknown): Promise<void> {
  await api.call({ method: 'POST', path, token, key: keyFor('policy', path, JSON.stringify(json)), json });
}
