import { addDays } from '#packages/calendar';
import { yuanText } from '#packages/money';
import {
  type ClaimCheck,
  type FundProgramme,
  type NewClaim,
  requiredDocuments,
  triggersByDocument,
} from '../contract.ts';
import type { claimRefusals } from '../contract/claim-routes.ts';
import type { CoveredLoan } from '../store/covered-loan.ts';
import { loanFactsOf } from './filing-facts.ts';

/** Why a claim would not be taken in, and what to do about it. */
export type Finding = ClaimCheck['findings'][number] & {
  code: keyof typeof claimRefusals | 'validation_failed';
};

/** Everything for which a claim is not taken in, at once. No time need have passed between the loan and the claim. */
export function findingsOf(body: NewClaim, loan: CoveredLoan, programme: FundProgramme, today: string): Finding[] {
  return [
    ...coverProblems(loan),
    ...termProblems(body, programme),
    ...triggerProblems(body, loan, programme, today),
    ...documentProblems(body),
    ...amountProblems(body, loan, programme),
  ];
}

function coverProblems({ cover, ended }: CoveredLoan): Finding[] {
  const how = ended?.how === 'repaid' || ended?.how === 'renewed' ? ended.how : undefined;
  if (cover === 'covered' && how === undefined) return [];
  const states = {
    pending: '尚待质押登记',
    refused: '未获基金分担',
    released: '责任已解除',
    covered: '已结清或已续贷',
  };
  return [{ code: 'loan_not_covered', pointer: '/loanId', message: `该笔贷款${states[cover]}，不能申请代偿` }];
}

function termProblems({ prePosition, revenueFen }: NewClaim, programme: FundProgramme): Finding[] {
  const found: Finding[] = [];
  if (prePosition === true && programme.prePosition === undefined) {
    found.push(invalid('/prePosition', '方案没有前置补偿，请去掉 prePosition'));
  }
  if (revenueFen === undefined && programme.parties.some(({ tiers }) => tiers?.by === 'revenue')) {
    found.push(invalid('/revenueFen', '方案按营业收入分档，应提供 revenueFen'));
  }
  return found;
}

function triggerProblems(
  { trigger: { mode, asOf } }: NewClaim,
  { nonPerformingSince, overdueSince }: CoveredLoan,
  { triggerOverdueDays, claimWindowDays }: FundProgramme,
  today: string,
): Finding[] {
  if (asOf > today) return [invalid('/trigger/asOf', `触发日期不能晚于今天（${today}）`)];
  const since = { 'npl-classified': nonPerformingSince, 'overdue-days': overdueSince }[String(mode)];
  const byReport = mode === 'npl-classified' || mode === 'overdue-days';
  if (byReport && (since === undefined || since > asOf)) {
    const wanted = mode === 'npl-classified' ? '分类为次级或更差' : `逾期满 ${triggerOverdueDays} 天`;
    const message = `应有截至 ${asOf} 或更早、${wanted}的月报；请先报送月报，或更正触发日期`;
    return [{ code: 'trigger_not_met', pointer: '/trigger', message }];
  }
  // Whoever names a later day has no longer than who names the first.
  const last = addDays(since ?? asOf, claimWindowDays);
  if (today <= last) return [];
  const message = `触发后 ${claimWindowDays} 天内申请，最迟 ${last}`;
  return [{ code: 'claim_window_over', pointer: '/trigger/asOf', message }];
}

function documentProblems({ documents, trigger }: NewClaim): Finding[] {
  const own = triggersByDocument.filter((mode) => mode === trigger.mode);
  const given = new Set(documents.map(({ kind }) => kind));
  const missing = [...requiredDocuments, ...own].filter((kind) => !given.has(kind));
  return missing.map((kind) => ({
    code: 'documents_missing',
    pointer: '/documents',
    message: `缺少 ${kind}（${documentNames[kind]}）`,
  }));
}

const documentNames: Record<(typeof requiredDocuments)[number] | (typeof triggersByDocument)[number], string> = {
  'loan-contract': '借款合同',
  'disbursement-voucher': '放款凭证',
  'pledge-registration': '质押登记证明',
  'overdue-proof': '逾期或不良证明',
  'computation-sheet': '损失计算表',
  'recovery-commitment': '追偿与退还承诺',
  'suit-filed': '立案受理通知',
  'disposal-done': '处置完毕证明',
};

function amountProblems(body: NewClaim, loan: CoveredLoan, { minIpPartBps = 0n }: FundProgramme): Finding[] {
  const { outstandingFen } = loanFactsOf(loan);
  const { lossPrincipalFen } = body;
  const found: Finding[] = [];
  if (lossPrincipalFen === 0n) found.push(invalid('/lossPrincipalFen', '本金损失应大于零'));
  if (lossPrincipalFen > outstandingFen) {
    const message = `本金损失 ${yuanText(lossPrincipalFen)} 元高于最近月报的余额 ${yuanText(outstandingFen)} 元`;
    found.push({ code: 'loss_above_outstanding', pointer: '/lossPrincipalFen', message });
  }
  if (loan.ipPartBps < minIpPartBps) {
    const message = `知识产权质押部分占 ${yuanText(loan.ipPartBps)} %，方案要求不低于 ${yuanText(minIpPartBps)} %`;
    found.push({ code: 'ip_share_below_min', pointer: '/loanId', message });
  }
  return found;
}

function invalid(pointer: string, message: string): Finding {
  return { code: 'validation_failed', pointer, message };
}
