import type { Rule } from '../rules/policy-schema.ts';
import { inForce, invention, onDisplay, restrictedIndustries, unpledged } from './conditions.ts';

/*
 * Rules that the city's policies have in common, word for word. A released version never changes: what a later one says
 * differently it writes itself.
 */

export const registrationActive: Rule = {
  id: 'registration-active',
  title: '企业登记状态为存续',
  source: 'credit',
  effect: 'exclude',
  must: { path: 'credit.registration.status', op: 'equals', value: 'active' },
  reason: '企业登记状态不是存续（已注销、吊销、解散或停业）',
  hint: '恢复正常登记状态后重新申报',
  basis: '解散、吊销、注销的企业不予纳入；domain 3.4',
};

export const registeredTwelveMonths: Rule = {
  id: 'registered-twelve-months',
  title: '登记满十二个月',
  source: 'credit',
  effect: 'review',
  must: { path: 'credit.registration.registeredOn', plusMonths: 12, op: 'on-or-before', value: 'today' },
  reason: '登记未满十二个月',
  hint: '登记满十二个月后自动符合',
  basis: '穗知规字〔2020〕1号等：登记满一年；whitelist.minAgeMonths = 12；期间按民法典第二百零二条计算',
};

export const registeredInNominatingDivision: Rule = {
  id: 'registered-in-nominating-division',
  title: '登记地在推荐的县区',
  source: 'credit',
  effect: 'review',
  must: { path: 'credit.registration.divisionCode', op: 'in', value: { path: 'nomination.divisionCodes' } },
  reason: '登记地与推荐县区不一致，企业可能已迁移',
  hint: '由登记地县区推荐，或核实迁移情况',
  basis: '信知战联办〔2021〕4号：县区推荐本地企业；domain 3.4、3.5',
};

export const sizeSme: Rule = {
  id: 'size-sme',
  title: '属于中小微企业',
  source: 'nomination',
  effect: 'exclude',
  must: { path: 'nomination.sizeClass', op: 'in', value: ['micro', 'small', 'medium'] },
  reason: '大型企业不在支持范围内',
  hint: '规模划型有误的，由推荐县区更正',
  basis: '中小企业划型标准（工信部联企业〔2011〕300号）；domain 3.4',
};

export const industryNominated: Rule = {
  id: 'industry-nominated',
  title: '申报行业不属于限制行业',
  source: 'nomination',
  effect: 'exclude',
  must: { not: { path: 'nomination.industryCode', op: 'begins-with', value: restrictedIndustries } },
  reason: '申报行业属于限制行业（金融、房地产或烟草）',
  hint: '行业代码有误的，由推荐县区更正',
  basis: '排除金融、房地产和限制行业（深圳坪山 2026）；domain 3.4',
};

export const industryRegistered: Rule = {
  id: 'industry-registered',
  title: '登记行业不属于限制行业',
  source: 'credit',
  effect: 'exclude',
  must: { not: { path: 'credit.registration.industryCode', op: 'begins-with', value: restrictedIndustries } },
  reason: '登记行业属于限制行业（金融、房地产或烟草）',
  hint: '行业登记有误的，向登记机关申请更正',
  basis: '排除金融、房地产和限制行业（深圳坪山 2026）；domain 3.4',
};

export const taxGradeNotD: Rule = {
  id: 'tax-grade-not-d',
  title: '纳税信用不是 D 级',
  source: 'credit',
  effect: 'exclude',
  must: { path: 'credit.taxGrade', op: 'not-in', value: ['D'] },
  reason: '纳税信用为 D 级',
  hint: '向税务机关申请纳税信用修复或复评',
  basis: '纳税信用管理办法：D 级 < 40 分；domain 3.2',
};

export const noAbnormalEntry: Rule = {
  id: 'no-abnormal-entry',
  title: '未列入经营异常名录',
  source: 'credit',
  effect: 'review',
  must: { none: { of: 'credit.abnormal', where: onDisplay } },
  reason: '在经营异常名录公示期内',
  hint: '补报年报或更正公示信息，向市场监管部门申请移出',
  basis: '企业信息公示暂行条例第十七条；domain 3.2',
};

export const unpledgedInvention: Rule = {
  id: 'unpledged-invention',
  title: '有未质押的有效发明专利',
  source: 'ip',
  effect: 'review',
  must: { some: { of: 'ip.assets', where: { all: [invention, inForce, unpledged] } } },
  reason: '没有未质押的有效发明专利',
  hint: '取得发明专利授权、补缴年费，或解除已有质押',
  basis: '信知战联办〔2021〕4号：以有效知识产权质押；专利权质押登记办法：已质押的不得重复质押；domain 3.4',
};
