import { addDays, addMonths } from '#packages/calendar';
import { yuanText } from '#packages/money';
import type { FundProgramme } from '#services/fund/contract';
import type { filingRefusals } from './contract/loan-routes.ts';
import type { NewLoan } from './contract/loan-schemas.ts';
import { filingDays } from './policy.ts';
import { lifeProblemOf } from './rights/life.ts';
import { type Consent, isListedOn, isShownTo, type Listing } from './store/listing.ts';

export type FilingCode = keyof typeof filingRefusals;
export type FilingRefusal = { code: FilingCode; detail: string };

type Terms = Pick<
  NewLoan,
  'fundId' | 'productId' | 'ipPartBps' | 'annualRateBps' | 'disbursedOn' | 'maturesOn' | 'pledge'
>;

/** What a filing is judged by, all of it read before. */
export type FilingFacts = {
  today: string;
  partnerId: string;
  listing: Listing | undefined;
  consent: Consent | undefined;
  /** `unknown`: no such fund. `none`: no version of its programme holds today. */
  programme: FundProgramme | 'unknown' | 'none';
  /** Places of the rights that stand in another live bundle. */
  pledged: readonly number[];
};

/** Why a loan cannot be filed: the first reason in the order of the contract, and what would cure it. */
export function refusalOf(loan: Terms, facts: FilingFacts): FilingRefusal | undefined {
  return (
    ofEnterprise(facts) ??
    ofProgramme(loan, facts) ??
    ofRights(loan, facts) ??
    ofDays(loan, facts.today) ??
    ofProduct(loan)
  );
}

/** A bank learns no more of an enterprise that its consent does not show to it than of one that is not listed. */
function ofEnterprise({ listing, consent, partnerId, today }: FilingFacts): FilingRefusal | undefined {
  if (isListedOn(listing, today) && isShownTo(consent, partnerId, today)) return undefined;
  return {
    code: 'enterprise_not_listed',
    detail: `备案当日（${today}）企业不在向贵行展示的白名单上：列入名单且授权包含贵行后可重新备案`,
  };
}

function ofProgramme(loan: Terms, { programme, today }: FilingFacts): FilingRefusal | undefined {
  if (programme === 'unknown')
    return { code: 'fund_unknown', detail: `没有编号为 ${loan.fundId} 的基金，请核对 fundId` };
  if (programme === 'none') {
    const detail = `基金 ${loan.fundId} 在备案当日（${today}）没有施行中的方案，方案批准并施行后可备案`;
    return { code: 'programme_not_in_force', detail };
  }
  const { maxTermMonths, rateCeilingBps, minIpPartBps } = programme;
  if (maxTermMonths !== undefined && loan.maturesOn > addMonths(loan.disbursedOn, maxTermMonths)) {
    const latest = addMonths(loan.disbursedOn, maxTermMonths);
    const detail = `期限 ${monthsOf(loan)} 个月，方案最长 ${maxTermMonths} 个月：到期日不得晚于 ${latest}`;
    return { code: 'term_above_max', detail };
  }
  if (rateCeilingBps !== undefined && loan.annualRateBps > rateCeilingBps) {
    const detail = `年利率 ${percent(loan.annualRateBps)}，方案最高 ${percent(rateCeilingBps)}`;
    return { code: 'rate_above_ceiling', detail };
  }
  if (minIpPartBps !== undefined && loan.ipPartBps < minIpPartBps) {
    const detail = `知识产权部分占贷款的 ${percent(loan.ipPartBps)}，方案至少 ${percent(minIpPartBps)}`;
    return { code: 'ip_share_below_min', detail };
  }
  return undefined;
}

function ofRights({ pledge, maturesOn }: Terms, { pledged }: FilingFacts): FilingRefusal | undefined {
  const names = pledged.flatMap((place) => pledge.assets[place]?.number ?? []);
  if (names.length > 0) return { code: 'right_already_pledged', detail: pledgedText(names) };
  const outlived = pledge.assets.flatMap((asset) => lifeProblemOf(asset, maturesOn)?.message ?? []);
  return outlived.length > 0 ? { code: 'debt_outlives_right', detail: outlived.join('；') } : undefined;
}

/** Never whose pledge it is. */
export function pledgedText(numbers: readonly string[]): string {
  return `${numbers.join('、')} 已在另一笔存续的质押中：原质押注销后，或换用其他权利，可重新备案`;
}

function ofDays({ disbursedOn, maturesOn }: Terms, today: string): FilingRefusal | undefined {
  const code = 'filed_after_default';
  if (maturesOn < today) {
    return { code, detail: `贷款已于 ${maturesOn} 到期，备案应在违约之前` };
  }
  const lastDay = addDays(disbursedOn, filingDays);
  if (today <= lastDay) return undefined;
  const detail = `放款已超过 ${filingDays} 日，此时贷款可能已逾期 ${filingDays} 日：应在 ${lastDay} 前备案`;
  return { code, detail };
}

/** No product has been published yet that a loan could name. */
function ofProduct({ productId }: Terms): FilingRefusal | undefined {
  if (productId === undefined) return undefined;
  return { code: 'product_not_available', detail: `没有已发布的产品 ${productId}：请核对编号，或不填 productId` };
}

/** Begun months count whole. */
function monthsOf({ disbursedOn, maturesOn }: Pick<Terms, 'disbursedOn' | 'maturesOn'>): number {
  const [year = 0, month = 0] = disbursedOn.split('-').map(Number);
  const [lastYear = 0, lastMonth = 0] = maturesOn.split('-').map(Number);
  const months = (lastYear - year) * 12 + lastMonth - month;
  return maturesOn > addMonths(disbursedOn, months) ? months + 1 : months;
}

/** Basis points as a percentage, exactly. */
function percent(bps: bigint): string {
  return `${yuanText(bps)} %`;
}
