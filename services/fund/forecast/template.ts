import type { Classification } from '#packages/classification';

/*
 * The numbers a forecast starts from while the fund has too little history of its own. They are a template of this
 * project (本项目模板), no statistics of this city: each is told in every forecast that rests on it. Bounds of days and
 * grades: 商业银行金融资产风险分类办法 (2023 No. 1); the rate of performing loans: bad loans of 1–4 % (domain research 5.3).
 */

/** How likely it is that a claim comes of a loan within twelve months. */
export type Band = {
  code: string;
  /** As people read it. */
  name: string;
  /** A loan belongs to the last band of which it meets either. */
  fromOverdueDays?: number;
  from?: Classification;
  defaultBps: bigint;
  /** Whether a good or a bad year matters: what is non-performing already is so in any. */
  byYear: boolean;
};

export const bands: readonly Band[] = [
  { code: 'current', name: '正常、未逾期', defaultBps: 200n, byYear: true },
  { code: 'overdue-1-30', name: '逾期 1 至 30 日', fromOverdueDays: 1, defaultBps: 800n, byYear: true },
  { code: 'special-mention', name: '关注', from: 'special-mention', defaultBps: 1_500n, byYear: true },
  { code: 'overdue-31-60', name: '逾期 31 至 60 日', fromOverdueDays: 31, defaultBps: 3_000n, byYear: true },
  { code: 'overdue-61-90', name: '逾期 61 至 90 日', fromOverdueDays: 61, defaultBps: 5_500n, byYear: true },
  {
    code: 'substandard',
    name: '次级，或逾期逾 90 日',
    from: 'substandard',
    fromOverdueDays: 91,
    defaultBps: 8_500n,
    byYear: false,
  },
  {
    code: 'doubtful',
    name: '可疑，或逾期逾 270 日',
    from: 'doubtful',
    fromOverdueDays: 271,
    defaultBps: 9_500n,
    byYear: false,
  },
  {
    code: 'loss',
    name: '损失，或逾期逾 360 日',
    from: 'loss',
    fromOverdueDays: 361,
    defaultBps: 9_900n,
    byYear: false,
  },
];

/** Loans of one city fail together: in a bad year all do more often. The weights make the usual rate the mean. */
export type Year = { name: string; weightBps: bigint; timesBps: bigint };
export const years: readonly Year[] = [
  { name: '好年景', weightBps: 5_000n, timesBps: 5_000n },
  { name: '平年', weightBps: 3_000n, timesBps: 10_000n },
  { name: '差年景', weightBps: 2_000n, timesBps: 22_500n },
];

export const template = {
  name: '本项目模板（尚无本地历史数据）',
  /** What of the outstanding principal is lost when the claim is filed; the rest was recovered by then. */
  lossAtClaimBps: 9_000n,
  /** Of a claim that was filed, that it is approved. */
  approvalBps: 9_000n,
  /** Of the defaults of a loan that matures within the horizon, so many at its maturity, the others evenly before. */
  atMaturityBps: 6_000,
  /** So many loans must have been watched for a year (or to their end) before the fund's own rate is used. */
  ownRateFromLoans: 100,
  /** So many claims must have been filed before the fund's own loss is used. */
  ownLossFromClaims: 20,
  /** Draws of the simulation: more change a tenth percentile by less than a loan. */
  trials: 2_000,
} as const;

/** What a stress test tries: so much of the pool fails, and of that so much is recovered in the end. */
export const stressGrid = {
  defaultsBps: [200n, 500n, 1_000n, 2_000n],
  recoveriesBps: [1_000n, 3_000n, 5_000n, 7_000n],
} as const;
