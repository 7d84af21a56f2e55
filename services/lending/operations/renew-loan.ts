import * as z from 'zod';
import type { Held } from '#packages/aggregate';
import { actorOf, sha256 } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { stands } from '../bundle.ts';
import { isNonPerforming } from '../contract/report-schemas.ts';
import { type BundledRight, Renewal } from '../contract/loan-schemas.ts';
import type { PledgedAsset } from '../contract/right-schemas.ts';
import type { routes } from '../contract.ts';
import { loanMachine } from '../machines.ts';
import { renewalRule } from '../servicing-policy.ts';
import { creditUseWrite } from '../store/credit-plan.ts';
import { getLoan, type Loan, loanIdOf, loanWrites } from '../store/loan.ts';
import { getServicing } from '../store/servicing.ts';
import { type Deps, partnerOf, reachedLoan } from './context.ts';
import { locationOf } from './file-loan.ts';
import { beginWatch, keepWatch } from './keep-watch.ts';
import { filedView, prepareFiling } from './prepare-filing.ts';
import { endedEvents, portfolioStep } from './report-loan.ts';

/**
 * 续贷 (金规〔2024〕13号): a new loan that takes the place of an old one before this is due, under the same pledge. The rights
 * pass from one to the other in the transaction that files the new loan and ends the old, so that none is ever in two
 * live bundles or in none. Lending does not know the borrower's size; the answer says to which of them the rule is open.
 */
export function renewLoan({ table }: Deps): Operation<typeof routes.renewLoan> {
  return async (call) => {
    const { params, body, caller, now } = call;
    const partnerId = partnerOf(caller);
    const digest = sha256({ renews: params.loanId, ...z.encode(Renewal, body) });
    return untilSettled(async () => {
      const old = await reachedLoan(table, caller, params.loanId);
      if (old === undefined) return refused('not_found');
      const known = await getLoan(table, loanIdOf(partnerId, body.bankLoanNo));
      if (known !== undefined) {
        const { loanId, filing } = known.state;
        if (filing.digest !== digest) return refused('already_exists', '该银行贷款编号已备案过另一内容');
        return { ...done(renewedView(known.state, old.state), locationOf(loanId)), replayed: true };
      }
      const today = todayOf(now);
      const problem = problemOf(old.state, today);
      if (problem !== undefined) return problem;
      const { registration, ...terms } = body;
      const assets = old.state.rights.filter(stands).map((right) => passedOn(right, registration));
      const said = { ...terms, uscc: old.state.uscc, pledge: { assets } };
      const prepared = await prepareFiling(table, { partnerId, said, digest, now, renews: old.state });
      if (prepared.kind === 'refused') return prepared;
      const { state, events = [] } = prepared;
      const outcome = done(renewedView(state, old.state), locationOf(state.loanId));
      const audit = { actor: actorOf(caller), action: 'loan.file', outcome: state.status };
      const writes = [
        ...loanWrites(undefined, { state, events, audit }, call, { takenFrom: old.state }),
        ...(await beginWatch(table, state, now)),
        creditUseWrite(partnerId, state),
        ...(await endWrites({ table }, old, state, call)),
      ];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  };
}

/** Only a loan that is not due yet and is paid as agreed is renewed: anything else would hide a default. */
function problemOf(loan: Loan, today: string) {
  const { status, maturesOn, lastReport } = loan;
  if (loanMachine.next(status, 'renew') === undefined || loan.claimId !== undefined) {
    return refused(
      'state_conflict',
      `贷款现为 ${status}${loan.claimId === undefined ? '' : '，且已申请代偿'}，不能续贷`,
    );
  }
  if (maturesOn < today) {
    return refused('filed_after_default', `原贷款已于 ${maturesOn} 到期：续贷应在到期前办理`);
  }
  const isBad = lastReport !== undefined && (lastReport.overdueDays > 0 || isNonPerforming(lastReport.classification));
  if (isBad) return refused('filed_after_default', `原贷款截至 ${lastReport.asOf} 已逾期或为不良，不能续贷`);
  if (!loan.rights.some(stands)) return refused('state_conflict', '原质押中已没有存续的权利，不能随续贷转移');
  return undefined;
}

/** A right as the new loan's bundle takes it: its registration goes on where this was extended, else it is to be made anew. */
function passedOn(right: BundledRight, registration: z.output<typeof Renewal>['registration']): PledgedAsset {
  const { state, appliedOn: _a, returnedOn: _r, endedOn: _e, cause: _c, ...asset } = right;
  const { registrationNo: _no, registeredOn: _on, ...bare } = asset;
  return registration === 'extended' && state === 'registered' ? asset : bare;
}

async function endWrites(
  { table }: Deps,
  old: Held<Loan>,
  renewing: Loan,
  call: { caller: Parameters<typeof actorOf>[0]; now: Date; requestId: string },
) {
  const { loanId, partnerId, status: was } = old.state;
  const status = loanMachine.next(was, 'renew');
  if (status === undefined) throw new Error(`${loanId} is ${was} and cannot be renewed`);
  const on = todayOf(call.now);
  const state: Loan = { ...old.state, status, renewedBy: renewing.loanId, ended: { how: 'renewed', on } };
  const [step, before] = [await portfolioStep(table, old, state), await getServicing(table, loanId)];
  // What was open of the old loan is cleared by the next run: this transaction is full of the rights that pass over.
  const kept = await keepWatch(table, state, { before }, call.now, 0);
  const renewed = { type: 'loan.renewed.v1', data: { loanId, partnerId, newLoanId: renewing.loanId, on } };
  const events = [renewed, ...endedEvents(old.state, state)];
  const audit = { actor: actorOf(call.caller), action: 'loan.renew', outcome: status };
  return [...loanWrites(old, { state, events, audit }, call, { handedTo: renewing }), step, ...kept.writes];
}

function renewedView(loan: Loan, { loanId: renews, maturesOn }: Loan) {
  return {
    ...filedView(loan),
    renews,
    openTo: maturesOn < renewalRule.mediumDueBefore ? 'small-and-medium' : 'small',
  } as const;
}
