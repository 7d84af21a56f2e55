import { type CreditFacts, type IpFacts, ListKind, type NominationFacts, type ScreeningFacts } from '../facts.ts';
import type { PolicyCase } from '../rules/coverage.ts';
import { knownAnswer, sampleToday as today, soundFacts } from '../rules/sample-facts.ts';

/*
 * What the second version of the city's policy is meant to decide. Each case is the sound enterprise with one thing
 * changed, on both sides of every edge that a rule has.
 */

type Change = { nomination?: Partial<NominationFacts>; credit?: Partial<CreditFacts>; ip?: Partial<IpFacts> };
type Penalty = CreditFacts['penalties'][number];
type Asset = IpFacts['assets'][number];

const sound = soundFacts();
const { registration } = sound.credit;
const tomorrow = '2026-11-24';
const yesterday = '2026-11-22';

function factsWith({ nomination, credit, ip }: Change): ScreeningFacts {
  return {
    nomination: { ...sound.nomination, data: { ...sound.nomination.data, ...nomination } },
    credit: knownAnswer('credit-1', { ...sound.credit, ...credit }),
    ip: knownAnswer('ip-1', { ...sound.ip, ...ip }),
  };
}

/** A case of one changed fact and the rules that it fails. */
function changed(
  name: string,
  change: Change,
  outcome: PolicyCase['expect']['outcome'],
  ...failing: string[]
): PolicyCase {
  return { name, facts: factsWith(change), today, expect: { outcome, failing } };
}

const registered = (change: Partial<typeof registration>): Change => ({
  credit: { registration: { ...registration, ...change } },
});
const penalised = (gravity: Penalty['gravity'], change: Partial<Penalty>): Change => ({
  credit: {
    penalties: [{ documentNo: '信市监罚〔2026〕1号', decidedOn: today, gravity, fineFen: 100_000, ...change }],
  },
});
const owning = (...changes: Partial<Asset>[]): Change => ({
  ip: { assets: changes.map((change) => ({ ...invention, ...change })) },
});
const invention: Asset = {
  kind: 'invention',
  number: '201310699744.2',
  title: '一种茶叶杀青装置',
  status: 'in-force',
  filedOn: '2013-12-18',
  grantedOn: '2016-08-17',
  pledged: false,
};

const listCases = ListKind.options.flatMap((kind) => [
  changed(`列入 ${kind}`, { credit: { lists: [{ kind, listedOn: today }] } }, 'exclude', `no-${kind}`),
  changed(`移出 ${kind}`, { credit: { lists: [{ kind, listedOn: '2025-01-01', removedOn: today }] } }, 'pass'),
]);

const registrationCases = [
  changed('登记已吊销', registered({ status: 'revoked' }), 'exclude', 'registration-active'),
  changed('登记满一年当日', registered({ registeredOn: '2025-11-23' }), 'pass'),
  changed('登记差一日满一年', registered({ registeredOn: '2025-11-24' }), 'review', 'registered-twelve-months'),
  changed('登记在别县', registered({ divisionCode: '411503' }), 'review', 'registered-in-nominating-division'),
  changed('迁移后由新县区再推荐', { nomination: { divisionCodes: ['411503', '411502'] } }, 'pass'),
  changed('申报成立日期在明日', { nomination: { foundedOn: tomorrow } }, 'review', 'founded-by-today'),
  changed('大型企业', { nomination: { sizeClass: 'large' } }, 'exclude', 'size-sme'),
  changed('微型企业', { nomination: { sizeClass: 'micro' } }, 'pass'),
  changed('申报行业为金融', { nomination: { industryCode: 'J6631' } }, 'exclude', 'industry-nominated'),
  changed('登记行业为房地产', registered({ industryCode: 'K7010' }), 'exclude', 'industry-registered'),
  changed('登记行业为烟草', registered({ industryCode: 'C16' }), 'exclude', 'industry-registered'),
  changed('登记行业为软件', registered({ industryCode: 'I6520' }), 'pass'),
];

const gradeCases = [
  changed('纳税信用 B 级', { credit: { taxGrade: 'B' } }, 'pass'),
  changed('纳税信用 M 级', { credit: { taxGrade: 'M' } }, 'pass'),
  changed('纳税信用 C 级', { credit: { taxGrade: 'C' } }, 'review', 'tax-grade-good'),
  changed('纳税信用 D 级', { credit: { taxGrade: 'D' } }, 'exclude', 'tax-grade-not-d', 'tax-grade-good'),
  changed('公共信用 A 级', { credit: { publicCreditGrade: 'A' } }, 'pass'),
  changed('公共信用 D 级不单独排除', { credit: { publicCreditGrade: 'D' } }, 'review', 'public-grade-good'),
  changed('列入经营异常名录', { credit: { abnormal: [{ listedOn: '2026-07-08' }] } }, 'review', 'no-abnormal-entry'),
  changed('当日移出经营异常名录', { credit: { abnormal: [{ listedOn: '2025-07-08', removedOn: today }] } }, 'pass'),
];

