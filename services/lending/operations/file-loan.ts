import * as z from 'zod';
import { actorOf, sha256 } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { NewLoan } from '../contract/loan-schemas.ts';
import type { routes } from '../contract.ts';
import { creditUseWrite } from '../store/credit-plan.ts';
import { getLoan, loanIdOf, loanWrites } from '../store/loan.ts';
import { type Deps, partnerOf } from './context.ts';
import { beginWatch } from './keep-watch.ts';
import { filedView, prepareFiling } from './prepare-filing.ts';

/**
 * 入池备案. The bank's number of the loan is the business key: the same again is answered as the first time, other
 * content under it is refused for ever.
 */
export function fileLoan({ table }: Deps): Operation<typeof routes.fileLoan> {
  return async (call) => {
    const { body, caller, now } = call;
    const partnerId = partnerOf(caller);
    const digest = sha256(z.encode(NewLoan, body));
    return untilSettled(async () => {
      const known = await getLoan(table, loanIdOf(partnerId, body.bankLoanNo));
      if (known !== undefined) {
        const { loanId, filing } = known.state;
        if (filing.digest !== digest) return refused('already_exists', '该银行贷款编号已备案过另一内容');
        return { ...done(filedView(known.state), locationOf(loanId)), replayed: true };
      }
      const prepared = await prepareFiling(table, { partnerId, said: body, digest, now });
      if (prepared.kind === 'refused') return prepared;
      const { state, events = [] } = prepared;
      const outcome = done(filedView(state), locationOf(state.loanId));
      const audit = { actor: actorOf(caller), action: 'loan.file', outcome: state.status };
      const writes = [
        ...loanWrites(undefined, { state, events, audit }, call),
        ...(await beginWatch(table, state, now)),
        creditUseWrite(partnerId, state),
      ];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  };
}

export const locationOf = (loanId: string) => `/v1/loans/${loanId}`;
