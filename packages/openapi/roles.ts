import { type PartnerRole, partnerRoles, people, type Role } from '#packages/roles';

/** What each role is called on the documentation page. */
export const roleNames: Record<Role, string> = {
  'city-admin': '市级管理员',
  'city-reviewer': '市级复核人',
  'county-clerk': '县区经办人',
  'county-reviewer': '县区复核人',
  'park-manager': '园区管理员',
  'enterprise-user': '企业用户',
  auditor: '审计人员',
  regulator: '监管人员',
  bank: '合作银行',
  guarantor: '担保机构',
  insurer: '保险机构',
  platform: '运营平台',
};

/** What a role reaches once it may use a route. */
export const roleReach: Record<Role, string> = {
  'city-admin': '全市',
  'city-reviewer': '全市',
  'county-clerk': '本县区（divisionCode）',
  'county-reviewer': '本县区（divisionCode）',
  'park-manager': '本园区（parkId）',
  'enterprise-user': '本企业（uscc）',
  auditor: '全市，只读',
  regulator: '指标、资金与证明，只读',
  bank: '本行的业务，以及授权其查看的企业',
  guarantor: '本机构参与的方案',
  insurer: '本机构参与的方案',
  platform: '移交给它的处置案件',
};

export function isPartnerRole(role: Role): role is PartnerRole {
  return partnerRoles.some((partner) => partner === role);
}

/** Who may call, in one sentence. */
export function whoMayCall(roles: readonly Role[], open: boolean): string {
  if (open) return '任何人均可调用，不需要凭证。';
  const everyone = people.every((person) => roles.includes(person));
  const named = roles.filter((role) => !everyone || isPartnerRole(role)).map((role) => `${roleNames[role]}（${role}）`);
  return `可调用：${[...(everyone ? ['全部人员角色'] : []), ...named].join('、')}。`;
}

/** The roles for a table: people first. */
export const peopleAndPartners = [...people, ...partnerRoles].map((role) => ({
  role,
  name: roleNames[role],
  proof: isPartnerRole(role) ? '消息签名' : 'Bearer 令牌',
  reach: roleReach[role],
}));
