import { describe, expect, test } from 'vitest';
import { sha256 } from '#packages/audit';
import { ValuationRequest } from '../contract/valuation-schemas.ts';
import { assess } from './assess.ts';
import { indicatorsFor, purposes, scoreIndicators } from './indicators.ts';
import { licenceRequest, requested, scores, twoMethods } from './sample-requests.ts';

const today = '2026-11-27';

function assessed(change: object = {}) {
  const answer = assess(requested(change), today);
  if (answer.kind === 'wrong') throw new Error(answer.error.message);
  return answer.assessment;
}

describe('a valuation', () => {
  test('concludes the mean of several methods’ middle values, and says how far they are apart', () => {
    const { results, conclusion, pledge, validUntil } = assessed();
    const [income, cost] = results.map(({ range }) => range.middleFen);
    expect(cost).toBe(112_500_000n);
    expect(conclusion).toMatchObject({
      how: 'mean',
      spreadFen: (income ?? 0n) - 112_500_000n,
      outsideEveryRange: false,
    });
    expect(conclusion.valueFen).toBe(((income ?? 0n) + 112_500_001n) / 2n);
    const relative = Number(conclusion.spreadFen) / Number(conclusion.valueFen);
    expect(Math.abs((conclusion.spreadBps ?? 0) - relative * 10_000)).toBeLessThan(1);
    expect(pledge).toEqual({ ratioCapBps: 5_000n, upToFen: conclusion.valueFen / 2n });
    expect(validUntil).toBe('2027-11-02');
  });

  test('is the same of the same inputs, and of its own stored inputs', () => {
    const first = assessed();
    expect(assessed()).toEqual(first);
    const again = assess(first.inputs, '2027-01-01');
    expect(again).toEqual({ kind: 'assessed', assessment: first });
  });

  test('has its digest over the inputs and the method version', () => {
    const { inputs, inputsDigest, methodVersion } = assessed();
    expect(inputs.seed).toMatch(/^[0-9a-f]{64}$/);
    expect(inputsDigest).toBe(sha256({ methodVersion, inputs: { ...twoMethods, seed: inputs.seed } }));
    expect(assessed({ seed: 'another' }).inputsDigest).not.toBe(inputsDigest);
  });

  test('keeps its ranges when a value is chosen from what a trial showed', () => {
    const trial = assessed();
    const valueFen = Number(trial.results[0]?.range.lowFen);
    const { results, conclusion } = assessed({ conclusion: { valueFen }, purpose: 'other', indicators: scores });
    expect(results).toEqual(trial.results);
    expect(conclusion).toMatchObject({ how: 'chosen', valueFen: BigInt(valueFen), outsideEveryRange: false });
  });

  test('chosen outside every range needs a reason', () => {
    const conclusion = { valueFen: 100_000_000 };
    expect(assess(requested({ conclusion }), today)).toMatchObject({
      kind: 'wrong',
      error: { pointer: '/conclusion/reason', code: 'required' },
    });
    const reason = '借款人客户集中，从低取值';
    expect(assessed({ conclusion: { ...conclusion, reason } }).conclusion).toMatchObject({
      outsideEveryRange: true,
      reason,
      valueFen: 100_000_000n,
    });
  });

  test('counts the months to the last day of the right’s term, that day included', () => {
    const monthsTo = (expiresOn: string) =>
      assessed({ legalLife: { expiresOn }, valuedOn: '2026-10-31' }).results[0]?.counted;
    expect(monthsTo('2027-10-30')).toEqual({ months: 12n, endedBy: 'legal-life' });
    expect(monthsTo('2027-10-29')).toEqual({ months: 11n, endedBy: 'legal-life' });
    expect(monthsTo('2027-02-27')).toEqual({ months: 4n, endedBy: 'legal-life' });
    expect(monthsTo('2026-11-01')).toEqual({ months: 0n, endedBy: 'legal-life' });
  });

  test.each([
    ['2026-11-28', 'in_future'],
    ['2025-11-26', 'too_old'],
  ])('as of %s is refused: %s', (valuedOn, code) => {
    expect(assess(requested({ valuedOn }), today)).toMatchObject({
      kind: 'wrong',
      error: { pointer: '/valuedOn', code },
    });
  });

  test('as of just a year ago still holds today', () => {
    expect(assessed({ valuedOn: '2025-11-27' }).validUntil).toBe(today);
  });
});

