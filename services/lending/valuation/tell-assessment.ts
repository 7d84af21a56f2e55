import { yuanText } from '#packages/money';
import type { RightKind } from '../contract/right-schemas.ts';
import type { Discount, ValuationMethod } from '../contract/valuation-methods.ts';
import type { Assessment, MethodResult } from '../contract/valuation-schemas.ts';
import { type Estimate, likeliest } from './estimate.ts';
import { likeliestRate } from './methods.ts';

type Untold = Omit<Assessment, 'told'>;

/** A valuation in sentences (中文), for the office and the enterprise, with amounts in yuan and exact. */
export function tellAssessment(assessment: Untold): string[] {
  const { inputs, results, conclusion, indicators, pledge } = assessment;
  const { right, valuedOn, methods, onlyMethodReason } = inputs;
  const told = methods.flatMap((method, at) => {
    const result = results[at];
    return result === undefined ? [] : methodSentences(method, result, assessment);
  });
  return [
    `评估对象：${rightNames[right.kind]} ${right.number}；基准日 ${valuedOn}，评估有效至 ${assessment.validUntil}。`,
    ...told,
    ...(onlyMethodReason === undefined ? [] : [`只用了一种方法：${onlyMethodReason}`]),
    ...conclusionSentences(conclusion, results.length),
    ...(indicators === undefined
      ? []
      : [
          `指标得分 ${yuanText(BigInt(indicators.scoreHundredths))} 分（${indicators.branches
            .map(({ name, scoreHundredths }) => `${name} ${yuanText(BigInt(scoreHundredths))}`)
            .join('，')}）：按本项目模板计分，不是国家标准的条文，也不计入价值。`,
        ]),
    `按质押率上限 ${percent(pledge.ratioCapBps)}，一般可担保至 ${yuan(pledge.upToFen)}；超过须另有理由。`,
  ];
}

/** Basis: what people call each right. */
const rightNames: Record<RightKind, string> = {
  invention: '发明专利',
  'utility-model': '实用新型专利',
  design: '外观设计专利',
  trademark: '商标',
  copyright: '著作权',
  software: '软件著作权',
  'ic-layout': '集成电路布图设计',
  'licence-income': '许可收益权',
};

const methodTitles: Record<ValuationMethod['method'], string> = {
  'revenue-share': '收益法（收入分成）',
  royalty: '收益法（许可费节省）',
  'licence-income': '许可收益折现',
  market: '市场法',
  cost: '成本法',
  'bank-internal': '银行内部评估',
};

const endings: Record<NonNullable<MethodResult['counted']>['endedBy'], string> = {
  'legal-life': '法定剩余期限',
  'economic-life': '经济寿命',
  'contract-term': '合同剩余期限',
  'years-given': '所给年数',
};

const inputNames: Record<string, string> = {
  revenueFen: '收入',
  shareBps: '分成率',
  royaltyBps: '许可费率',
  taxBps: '税率',
  economicLifeMonths: '经济寿命',
  feeFen: '许可费',
  collectionBps: '收取概率',
  rateBps: '折现率',
  riskFreeBps: '无风险报酬率',
  technologyBps: '技术风险报酬率',
  marketBps: '市场风险报酬率',
  fundingBps: '资金风险报酬率',
  managementBps: '管理风险报酬率',
  referenceFen: '参照价格',
  replacementFen: '重置成本',
  depreciationBps: '贬值率',
  amountFen: '内部评估值',
};

function methodSentences(
  method: ValuationMethod,
  result: MethodResult,
  { samples, inputs: { seed } }: Untold,
): string[] {
  const [most] = result.sensitivity;
  const { lowFen, middleFen, highFen, meanFen } = result.range;
  return [
    `${methodTitles[method.method]}：${basisOf(method, result)}，得 ${yuan(result.valueFen)}。`,
    ...(most === undefined
      ? []
      : [
          `以“约”标明的输入按最低、最可能、最高三值抽样 ${samples} 次（种子 ${seed}，任何人可重算）：一成低于 ${yuan(lowFen)}，一半低于 ${yuan(middleFen)}，九成低于 ${yuan(highFen)}，平均 ${yuan(meanFen)}。`,
          `影响最大的是${inputName(method, most.input)}：取最低值时为 ${yuan(most.atLowFen)}，取最高值时为 ${yuan(most.atHighFen)}。`,
        ]),
  ];
}

