import { mayReach } from '#packages/access';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Call, Operation, Operations } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Valuation } from '../contract/valuation-schemas.ts';
import type { valuationRoutes } from '../contract/valuation-routes.ts';
import { rightKey } from '../rights/right-number.ts';
import {
  currentValuation,
  getValuation,
  readLine,
  type StoredValuation,
  valuationIdOf,
  valuationsOf,
  valuationWrites,
} from '../store/valuation.ts';
import { assess, inputsOf } from '../valuation/assess.ts';
import { type Deps, reachedLoan } from './context.ts';

type Routes = typeof valuationRoutes;

export function valuationOperations(deps: Deps): Operations<Routes> {
  return {
    recordValuation: recordValuation(deps),
    tryValuation,
    getValuation: readValuation(deps),
    listValuations: listValuations(deps),
  };
}

/** 试算: the arithmetic of a valuation on what was asked, with nothing read and nothing stored. */
const tryValuation: Operation<Routes['tryValuation']> = async ({ body, now }) => {
  const assessed = assess(body, todayOf(now));
  if (assessed.kind === 'wrong') return refused('validation_failed', assessed.error.message, [assessed.error]);
  return done(assessed.assessment);
};

/** A bank's valuation holds from now on in the place of its last one of that right; the day it is of never goes back. */
export function recordValuation({ table }: Deps): Operation<Routes['recordValuation']> {
  return async (call) => {
    const { body, caller, now } = call;
    if (caller.kind !== 'partner') return refused('not_found');
    const { partnerId } = caller;
    const valuationId = valuationIdOf(partnerId, inputsOf(body).inputsDigest);
    const known = async () => {
      const held = await getValuation(table, valuationId);
      return held && { ...done(view(held.state, now), locationOf(valuationId)), replayed: true as const };
    };
    const said = await known();
    if (said !== undefined) return said;
    const assessed = assess(body, todayOf(now));
    if (assessed.kind === 'wrong') return refused('validation_failed', assessed.error.message, [assessed.error]);
    const misfit = await loanMisfit(table, call);
    if (misfit !== undefined) return misfit;
    const key = rightKey(body.right, body.uscc ?? '');
    return untilSettled(async () => {
      const before = await currentValuation(table, key, partnerId);
      // Looked for after the one that holds, which may be a twin that was first.
      const twin = await known();
      if (twin !== undefined) return twin;
      if (before !== undefined && before.state.inputs.valuedOn > body.valuedOn) {
        return refused('state_conflict', `已有基准日为 ${before.state.inputs.valuedOn} 的评估，不能再存档更早的`);
      }
      const state: StoredValuation = {
        valuationId,
        partnerId,
        ...assessed.assessment,
        createdAt: now.toISOString(),
        ...(before !== undefined && { supersedes: before.state.valuationId }),
      };
      const outcome = done(view(state, now), locationOf(valuationId));
      const writes = valuationWrites(key, { state, actor: actorOf(caller) }, before, call);
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
  };
}

export function readValuation({ table }: Deps): Operation<Routes['getValuation']> {
  return async ({ params, caller, now }) => {
    const held = await getValuation(table, params.valuationId);
    if (held === undefined) return refused('not_found');
    const { partnerId, inputs } = held.state;
    const belongs = { partnerId, ...(inputs.uscc !== undefined && { uscc: inputs.uscc }) };
    return mayReach(caller, belongs) ? done(view(held.state, now)) : refused('not_found');
  };
}

export function listValuations({ table }: Deps): Operation<Routes['listValuations']> {
  return async ({ params, query: { uscc, pageSize }, caller, now, position, seal }) => {
    if (params.kind === 'licence-income' && uscc === undefined) {
      const message = '许可收益权须指明企业';
      return refused('validation_failed', message, [{ pointer: '?uscc', code: 'required', message }]);
    }
    const only = caller.kind === 'partner' ? caller.partnerId : undefined;
    const page = await table.page(valuationsOf(rightKey(params, uscc ?? ''), only), pageSize, startOf(position));
    const items = page.items.map((item) => {
      const { supersededBy, ...line } = readLine(item);
      return { ...line, status: statusOf({ supersededBy, validUntil: line.validUntil }, now) };
    });
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

/** A loan that is named has to be the bank's, and its enterprise's right. */
async function loanMisfit(
  table: Deps['table'],
  { body, caller }: Pick<Call<Routes['recordValuation']>, 'body' | 'caller'>,
) {
  if (body.loanId === undefined) return undefined;
  const loan = await reachedLoan(table, caller, body.loanId);
  if (loan === undefined) return refused('not_found');
  if (body.uscc === undefined || body.uscc === loan.state.uscc) return undefined;
  const message = '与贷款的企业不是同一家';
  return refused('validation_failed', message, [{ pointer: '/uscc', code: 'other_than_loan', message }]);
}

function view(state: StoredValuation, now: Date): Valuation {
  return { ...state, status: statusOf(state, now) };
}

function statusOf(
  { supersededBy, validUntil }: { supersededBy?: string | undefined; validUntil: string },
  now: Date,
): Valuation['status'] {
  if (supersededBy !== undefined) return 'superseded';
  return validUntil < todayOf(now) ? 'expired' : 'current';
}

const locationOf = (valuationId: string) => `/v1/valuations/${valuationId}`;
