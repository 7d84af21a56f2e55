import { callerId } from '#packages/access';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, type FieldError, refused } from '#packages/outcome';
import type { Table } from '#packages/table';
import * as z from 'zod';
import { findingsOf } from '../claims/admissible.ts';
import { bankYearAggregate, enterpriseAggregate, takenOf } from '../claims/caps.ts';
import { file, type Filing, filingContent, filingId } from '../claims/file.ts';
import { caseFactsOf, loanFactsOf, outcomeOfFiling, termsOf } from '../claims/filing-facts.ts';
import { claimIdOf, type StoredClaim } from '../claims/stored-claim.ts';
import { NewClaim, type routes, type FundProgramme } from '../contract.ts';
import type { claimRefusals } from '../contract/claim-routes.ts';
import { coverId } from '../ledger/exposure.ts';
import { openLedger, post } from '../ledger/post.ts';
import { findAggregate, findEntry } from '../ledger/read.ts';
import { previousBalanceFen } from '../store/bank-year.ts';
import { findClaim, listWrites, pastReturns, returnsWrite } from '../store/claim.ts';
import { type CoveredLoan, coveredLoanWrites, getCoveredLoan } from '../store/covered-loan.ts';
import { getProgrammeItem, readProgramme } from '../store/fund.ts';
import { bookAnswered } from './book-answered.ts';
import { onLoan } from './claim-context.ts';
import type { Deps } from './context.ts';

/**
 * A bank claims on a loan: what was filed is kept as it was said, with the terms and the facts that it is judged by. The
 * same again is answered as the first time, for ever.
 */
export function fileClaim({ table }: Deps): Operation<typeof routes.fileClaim> {
  return async ({ body, caller, now, requestId, receipt }) => {
    const by = callerId(caller);
    const outcome = await onLoan(table, body.loanId, async (held) => {
      const loan = held.state;
      if (caller.kind !== 'partner' || loan.bankId !== caller.partnerId) return refused('not_found');
      const { fundId } = loan;
      const ordinal = await ordinalOf(table, body);
      if (ordinal === undefined) {
        return invalid([{ pointer: '/previousClaimId', code: 'unknown', message: '不是这笔贷款的申请' }]);
      }
      const claimId = claimIdOf(body.loanId, ordinal);
      const wire = z.encode(NewClaim, body);
      const ledger = openLedger(table, () => now);
      const location = `/v1/claims/${claimId}`;
      const known = await findEntry(table, fundId, filingId(claimId));
      if (known !== undefined) {
        const same = {
          id: filingId(claimId),
          content: filingContent(wire),
          decide: () => ({ kind: 'refused' as const, code: 'gone', kept: false }),
        };
        const [again] = await post(ledger, fundId, [same]);
        if (again?.kind !== 'posted') return refused('already_exists');
        const first = await findClaim(table, claimId);
        if (first === undefined) throw new Error(`${claimId} is booked and not there`);
        return { ...done(filedView(first), location), replayed: true as const };
      }
      const programme = await programmeOf(table, loan);
      const on = todayOf(now);
      const [found, ...more] = findingsOf(body, loan, programme, on);
      if (found !== undefined) {
        const all = [found, ...more].filter(({ code }) => code === found.code);
        const errors = all.map(({ pointer, code, message }) => ({ pointer, code, message }));
        if (found.code === 'validation_failed') return invalid(errors);
        return refused(found.code, all.map(({ message }) => message).join('；'), errors);
      }
      const reserved = await findEntry(table, fundId, coverId(loan.loanId));
      if (reserved === undefined) throw new Error(`${loan.loanId} is covered and not in the book`);
      const filing = await filingOf(table, { body, ordinal, loan, programme, now, by });
      let said: StoredClaim | undefined;
      const command = file(filing, reserved, wire, (claim) => {
        said = claim;
      });
      const outcomeOf = (claim: StoredClaim) => done(filedView(claim), location);
      const { answer, told } = await bookAnswered(ledger, fundId, command, receipt, () => {
        if (said === undefined) return undefined;
        const audit = { actor: actorOf(caller), action: 'cover.claim', outcome: said.status };
        const state = { ...loan, claimId };
        const beside = [
          ...coveredLoanWrites(held, { state, audit }, { now, requestId }),
          ...listWrites(said),
          returnsWrite(said, 'filed'),
        ];
        return { told: outcomeOf(said), beside };
      });
      if (told !== undefined) return told;
      if (answer?.kind === 'posted') {
        const claim = await findClaim(table, claimId);
        if (claim === undefined) throw new Error(`${claimId} is booked and not there`);
        return { ...outcomeOf(claim), replayed: true as const };
      }
      if (answer?.kind !== 'refused') return refused('already_exists');
      return refused(answer.code === 'state_conflict' ? 'state_conflict' : refusalOf(answer.code));
    });
    return outcome ?? refused('not_found');
  };
}

/** The same body, looked at and not kept: all that it would be returned for, and what others were returned for before. */
export function checkClaim({ table }: Deps): Operation<typeof routes.checkClaim> {
  return async ({ body, caller, now }) => {
    const held = await getCoveredLoan(table, body.loanId);
    if (held === undefined || caller.kind !== 'partner' || held.state.bankId !== caller.partnerId) {
      return refused('not_found');
    }
    const loan = held.state;
    const programme = await programmeOf(table, loan);
    const findings = [...findingsOf(body, loan, programme, todayOf(now)), ...(await claimedBefore(table, body, loan))];
    const { filed, returned, codes } = await pastReturns(table, loan.bankId, body.trigger.mode);
    const canCompute = findings.every(({ code }) => code !== 'validation_failed' && code !== 'ip_share_below_min');
    const outcome = canCompute
      ? outcomeOfFiling(termsOf(programme, body), {
          ...caseFactsOf(body, loan, await previousBalance(table, loan, programme, now)),
          ...(await takenBefore(table, loan, todayOf(now))),
        })
      : undefined;
    return done({
      admissible: findings.length === 0,
      findings,
      entitlement: outcome === undefined || typeof outcome === 'string' ? [] : outcome.entitlement,
      pastReturns: {
        filed,
        returned,
        codes: codes.map(({ code, count }) => ({ code, count, message: returnAdvice[code] })),
      },
    });
  };
}

