import type { Condition, Policy } from '../rules/policy-schema.ts';

/*
 * The first version of the city's policy, as data. Numbers and effects follow what the basis of each rule says; a city
 * that sees it differently releases its own policy and leaves this one alone.
 */

/** Months that a penalty is shown where the source names no last day, by gravity: the longest the law allows. */
const displayMonths = { minor: 3, general: 12, serious: 36 } as const;

/** An entry counts from the day it is listed until the day before it is removed. */
const onDisplay: Condition = {
  all: [
    { path: 'listedOn', op: 'on-or-before', value: 'today' },
    {
      any: [{ path: 'removedOn', op: 'absent' }, { not: { path: 'removedOn', op: 'on-or-before', value: 'today' } }],
    },
  ],
};

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

/** Finance (J66–J69), real estate (K70) and tobacco (C16) by GB/T 4754; a prefix covers every class below it. */
const restrictedIndustries = ['J', 'K', 'C16'];

export const city1: Policy = {
  version: 'city-1',
  validFrom: '2026-04-01',
  title: '信阳市知识产权质押融资白名单筛查规则（默认版）',
  rules: [
    {
      id: 'registration-active',
      title: '企业登记状态为存续',
      source: 'credit',
      effect: 'exclude',
      must: { path: 'credit.registration.status', op: 'equals', value: 'active' },
      reason: '企业登记状态不是存续（已注销、吊销、解散或停业）',
      hint: '恢复正常登记状态后重新申报',
      basis: '解散、吊销、注销的企业不予纳入；domain 3.4',
    },
    {
      id: 'registered-twelve-months',
      title: '登记满十二个月',
      source: 'credit',
      effect: 'review',
      must: { path: 'credit.registration.registeredOn', plusMonths: 12, op: 'on-or-before', value: 'today' },
      reason: '登记未满十二个月',
      hint: '登记满十二个月后自动符合',
      basis: '穗知规字〔2020〕1号等：登记满一年；whitelist.minAgeMonths = 12；期间按民法典第二百零二条计算',
    },
    {
      id: 'registered-in-nominating-division',
      title: '登记地在推荐的县区',
      source: 'credit',
      effect: 'review',
      must: { path: 'credit.registration.divisionCode', op: 'in', value: { path: 'nomination.divisionCodes' } },
      reason: '登记地与推荐县区不一致，企业可能已迁移',
      hint: '由登记地县区推荐，或核实迁移情况',
      basis: '信知战联办〔2021〕4号：县区推荐本地企业；domain 3.4、3.5',
    },
    {
      id: 'size-sme',
      title: '属于中小微企业',
      source: 'nomination',
      effect: 'exclude',
      must: { path: 'nomination.sizeClass', op: 'in', value: ['micro', 'small', 'medium'] },
      reason: '大型企业不在支持范围内',
      hint: '规模划型有误的，由推荐县区更正',
      basis: '中小企业划型标准（工信部联企业〔2011〕300号）；domain 3.4',
    },
    {
      id: 'industry-nominated',
      title: '申报行业不属于限制行业',
      source: 'nomination',
      effect: 'exclude',
      must: { not: { path: 'nomination.industryCode', op: 'begins-with', value: restrictedIndustries } },
      reason: '申报行业属于限制行业（金融、房地产或烟草）',
      hint: '行业代码有误的，由推荐县区更正',
      basis: '排除金融、房地产和限制行业（深圳坪山 2026）；domain 3.4',
    },
    {
      id: 'industry-registered',
      title: '登记行业不属于限制行业',
      source: 'credit',
      effect: 'exclude',
      must: { not: { path: 'credit.registration.industryCode', op: 'begins-with', value: restrictedIndustries } },
      reason: '登记行业属于限制行业（金融、房地产或烟草）',
      hint: '行业登记有误的，向登记机关申请更正',
      basis: '排除金融、房地产和限制行业（深圳坪山 2026）；domain 3.4',
    },
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
    {
      id: 'tax-grade-not-d',
      title: '纳税信用不是 D 级',
      source: 'credit',
      effect: 'exclude',
      must: { path: 'credit.taxGrade', op: 'not-in', value: ['D'] },
      reason: '纳税信用为 D 级',
      hint: '向税务机关申请纳税信用修复或复评',
      basis: '纳税信用管理办法：D 级 < 40 分；domain 3.2',
    },
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
    {
      id: 'no-abnormal-entry',
      title: '未列入经营异常名录',
      source: 'credit',
      effect: 'review',
      must: { none: { of: 'credit.abnormal', where: onDisplay } },
      reason: '在经营异常名录公示期内',
      hint: '补报年报或更正公示信息，向市场监管部门申请移出',
      basis: '企业信息公示暂行条例第十七条；domain 3.2',
    },
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
    {
      id: 'unpledged-invention',
      title: '有未质押的有效发明专利',
      source: 'ip',
      effect: 'review',
      must: {
        some: {
          of: 'ip.assets',
          where: {
            all: [
              { path: 'kind', op: 'equals', value: 'invention' },
              { path: 'status', op: 'equals', value: 'in-force' },
              { path: 'pledged', op: 'equals', value: false },
            ],
          },
        },
      },
      reason: '没有未质押的有效发明专利',
      hint: '取得发明专利授权、补缴年费，或解除已有质押',
      basis: '信知战联办〔2021〕4号：以有效知识产权质押；专利权质押登记办法：已质押的不得重复质押；domain 3.4',
    },
  ],
};