// The rule that grades display by gravity holds from 2026-04-01; what was decided before keeps the older rule.
const penaltyCases = [
  changed('轻微处罚满三个月', penalised('minor', { decidedOn: '2026-08-22' }), 'pass'),
  changed('轻微处罚三个月内', penalised('minor', { decidedOn: '2026-08-23' }), 'review', 'no-minor-penalty'),
  changed('轻微处罚按旧规满三个月', penalised('minor', { decidedOn: '2026-03-31' }), 'pass'),
  changed('一般处罚新规内', penalised('general', { decidedOn: '2026-04-01' }), 'review', 'no-general-penalty'),
  changed('一般处罚旧规三年内', penalised('general', { decidedOn: '2023-11-23' }), 'review', 'no-general-penalty'),
  changed('一般处罚旧规三年已满', penalised('general', { decidedOn: '2023-11-22' }), 'pass'),
  changed('一般处罚载明到期日', penalised('general', { decidedOn: '2025-10-01', displayUntil: yesterday }), 'pass'),
  changed('严重处罚三年内', penalised('serious', { decidedOn: '2023-11-23' }), 'exclude', 'no-serious-penalty'),
  changed('严重处罚三年已满', penalised('serious', { decidedOn: '2023-11-22' }), 'pass'),
  changed('严重处罚当日修复', penalised('serious', { decidedOn: '2025-10-01', repairedOn: today }), 'pass'),
  changed(
    '严重处罚明日修复',
    penalised('serious', { decidedOn: '2025-10-01', repairedOn: tomorrow }),
    'exclude',
    'no-serious-penalty',
  ),
  changed(
    '严重处罚公示至当日',
    penalised('serious', { decidedOn: '2021-10-01', displayUntil: today }),
    'exclude',
    'no-serious-penalty',
  ),
  changed('严重处罚公示至昨日', penalised('serious', { decidedOn: '2025-10-01', displayUntil: yesterday }), 'pass'),
  {
    ...changed('一般处罚新规一年已满', penalised('general', { decidedOn: '2026-04-01' }), 'pass'),
    today: '2027-04-02',
  },
  {
    ...changed(
      '一般处罚新规一年当日',
      penalised('general', { decidedOn: '2026-04-01' }),
      'review',
      'no-general-penalty',
    ),
    today: '2027-04-01',
  },
  {
    ...changed(
      '一般处罚旧规不因新规缩短',
      penalised('general', { decidedOn: '2026-03-31' }),
      'review',
      'no-general-penalty',
    ),
    today: '2027-04-02',
  },
];

const rightsCases = [
  changed('没有知识产权', owning(), 'review', 'right-in-force', 'unpledged-invention'),
  changed('发明专利均已质押', owning({ pledged: true }), 'review', 'unpledged-invention'),
  changed('只有实用新型', owning({ kind: 'utility-model' }), 'review', 'unpledged-invention'),
  changed('发明专利欠缴年费', owning({ status: 'fee-overdue' }), 'review', 'right-in-force', 'unpledged-invention'),
  changed('另有未质押的发明专利', owning({ pledged: true }, {}), 'pass'),
  changed('发明专利次日满二十年', owning({ filedOn: '2006-11-24' }), 'pass'),
  changed('发明专利当日满二十年', owning({ filedOn: '2006-11-23' }), 'review', 'invention-within-term'),
  changed('另有期限内的发明专利', owning({ filedOn: '2001-03-05' }, {}), 'pass'),
];

const tierCases = [
  { name: '稳健企业优先支持', facts: factsWith({}), today, expect: { outcome: 'pass', failing: [], tier: 'priority' } },
  {
    name: '信用中等重点支持',
    facts: factsWith({
      credit: { taxGrade: 'B', registration: { ...registration, registeredOn: '2022-06-01' } },
      ...owning({ filedOn: '2008-01-01' }, { kind: 'trademark' }, { kind: 'software' }),
    }),
    today,
    expect: { outcome: 'pass', failing: [], tier: 'key' },
  },
  {
    name: '新设企业一般支持',
    facts: factsWith({
      credit: { taxGrade: 'M', registration: { ...registration, registeredOn: '2025-10-01' } },
      ...owning({ filedOn: '2008-01-01' }),
    }),
    today,
    expect: { outcome: 'pass', failing: [], tier: 'general' },
  },
  {
    name: '高分不抵排除',
    facts: factsWith({ credit: { publicCreditGrade: 'A' }, nomination: { sizeClass: 'large' } }),
    today,
    expect: { outcome: 'exclude', failing: ['size-sme'], tier: 'priority' },
  },
] satisfies PolicyCase[];

const fetchedAt = '2026-11-23T01:00:00.000Z';
const { registration: _registration, ...unregistered } = sound.credit;
const { taxGrade: _taxGrade, ...untaxed } = sound.credit;
const { publicCreditGrade: _publicCreditGrade, ...ungraded } = sound.credit;
const rightsRules = ['right-in-force', 'unpledged-invention', 'invention-within-term'];
const silentCases: [string, Partial<ScreeningFacts>, PolicyCase['expect']['outcome'], string[]][] = [
  ['没有纳税信用', { credit: knownAnswer('credit-1', untaxed) }, 'review', ['tax-grade-not-d', 'tax-grade-good']],
  ['没有公共信用评价', { credit: knownAnswer('credit-1', ungraded) }, 'review', ['public-grade-good']],
  [
    '没有登记信息',
    { credit: knownAnswer('credit-1', unregistered) },
    'review',
    ['registration-active', 'registered-twelve-months', 'registered-in-nominating-division', 'industry-registered'],
  ],
  ['平台查无此企业', { ip: { kind: 'unknown-there', fetchedAt } }, 'review', rightsRules],
  ['平台没有答复', { ip: { kind: 'unavailable', reason: 'timeout', fetchedAt } }, 'stale', rightsRules],
  ['没有查询授权', { ip: { kind: 'no-consent' } }, 'stale', rightsRules],
];

export const city2Cases: readonly PolicyCase[] = [
  ...registrationCases,
  ...listCases,
  ...gradeCases,
  ...penaltyCases,
  ...rightsCases,
  ...tierCases,
  ...silentCases.map(([name, change, outcome, unknown]) => ({
    name,
    facts: { ...factsWith({}), ...change },
    today,
    expect: { outcome, failing: [], unknown },
  })),
];