/** What was returned before, as advice. */
const returnAdvice: Record<Awaited<ReturnType<typeof pastReturns>>['codes'][number]['code'], string> = {
  'document-missing': '以往因缺件退回，请逐件核对必备材料',
  'document-unreadable': '以往因材料无法辨认退回，请上传清晰、完整的文件',
  'document-outdated': '以往因材料过期退回，请使用最近的凭证',
  'amount-unsupported': '以往因金额无凭证支持退回，请核对凭证与申报金额',
  'computation-wrong': '以往因计算表有误退回，请用试算核对',
  'recovery-not-deducted': '以往因未扣除已回收款退回，请填写 netRecoveredFen',
  'trigger-unproved': '以往因触发条件证明不足退回，请附分类或逾期证明',
  'pledge-defective': '以往因质押登记有瑕疵退回，请核对登记状态',
  'wrong-loan': '以往因贷款对应错误退回，请核对贷款编号',
  other: '以往曾因其他原因退回，请查看退回说明',
};

/** What other claims have taken of the caps; the loan's own claim, where there is one, has its part already. */
async function takenBefore(table: Table, { fundId, uscc, bankId, claimId }: CoveredLoan, on: string) {
  const [enterprise, bankYear] = [enterpriseAggregate(uscc), bankYearAggregate(bankId, on)];
  const [ofEnterprise, ofYear, own] = await Promise.all([
    findAggregate(table, fundId, enterprise),
    findAggregate(table, fundId, bankYear),
    claimId === undefined ? undefined : findClaim(table, claimId),
  ]);
  const ownFen = own?.cappedFen ?? 0n;
  const ownYear = own !== undefined && bankYearAggregate(bankId, own.filedOn) === bankYear ? ownFen : 0n;
  return {
    enterprisePaidBeforeFen: takenOf(ofEnterprise) - ownFen,
    bankYearPaidBeforeFen: takenOf(ofYear) - ownYear,
  };
}

async function claimedBefore(table: Table, body: NewClaim, loan: CoveredLoan) {
  const ordinal = await ordinalOf(table, body);
  if (ordinal === undefined) {
    return [{ code: 'validation_failed', pointer: '/previousClaimId', message: '不是这笔贷款的申请' }];
  }
  const taken = await findClaim(table, claimIdOf(loan.loanId, ordinal));
  if (taken === undefined) return [];
  const message = `这笔贷款已有申请 ${taken.claimId}（${taken.status}）；退回或驳回后可注明 previousClaimId 重新申请`;
  return [{ code: 'already_exists', pointer: '/loanId', message }];
}

/** A claim's place among those on its loan: the first, or the one behind the one that it names. */
async function ordinalOf(table: Table, { loanId, previousClaimId }: NewClaim): Promise<number | undefined> {
  if (previousClaimId === undefined) return 1;
  const previous = await findClaim(table, previousClaimId);
  return previous?.loanId === loanId ? previous.ordinal + 1 : undefined;
}

async function filingOf(
  table: Table,
  given: Pick<Filing, 'body' | 'ordinal' | 'by'> & { loan: CoveredLoan; programme: FundProgramme; now: Date },
): Promise<Filing> {
  const { body, ordinal, loan, programme, now, by } = given;
  const { loanId, fundId, bankId, uscc, divisionCode, parkId, programmeVersion } = loan;
  const balance = await previousBalance(table, loan, programme, now);
  return {
    body,
    ordinal,
    loan: { loanId, fundId, bankId, uscc, divisionCode, programmeVersion, ...(parkId !== undefined && { parkId }) },
    facts: loanFactsOf(loan),
    terms: termsOf(programme, body),
    caseFacts: caseFactsOf(body, loan, balance),
    at: now.toISOString(),
    on: todayOf(now),
    by,
  };
}

/** By what a cap per bank and year is measured; where there is none nobody needs to know. */
async function previousBalance(table: Table, loan: CoveredLoan, { bankYearCap }: FundProgramme, now: Date) {
  if (bankYearCap === undefined) return undefined;
  const year = Number(todayOf(now).slice(0, 4));
  return previousBalanceFen(table, loan.fundId, loan.bankId, year);
}

async function programmeOf(table: Table, { fundId, programmeVersion }: CoveredLoan): Promise<FundProgramme> {
  const item = await getProgrammeItem(table, fundId, programmeVersion);
  if (item === undefined) throw new Error(`${fundId} has no programme ${programmeVersion}`);
  return readProgramme(item);
}

function filedView({ claimId, entitlement }: StoredClaim) {
  return { claimId, status: 'filed' as const, entitlement };
}

function invalid(errors: FieldError[]) {
  return refused('validation_failed', undefined, errors);
}

function refusalOf(code: string): keyof typeof claimRefusals {
  if (code === 'loan_not_covered' || code === 'ip_share_below_min') return code;
  throw new Error(`a filing was refused as ${code}`);
}
