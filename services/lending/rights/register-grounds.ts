import type { Ground } from './ground.ts';
import {
  feesArePaid,
  isFree,
  isGranted,
  isInForce,
  livesLongEnough,
  ownersConsent,
  should,
  shouldNot,
} from './register-facts.ts';

type Shared = Omit<Ground, 'number'>;

/* What every register asks, some in words of their own. */
const owner: Shared = {
  code: 'not-owner',
  text: '出质人不是登记的权利人',
  hardness: 'hard',
  cure: '由登记的权利人出质，或先办理权利转移登记',
  of: ({ pledgorIsOwner }) => should(pledgorIsOwner),
};
const ended: Shared = {
  code: 'not-in-force',
  text: '权利已终止、期满或被宣告无效（撤销）',
  hardness: 'hard',
  cure: '换用存续的权利',
  of: isInForce,
};
const suspended: Shared = {
  code: 'suspended',
  text: '因权属纠纷中止或被财产保全，质押手续暂停',
  hardness: 'hard',
  cure: '待纠纷解决、保全解除后再办',
  of: (right) => shouldNot(right.suspended),
};
const outlived: Shared = {
  code: 'debt-outlives-right',
  text: '债务履行期限超过权利有效期',
  hardness: 'hard',
  cure: '缩短贷款期限，或换用有效期更长的权利',
  of: livesLongEnough,
};
const contract: Shared = {
  code: 'contract-incomplete',
  text: '质押合同缺少规定的内容',
  hardness: 'hard',
  cure: '补齐质押合同的规定内容',
  of: ({ contractComplete }) => should(contractComplete),
};
const owners: Shared = {
  code: 'co-owners',
  text: '共有权利未经全体共有人同意，又无另行约定',
  hardness: 'hard',
  cure: '取得全体共有人的书面同意，或提供共有人的约定',
  of: ownersConsent,
};
const pledged: Shared = {
  code: 'already-pledged',
  text: '权利已被质押且仍在质押期间',
  hardness: 'hard',
  cure: '先注销原质押登记，或换用未质押的权利',
  of: isFree,
};
const other: Shared = {
  code: 'other',
  text: '其他不予登记的情形',
  hardness: 'hard',
  cure: '按登记机构的意见办理',
  of: ({ otherObstacle }) => shouldNot(otherObstacle),
};
const challenged: Shared = {
  code: 'invalidation-pending',
  text: '权利已被启动无效宣告（撤销）程序',
  hardness: 'curable',
  cure: '双方当事人被告知后书面声明仍愿质押，或待程序终结',
  of: ({ invalidationPending }) => shouldNot(invalidationPending),
};

/** The twelve of 专利权质押登记办法 (国家知识产权局公告第 461 号, 2021-11-15). */
export const patentGrounds: readonly Ground[] = [
  { number: 1, ...owner },
  { number: 2, ...ended },
  {
    number: 3,
    code: 'not-granted',
    text: '专利申请尚未授权',
    hardness: 'hard',
    cure: '待授权公告后再办质押',
    of: isGranted,
  },
  {
    number: 4,
    code: 'fee-unpaid',
    text: '专利年费未按规定缴纳',
    hardness: 'hard',
    cure: '在滞纳期内补缴年费和滞纳金',
    of: feesArePaid,
  },
  { number: 5, ...suspended },
  { number: 6, ...outlived },
  { number: 7, ...contract },
  { number: 8, ...owners },
  { number: 9, ...pledged },
  {
    number: 10,
    code: 'same-day-invention',
    text: '同一申请人同日就同样的发明创造另申请了发明专利',
    hardness: 'curable',
    cure: '双方当事人被告知后书面声明仍愿质押',
    of: ({ kind, sameDayInvention }) => (kind === 'utility-model' ? shouldNot(sameDayInvention) : 'pass'),
  },
  { number: 11, ...challenged },
  { number: 12, ...other },
];

/** 注册商标专用权质押登记程序规定 (国家知识产权局公告第 358 号, 2020). */
export const trademarkGrounds: readonly Ground[] = [
  { number: 1, ...owner },
  {
    number: 2,
    code: 'not-registered',
    text: '商标尚未核准注册',
    hardness: 'hard',
    cure: '待核准注册后再办质押',
    of: isGranted,
  },
  { number: 3, ...ended, text: '注册商标已被注销、撤销、宣告无效，或期满且宽展期已过' },
  { number: 4, ...suspended },
  { number: 5, ...contract },
  { number: 6, ...owners },
  { number: 7, ...pledged },
  {
    number: 8,
    code: 'similar-marks-left-out',
    text: '在相同或类似商品上注册的相同或近似商标未一并质押',
    hardness: 'hard',
    cure: '将相同或近似商标一并办理质押',
    of: ({ similarMarksIncluded }) => should(similarMarksIncluded),
  },
  { number: 9, ...other },
];

/** 著作权质权登记办法 (国家版权局令第 8 号, 2010). */
export const copyrightGrounds: readonly Ground[] = [
  { number: 1, ...owner },
  { number: 2, ...contract },
  { number: 3, ...ended, text: '著作权保护期已届满或权利已不存在' },
  { number: 4, ...outlived },
  { number: 5, ...suspended, text: '著作权存在权属争议或被财产保全' },
  { number: 6, ...owners },
  { number: 7, ...pledged },
  { number: 8, ...other },
];

/** No measure of its own was found for layouts: read by analogy with patents (集成电路布图设计保护条例). */
export const layoutGrounds: readonly Ground[] = [
  { number: 1, ...owner },
  {
    number: 2,
    code: 'not-registered',
    text: '布图设计尚未登记',
    hardness: 'hard',
    cure: '待登记公告后再办质押',
    of: isGranted,
  },
  { number: 3, ...ended },
  { number: 4, ...suspended },
  { number: 5, ...outlived },
  { number: 6, ...contract },
  { number: 7, ...owners },
  { number: 8, ...pledged },
  { number: 9, ...challenged },
  { number: 10, ...other },
];

/** 动产和权利担保统一登记办法; 担保制度解释第六十一条. The register itself examines nothing, so what is weak stays weak. */
export const incomeGrounds: readonly Ground[] = [
  { number: 1, ...owner, text: '出质人不是许可合同的收款权利人', cure: '由许可合同的收款权利人出质' },
  {
    number: 2,
    code: 'debtor-unconfirmed',
    text: '被许可人未确认应付许可费真实存在',
    hardness: 'curable',
    cure: '取得被许可人的书面确认，或双方声明知悉并自担举证之责',
    of: ({ debtorConfirmed }) => should(debtorConfirmed),
  },
  {
    number: 3,
    code: 'wrong-register',
    text: '未在动产融资统一登记公示系统（中登网）登记：国家知识产权局的登记不设立应收账款质权',
    hardness: 'hard',
    cure: '在中登网办理应收账款质押登记',
    of: ({ register }) => should(register === undefined ? undefined : register === 'zhongdeng'),
  },
  {
    number: 4,
    code: 'assigned',
    text: '许可收益已转让或保理',
    hardness: 'hard',
    cure: '先解除在先的转让，或换用未转让的收益',
    of: ({ assigned }) => shouldNot(assigned),
  },
  { number: 5, ...ended, text: '许可合同已终止或所许可的权利已失效' },
  { number: 6, ...outlived, text: '债务履行期限超过许可合同期限' },
  { number: 7, ...contract },
  { number: 8, ...pledged, text: '许可收益已被质押且仍在质押期间' },
  { number: 9, ...other },
];