describe('indicators', () => {
  test('of finance score the example of the research: 69.5', () => {
    const { scoreHundredths, branches, items } = scoreIndicators('finance', scores);
    expect(scoreHundredths).toBe(6_950);
    expect(branches.map(({ name, scoreHundredths: part }) => [name, part])).toEqual([
      ['法律价值', 2_800],
      ['技术价值', 1_750],
      ['经济价值', 2_400],
    ]);
    expect(items).toHaveLength(14);
  });

  test.each(purposes)('of %s weigh a hundred together, each something', (purpose) => {
    const weights = indicatorsFor(purpose).map(({ weight }) => weight);
    expect(weights.reduce((sum, weight) => sum + weight)).toBe(100);
    expect(Math.min(...weights)).toBeGreaterThan(0);
  });

  test('stand beside the value and do not enter it', () => {
    const { conclusion, indicators } = assessed({ indicators: scores });
    expect(conclusion).toEqual(assessed().conclusion);
    expect(indicators).toMatchObject({ basis: 'project-template', scoreHundredths: 6_950 });
  });
});

describe('in words', () => {
  test('a valuation is told so that a person can follow it', () => {
    expect(assessed({ indicators: scores, seed: 'xinyang' }).told).toEqual([
      '评估对象：发明专利 201710601862.3；基准日 2026-11-02，评估有效至 2027-11-02。',
      '收益法（收入分成）：预测收入 3 年合计 33100000.00 元，分成率约 5.00 %，折现率约 15.00 %，计 36 个月（以经济寿命为限），每年年末折现，得 1248458.95 元。',
      '以“约”标明的输入按最低、最可能、最高三值抽样 2000 次（种子 xinyang，任何人可重算）：一成低于 1108882.76 元，一半低于 1247885.83 元，九成低于 1383899.83 元，平均 1247983.52 元。',
      '影响最大的是分成率：取最低值时为 998767.16 元，取最高值时为 1498150.74 元。',
      '成本法：重置成本 1500000.00 元，贬值率 25.00 %，得 1125000.00 元。',
      '2 种方法的中值相差 122885.83 元（为平均值的 10.36 %）。',
      '评估价值定为 1186442.92 元，为各方法中值的平均。',
      '指标得分 69.50 分（法律价值 28.00，技术价值 17.50，经济价值 24.00）：按本项目模板计分，不是国家标准的条文，也不计入价值。',
      '按质押率上限 50.00 %，一般可担保至 593221.46 元；超过须另有理由。',
    ]);
  });

  test('a licence is told with its reason for one method', () => {
    const request = ValuationRequest.parse({ ...licenceRequest, seed: 'xinyang' });
    const answer = assess(request, today);
    const told = answer.kind === 'assessed' ? answer.assessment.told : [];
    expect(told[1]).toBe(
      '许可收益折现：合同许可费 2 年合计 1600000.00 元，乘以各年收取概率，折现率 10.00 %，计 18 个月（以合同剩余期限为限），每年年末折现，得 988429.75 元。',
    );
    expect(told[3]).toMatch(/^影响最大的是收取概率：/);
    expect(told.slice(4, 5)).toEqual(['只用了一种方法：合同收入已定，其他方法不适用']);
    expect(told.at(-2)).toMatch(/，即该方法的中值。$/);
  });

  test('every method is told with what went in, and a chosen value with its reason', () => {
    const methods = [
      {
        method: 'royalty',
        revenueFen: [1_000_000_000],
        royaltyBps: 300,
        taxBps: 2_500,
        economicLifeMonths: 12,
        discount: { riskFreeBps: 250, technologyBps: 350, marketBps: 400, fundingBps: 300, managementBps: 200 },
      },
      {
        method: 'market',
        referenceFen: 200_000_000,
        basis: '同类专利 2025 年成交',
        factors: [{ name: '技术先进性', factorBps: { low: 9_000, mode: 9_500, high: 11_000 } }],
      },
      {
        method: 'bank-internal',
        amountFen: 180_000_000,
        basis: '内评规程',
        evidenceDigest: 'a'.repeat(64),
        modelVersion: 'M3',
      },
    ];
    const conclusion = { valueFen: 999_999_999, reason: '另有收购报价' };
    const { told } = assessed({ methods, conclusion, seed: 'xinyang' });
    expect(told[1]).toBe(
      '收益法（许可费节省）：预测收入 1 年合计 10000000.00 元，许可费率 3.00 %，扣税 25.00 %，折现率 15.00 %，计 12 个月（以经济寿命为限），每年年末折现，得 195652.17 元。',
    );
    expect(told[2]).toBe('市场法：参照价格 2000000.00 元 × 技术先进性约 95.00 %，得 1900000.00 元。');
    expect(told[4]).toBe('影响最大的是技术先进性：取最低值时为 1800000.00 元，取最高值时为 2200000.00 元。');
    expect(told[5]).toBe('银行内部评估：模型 M3，依据：内评规程，得 1800000.00 元。');
    expect(told.slice(7, 9)).toEqual([
      '评估价值定为 9999999.99 元，由评估人选定，不在任何一种方法的区间内。',
      '理由：另有收购报价',
    ]);
  });
});
