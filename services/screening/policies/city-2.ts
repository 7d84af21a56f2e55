import type { ListKind } from '../facts.ts';
import type { Policy, Rule } from '../rules/policy-schema.ts';
import { inForce, invention, onDisplay, penaltyOnDisplay, unpledged, withinTerm } from './conditions.ts';
import { city2Scoring } from './city-2-scoring.ts';
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
 * The second version of the city's policy: every list by its own law, penalties graded by the rule that held when they
 * were decided, and points. It asks only for facts that the two sources and the nomination deliver.
 */

/** One rule for each list, because each has its own law, its own authority and its own way off it. */
function notListed(kind: (typeof ListKind.options)[number], name: string, hint: string, basis: string): Rule {
  return {
    id: `no-${kind}`,
    title: `未列入${name}`,
    source: 'credit',
    effect: 'exclude',
    must: {
      none: { of: 'credit.lists', where: { all: [{ path: 'kind', op: 'equals', value: kind }, onDisplay] } },
    },
    reason: `在${name}公示期内`,
    hint,
    basis: `${basis}；domain 3.2`,
  };
}

const lists: Rule[] = [
  notListed(
    'dishonest-debtor',
    '失信被执行人名单',
    '履行生效法律文书确定的义务，由法院在三个工作日内删除后重新筛查',
    '最高人民法院关于公布失信被执行人名单信息的若干规定',
  ),
  notListed(
    'serious-tax',
    '重大税收违法失信主体名单',
    '缴清税款、滞纳金和罚款，向税务机关申请提前停止公布',
    '重大税收违法失信主体信息公布管理办法',
  ),
  notListed(
    'market-serious',
    '市场监管严重违法失信名单',
    '列入满一年后可向市场监管部门申请提前移出',
    '市场监督管理严重违法失信名单管理办法',
  ),
  notListed(
    'wage-arrears',
    '拖欠农民工工资失信联合惩戒名单',
    '清偿工资后，向人力资源社会保障部门申请移出',
    '拖欠农民工工资失信联合惩戒对象名单管理暂行办法',
  ),
  notListed(
    'ip-serious',
    '知识产权严重违法失信名单',
    '改正违法行为，期满或经批准提前移出后重新筛查',
    '国家知识产权局知识产权信用管理规定',
  ),
  notListed('procurement', '政府采购严重违法失信行为记录名单', '处罚期满移出后重新筛查', '政府采购法第七十七条'),
  notListed(
    'safety',
    '安全生产严重失信主体名单',
    '整改合格后，向应急管理部门申请移出',
    '安全生产严重失信主体名单管理办法',
  ),
  notListed(
    'environment',
    '生态环境严重失信主体名单',
    '整改合格后，向生态环境部门申请移出',
    '河南省社会信用条例第三十四条',
  ),
];

const registration: Rule[] = [
  registrationActive,
  registeredTwelveMonths,
  registeredInNominatingDivision,
  {
    id: 'founded-by-today',
    title: '申报的成立日期不晚于当日',
    source: 'nomination',
    effect: 'review',
    must: { path: 'nomination.foundedOn', op: 'on-or-before', value: 'today' },
    reason: '申报的成立日期在当日之后，申报有误',
    hint: '由推荐县区更正成立日期',
    basis: '推荐县区核实申报事实；domain 3.5',
  },
  sizeSme,
  industryNominated,
  industryRegistered,
];

const credit: Rule[] = [
  taxGradeNotD,
  {
    id: 'tax-grade-good',
    title: '纳税信用为 A、B 或 M 级',
    source: 'credit',
    effect: 'review',
    must: { path: 'credit.taxGrade', op: 'in', value: ['A', 'B', 'M'] },
    reason: '纳税信用不是 A、B 或 M 级',
    hint: '向税务机关申请纳税信用修复或复评',
    basis: '纳税信用管理办法：A ≥ 90 分，B 70 至 89 分，M 为新设；domain 3.2：A、B、M 可，C 由人工审核',
  },
  {
    id: 'public-grade-good',
    title: '公共信用综合评价为 A 级或 B 级',
    source: 'credit',
    effect: 'review',
    must: { path: 'credit.publicCreditGrade', op: 'in', value: ['A', 'B'] },
    reason: '公共信用综合评价不是 A 级或 B 级',
    hint: '由人工核实扣分原因；评价不得作为唯一的排除理由',
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
    hint: '公示满一年后可申请信用修复，或公示期满后重新筛查',
    basis:
      '国办发〔2025〕22号；信用修复管理办法（2026-04-01 起施行）：一年至三年；此前按发展改革委令第58号，最长三年；domain 3.2',
  },
  {
    id: 'no-general-penalty',
    title: '没有公示期内的一般行政处罚',
    source: 'credit',
    effect: 'review',
    must: { none: { of: 'credit.penalties', where: penaltyOnDisplay('general') } },
    reason: '有公示期内的一般行政处罚',
    hint: '履行处罚决定，公示满三个月后可申请信用修复，或公示期满后重新筛查',
    basis:
      '国办发〔2025〕22号；信用修复管理办法（2026-04-01 起施行）：三个月至一年；此前按发展改革委令第58号，最长三年；domain 3.2',
  },
  {
    id: 'no-minor-penalty',
    title: '没有公示期内的轻微行政处罚',
    source: 'credit',
    effect: 'review',
    must: { none: { of: 'credit.penalties', where: penaltyOnDisplay('minor') } },
    reason: '有公示期内的轻微行政处罚',
    hint: '履行处罚决定；公示期最长三个月，期满后自动符合',
    basis: '国办发〔2025〕22号；市场监督管理行政处罚信息公示规定：最长三个月；domain 3.2',
  },
];

const rights: Rule[] = [
  {
    id: 'right-in-force',
    title: '有有效的知识产权',
    source: 'ip',
    effect: 'review',
    must: { some: { of: 'ip.assets', where: inForce } },
    reason: '没有有效的知识产权',
    hint: '取得授权或登记，或补缴年费恢复权利',
    basis: '拥有有效知识产权；domain 3.4',
  },
  unpledgedInvention,
  {
    id: 'invention-within-term',
    title: '可质押的发明专利在法定期限内',
    source: 'ip',
    effect: 'review',
    // Asked only of who has such an invention: who has none has failed the rule before this one already.
    must: {
      any: [
        { none: { of: 'ip.assets', where: { all: [invention, inForce, unpledged] } } },
        { some: { of: 'ip.assets', where: { all: [invention, inForce, unpledged, withinTerm] } } },
      ],
    },
    reason: '平台记为有效的发明专利，自申请日起已满二十年',
    hint: '核对专利登记簿；以其他在期限内的发明专利申报',
    basis: '专利法第四十二条：发明专利权的期限为二十年，自申请日起计算；拥有有效知识产权；domain 3.4',
  },
];

export const city2: Policy = {
  version: 'city-2',
  validFrom: '2026-11-01',
  title: '信阳市知识产权质押融资白名单筛查规则（第二版）',
  hitPolicy: 'collect',
  rules: [...registration, ...lists, ...credit, ...rights],
  scoring: city2Scoring,
};
