/**
 * What can be booked, and between which accounts: each leg is `[debit, credit]`. A kind without legs moves nothing: it
 * is an act that others depend on (a suspension, terms, a seal), booked so that its exact place in the order is on
 * record. A correction takes back an entry: its legs are those of any kind, the other way round.
 */
type Leg = readonly [debit: string, credit: string];
type EntryKind = { name: string; legs: readonly Leg[] };

const memoEnrolled: readonly Leg[] = [
  ['9001', '9002'],
  ['9003', '9004'],
];
const memoReleased: readonly Leg[] = [
  ['9002', '9001'],
  ['9004', '9003'],
];

/** An approval that came to nothing: the loan moved before it was paid. */
const lapsed: readonly Leg[] = [
  ['9003', '9004'],
  ['2201', '1221'],
];
const countyPays: readonly Leg[] = [
  ['9011', '9012'],
  ['9013', '9014'],
];
const countyGetsBack: readonly Leg[] = [['9012', '9011']];

const kinds = {
  'contribution-called': { name: '应缴出资', legs: [['1131', '3101']] },
  'contribution-received': {
    name: '收到出资',
    legs: [
      ['1002', '1131'],
      ['1002', '3101'],
    ],
  },
  'contribution-return-approved': { name: '核准退还出资', legs: [['3101', '2203']] },
  'contribution-returned': { name: '退还出资', legs: [['2203', '1002']] },
  'interest-credited': { name: '利息收入', legs: [['1002', '4101']] },
  'fee-charged': { name: '手续费及费用', legs: [['5102', '1002']] },
  'transferred-out': { name: '划往其他资金池', legs: [['1009', '1002']] },
  'transferred-in': { name: '其他资金池划入', legs: [['1002', '1009']] },
  'receipt-unidentified': { name: '待查收款', legs: [['1002', '2204']] },
  'receipt-identified': {
    name: '待查收款认领',
    legs: [
      ['2204', '1131'],
      ['2204', '3101'],
      ['2204', '1221'],
      ['2204', '2202'],
      ['2204', '2203'],
      ['2204', '4101'],
      ['2204', '4201'],
      ['2204', '1002'],
    ],
  },
  'exposure-reserved': { name: '入池备案', legs: memoEnrolled },
  'exposure-released': { name: '责任解除', legs: memoReleased },
  'claim-filed': {
    name: '索赔受理',
    legs: [
      ['9002', '9001'],
      ['9005', '9006'],
    ],
  },
  'claim-turned-down': {
    name: '索赔退回或不予补偿',
    legs: [['9001', '9002'], ['9006', '9005'], ...lapsed],
  },
  'claim-approved': {
    name: '核准补偿',
    legs: [
      ['1221', '2201'],
      ['9006', '9005'],
      ['9004', '9003'],
    ],
  },
  'compensation-instructed': { name: '补偿款付款指令', legs: [['2201', '1003']] },
  'compensation-failed': { name: '补偿款付款失败', legs: [['1003', '2201']] },
  'compensation-paid': {
    name: '支付补偿款',
    legs: [
      ['2201', '1002'],
      ['1003', '1002'],
      ['9009', '9010'],
      // What is not owed any more: the loss became less, or the bank bears what the county did not bring.
      ['2201', '1221'],
      ...countyPays,
    ],
  },
  'claim-settled': {
    name: '预补偿清算',
    legs: [
      ['1221', '2201'],
      ['2201', '1221'],
      ['1002', '1221'],
      ['2201', '1002'],
      ['9009', '9010'],
      ['9010', '9009'],
      ...countyPays,
      ...countyGetsBack,
    ],
  },
  'recovery-received': {
    name: '收到追偿款',
    legs: [['1002', '1221'], ['1002', '2202'], ['1002', '2204'], ['2201', '1221'], ['9010', '9009'], ...countyGetsBack],
  },
  'recovery-shared': { name: '支付追偿分配款', legs: [['2202', '1002']] },
  'written-off': {
    name: '核销',
    legs: [
      ['5101', '1221'],
      ['9007', '9008'],
    ],
  },
  'recovery-after-write-off': {
    name: '核销后收回',
    legs: [['1002', '4201'], ['9008', '9007'], ['9010', '9009'], ...countyGetsBack],
  },
  'recovery-reversed': {
    name: '冲回误报的追偿款',
    legs: [
      ['1221', '1002'],
      ['4201', '1002'],
      ['9007', '9008'],
      ['9009', '9010'],
      ['9011', '9012'],
    ],
  },
  'period-closed': {
    name: '期末结转',
    legs: [
      ['4101', '3103'],
      ['4201', '3103'],
      ['3102', '5101'],
      ['3102', '5102'],
    ],
  },
  'wound-up': {
    name: '清算',
    legs: [
      ['3101', '3102'],
      ['3103', '3102'],
      ['3101', '2203'],
      ['3103', '2203'],
    ],
  },
  correction: { name: '更正', legs: [] },
  'terms-set': { name: '方案生效', legs: [] },
  suspended: { name: '暂停', legs: [] },
  resumed: { name: '恢复', legs: [] },
  'claim-proposed': { name: '提出清算或核销', legs: [] },
  'claim-closed': { name: '代偿结案', legs: [] },
  'balance-stated': { name: '银行对账单余额', legs: [] },
  'period-sealed': { name: '封存', legs: [] },
} satisfies Record<string, EntryKind>;

export type EntryKindName = keyof typeof kinds;
export const entryKinds: Readonly<Record<EntryKindName, EntryKind>> = kinds;

const names: ReadonlySet<string> = new Set(Object.keys(kinds));
export function isEntryKind(name: string): name is EntryKindName {
  return names.has(name);
}

/** The ways money may move under a kind. */
export function legsOf(kind: EntryKindName): readonly Leg[] {
  if (kind !== 'correction') return entryKinds[kind].legs;
  return Object.values(entryKinds).flatMap(({ legs }) => legs.map(([debit, credit]): Leg => [credit, debit]));
}
