import type { Condition, Policy } from '../rules/policy-schema.ts';
import { onDisplay } from './conditions.ts';
import {
  industryNominated,
  industryRegistered,
  noAbnormalEntry,
  registeredInNominatingDivision,
  registeredTwelveMonths,
  registrationActive,
  sizeSme,
  taxGradeNotD,
  unpledgedInvention,
} from './shared-rules.ts';

/*
 * The first version of the city's policy, as data. Numbers and effects follow what the basis of each rule says; a city
 * that sees it differently releases its own policy and leaves this one alone.
 */

/** Months that a penalty is shown where the source names no last day, by gravity: the longest the law allows. */
const displayMonths = { minor: 3, general: 12, serious: 36 } as const;

/** A penalty counts until it is repaired, and through the last day of its display. */
function penaltyOnDisplay(gravity: keyof typeof displayMonths): Condition {
  return {
    all: [
      { path: 'gravity', op: 'equals', value: gravity },
      { path: 'decidedOn', op: 'on-or-before', value: 'today' },
      {
        any: [
          { path: 'repairedOn', op: 'absent' },
          { not: { path: 'repairedOn', op: 'on-or-before', value: 'today' } },
        ],
      },
      {
        any: [
          {
            all: [
              { path: 'displayUntil', op: 'present' },
              { path: 'displayUntil', op: 'on-or-after', value: 'today' },
            ],
          },
          {
            all: [
              { path: 'displayUntil', op: 'absent' },
              { path: 'decidedOn', plusMonths: displayMonths[gravity], op: 'on-or-after', value: 'today' },
            ],
          },
        ],
      },
    ],
  };
}

export const city1: Policy = {
  version: 'city-1',
  validFrom: '2026-04-01',
  title: '信阳市知识产权质押融资白名单筛查规则（默认版）',
  rules: [
    registrationActive,
    registeredTwelveMonths,
    registeredInNominatingDivision,
    sizeSme,
    industryNominated,
    industryRegistered,
    {
      id: 'no-serious-list',
      title: '未列入失信被执行人和严重失信主体名单',
      source: 'credit',
      effect: 'exclude',
      must: { none: { of: 'credit.lists', where: onDisplay } },
      reason: '在失信被执行人或严重失信主体名单公示期内',
      hint: '履行义务并完成信用修复，移出名单后重新筛查',
      basis: '河南省社会信用条例第三十四条；最高人民法院关于公布失信被执行人名单信息的若干规定；domain 3.2',
    },
    taxGradeNotD,
    {
      id: 'tax-grade-good',
      title: '纳税信用为 A 级或 B 级',
      source: 'credit',
      effect: 'review',
      must: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B'] },
      reason: '纳税信用不是 A 级或 B 级',
      hint: 'M 级由人工核实，其他等级可申请纳税信用修复或复评',
      basis: '纳税信用管理办法：A ≥ 90 分，B 70 至 89 分；domain 3.2',
    },
    {
      id: 'public-grade-good',
      title: '公共信用综合评价为 A 级或 B 级',
      source: 'credit',
      effect: 'review',
      must: { path: 'credit.publicCreditGrade', op: 'in', value: ['A', 'B'] },
      reason: '公共信用综合评价不是 A 级或 B 级',
      hint: '由人工核实扣分原因',
      basis: '公共信用综合评价按地方模型分级，属可配置的做法；domain 3.2',
    },
    noAbnormalEntry,
    {
      id: 'no-serious-penalty',
      title: '没有公示期内的严重行政处罚',
      source: 'credit',
      effect: 'exclude',
      must: { none: { of: 'credit.penalties', where: penaltyOnDisplay('serious') } },
      reason: '有公示期内的严重行政处罚',
      hint: '公示满最短期限后申请信用修复，或公示期满后重新筛查',
      basis: '国办发〔2025〕22号；信用修复管理办法（2026-04-01 起施行）：严重失信最长公示三年；domain 3.2',
    },
    {
      id: 'no-other-penalty',
      title: '没有公示期内的一般或轻微行政处罚',
      source: 'credit',
      effect: 'review',
      must: {
        none: { of: 'credit.penalties', where: { any: [penaltyOnDisplay('minor'), penaltyOnDisplay('general')] } },
      },
      reason: '有公示期内的一般或轻微行政处罚',
      hint: '履行处罚决定并申请信用修复，或公示期满后重新筛查',
      basis: '国办发〔2025〕22号；信用修复管理办法（2026-04-01 起施行）：一般最长一年、轻微最长三个月；domain 3.2',
    },
    unpledgedInvention,
  ],
};
