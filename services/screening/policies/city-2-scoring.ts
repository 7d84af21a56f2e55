import type { Condition, Scoring, ScoreTable } from '../rules/policy-schema.ts';
import { inForce, invention, unpledged } from './conditions.ts';

/*
 * A hundred points for what speaks for an enterprise, and three tiers. They rank the list for the banks and decide
 * nothing: a rule that failed stays failed. What no source delivers (高新技术企业, 专精特新) gives no points.
 */

/** Months over which a bad record still costs points after it no longer counts against the enterprise. */
const lookbackMonths = 36;

const grade = (path: string, value: string): Condition => ({ path, op: 'equals', value });
const registeredFor = (months: number): Condition => ({
  path: 'credit.registration.registeredOn',
  plusMonths: months,
  op: 'on-or-before',
  value: 'today',
});
const recently = (path: string): Condition => ({ path, plusMonths: lookbackMonths, op: 'on-or-after', value: 'today' });
/** An entry that was made, or was still there, within the last three years. */
const recentEntry: Condition = {
  any: [{ path: 'removedOn', op: 'absent' }, { all: [{ path: 'removedOn', op: 'present' }, recently('removedOn')] }],
};
const owns = (...where: Condition[]): Condition => ({ some: { of: 'ip.assets', where: { all: [...where, inForce] } } });
/** Twenty years from filing, less three. */
const threeYearsLeft: Condition = { path: 'filedOn', plusMonths: 240 - 36, op: 'on-or-after', value: 'today' };

const tables: ScoreTable[] = [
  {
    id: 'score-tax',
    title: '纳税信用',
    hitPolicy: 'first',
    rows: [
      { id: 'score-tax-a', title: 'A 级', when: grade('credit.taxGrade', 'A'), points: 20 },
      { id: 'score-tax-b', title: 'B 级', when: grade('credit.taxGrade', 'B'), points: 12 },
      { id: 'score-tax-m', title: 'M 级', when: grade('credit.taxGrade', 'M'), points: 6 },
    ],
    basis: '纳税信用管理办法；domain 3.2',
  },
  {
    id: 'score-public',
    title: '公共信用综合评价',
    hitPolicy: 'first',
    rows: [
      { id: 'score-public-a', title: 'A 级', when: grade('credit.publicCreditGrade', 'A'), points: 20 },
      { id: 'score-public-b', title: 'B 级', when: grade('credit.publicCreditGrade', 'B'), points: 12 },
    ],
    basis: '评价用作评分；domain 3.2',
  },
  {
    id: 'score-age',
    title: '经营年限',
    hitPolicy: 'first',
    rows: [
      { id: 'score-age-five', title: '登记满五年', when: registeredFor(60), points: 10 },
      { id: 'score-age-three', title: '登记满三年', when: registeredFor(36), points: 6 },
      { id: 'score-age-one', title: '登记满一年', when: registeredFor(12), points: 3 },
    ],
    basis: '经营稳定；domain 3.4',
  },
  {
    id: 'score-record',
    title: '近三年信用记录',
    hitPolicy: 'collect',
    rows: [
      {
        id: 'score-no-penalty',
        title: '近三年没有行政处罚',
        when: { none: { of: 'credit.penalties', where: recently('decidedOn') } },
        points: 10,
      },
      {
        id: 'score-no-list',
        title: '近三年未列入失信名单',
        when: { none: { of: 'credit.lists', where: recentEntry } },
        points: 10,
      },
      {
        id: 'score-no-abnormal',
        title: '近三年未列入经营异常名录',
        when: { none: { of: 'credit.abnormal', where: recentEntry } },
        points: 5,
      },
    ],
    basis: '近三年无不良信用记录；whitelist.lookbackMonths.badCredit = 36；domain 3.4',
  },
  {
    id: 'score-rights',
    title: '知识产权',
    hitPolicy: 'collect',
    rows: [
      {
        id: 'score-lasting-invention',
        title: '有剩余保护期三年以上、未质押的发明专利',
        when: owns(invention, unpledged, threeYearsLeft),
        points: 10,
      },
      { id: 'score-invention', title: '有有效发明专利', when: owns(invention), points: 5 },
      {
        id: 'score-model-or-design',
        title: '有有效实用新型或外观设计',
        when: owns({ path: 'kind', op: 'in', value: ['utility-model', 'design'] }),
        points: 4,
      },
      { id: 'score-trademark', title: '有有效注册商标', when: owns(grade('kind', 'trademark')), points: 3 },
      {
        id: 'score-software-or-layout',
        title: '有软件、作品或布图设计登记',
        when: owns({ path: 'kind', op: 'in', value: ['software', 'copyright', 'ic-layout'] }),
        points: 3,
      },
    ],
    basis: '拥有有效知识产权；专利法第四十二条：发明专利权期限二十年；domain 3.4',
  },
];

export const city2Scoring: Scoring = {
  tables,
  tiers: [
    { id: 'priority', title: '优先支持', atLeast: 80 },
    { id: 'key', title: '重点支持', atLeast: 60 },
    { id: 'general', title: '一般支持', atLeast: 0 },
  ],
  localAtMost: 10,
};