/** What went in, at its likeliest. */
function basisOf(method: ValuationMethod, { counted }: MethodResult): string {
  const months =
    counted === undefined ? [] : [`计 ${counted.months} 个月（以${endings[counted.endedBy]}为限），每年年末折现`];
  switch (method.method) {
    case 'revenue-share':
      return [
        totalOf('预测收入', method.revenueFen),
        named('分成率', method.shareBps, percent),
        discounted(method.discount),
        ...months,
      ].join('，');
    case 'royalty':
      return [
        totalOf('预测收入', method.revenueFen),
        named('许可费率', method.royaltyBps, percent),
        named('扣税', method.taxBps, percent),
        discounted(method.discount),
        ...months,
      ].join('，');
    case 'licence-income': {
      const fees = method.fees.map(({ feeFen }) => feeFen);
      return [totalOf('合同许可费', fees), '乘以各年收取概率', discounted(method.discount), ...months].join('，');
    }
    case 'market': {
      const factors = method.factors.map(({ name, factorBps }) => named(name, factorBps, percent));
      return [named('参照价格', method.referenceFen, yuan), ...factors].join(' × ');
    }
    case 'cost':
      return [named('重置成本', method.replacementFen, yuan), named('贬值率', method.depreciationBps, percent)].join(
        '，',
      );
    case 'bank-internal':
      return `模型 ${method.modelVersion}，依据：${method.basis}`;
  }
}

function conclusionSentences(conclusion: Assessment['conclusion'], methods: number): string[] {
  const { valueFen, how, reason, outsideEveryRange, spreadFen, spreadBps } = conclusion;
  const relative = spreadBps === null ? '' : `（为平均值的 ${percent(BigInt(spreadBps))}）`;
  const by = { 'only-method': '即该方法的中值', mean: '为各方法中值的平均', chosen: '由评估人选定' }[how];
  return [
    ...(methods === 1 ? [] : [`${methods} 种方法的中值相差 ${yuan(spreadFen)}${relative}。`]),
    `评估价值定为 ${yuan(valueFen)}，${by}${outsideEveryRange && how === 'chosen' ? '，不在任何一种方法的区间内' : ''}。`,
    ...(reason === undefined ? [] : [`理由：${reason}`]),
  ];
}

function inputName(method: ValuationMethod, input: string): string {
  const [list, at] = input.split('/');
  if (method.method === 'market' && list === 'factors') return method.factors[Number(at)]?.name ?? '调整系数';
  return inputNames[input] ?? input;
}

function discounted(discount: Discount): string {
  const isKnown = Object.values<Estimate>(discount).every((part) => typeof part === 'bigint');
  return `折现率${isKnown ? '' : '约'} ${percent(likeliestRate(discount))}`;
}

function totalOf(name: string, years: readonly Estimate[]): string {
  const isKnown = years.every((year) => typeof year === 'bigint');
  const total = years.reduce<bigint>((sum, year) => sum + likeliest(name, year), 0n);
  return `${name} ${years.length} 年合计${isKnown ? '' : '约'} ${yuan(total)}`;
}

function named(name: string, estimate: Estimate, told: (value: bigint) => string): string {
  return `${name}${typeof estimate === 'bigint' ? '' : '约'} ${told(likeliest(name, estimate))}`;
}

function yuan(fen: bigint): string {
  return `${yuanText(fen)} 元`;
}

/** Basis points as a percentage, exactly. */
function percent(bps: bigint): string {
  return `${yuanText(bps)} %`;
}
