import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type FieldError, refused } from '#packages/outcome';
import type { Table } from '#packages/table';
import { changedRight } from '../asset-change.ts';
import { bundleOf, stands } from '../bundle.ts';
import type { BundledRight, ChangedAsset } from '../contract/loan-schemas.ts';
import { maxRights } from '../contract/loan-schemas.ts';
import type { AssetChange, RightKind } from '../contract/right-schemas.ts';
import type { routes } from '../contract.ts';
import { isTooMuch, problemsOfAsset, tooMuchText, wrong } from '../filing-problems.ts';
import { pledgedText } from '../filing-rules.ts';
import { rightKey } from '../rights/right-number.ts';
import { loanMachine, rightMachine } from '../machines.ts';
import { lifeProblemOf } from '../rights/life.ts';
import { heldElsewhere, type Loan, loanWrites } from '../store/loan.ts';
import { getServicing } from '../store/servicing.ts';
import { type Deps, reachedLoan } from './context.ts';
import { keepWatch } from './keep-watch.ts';
import { lastRegistration, registeredEvent } from './prepare-filing.ts';

/**
 * What a bank brings of one right: registration, value, release, extinction. A right that is not in the bundle and comes
 * with its value joins it, through the same checks as a filing. Said again, it changes nothing.
 */
export function changeAsset({ table }: Deps): Operation<typeof routes.changeAsset> {
  return async (call) =>
    untilSettled(async () => {
      const { params, body, caller, now } = call;
      const held = await reachedLoan(table, caller, params.loanId);
      if (held === undefined) return refused('not_found');
      const errors = problemsOfChange(body, todayOf(now));
      if (errors.length > 0) return refused('validation_failed', errors[0]?.message, errors);
      const loan = held.state;
      const key = rightKey(params, loan.uscc);
      const place = loan.rights.findIndex((right) => rightKey(right, loan.uscc) === key);
      const known = loan.rights[place];
      if (known !== undefined && known.kind !== params.kind) {
        return refused('state_conflict', `该权利在本笔质押中的种类为 ${known.kind}`);
      }
      const next = known === undefined ? await joining(table, loan, params, body) : changedRight(known, body);
      if (next.kind === 'refused' && 'code' in next) return next;
      if (next.kind === 'refused') return refused('state_conflict', next.detail);
      const { right, acts } = next;
      if (acts.length === 0) return done(viewOf(loan, right));
      if (loanMachine.isTerminal(loan.status) && bundleGrows(acts)) {
        return refused('state_conflict', '贷款已终结，只能报送质押的注销、实现或灭失');
      }
      const rights = known === undefined ? [...loan.rights, right] : loan.rights.with(place, right);
      if (isTooMuch(rights.filter(stands))) {
        return refused('validation_failed', tooMuchText, [wrong('/valueFen', 'too_large', tooMuchText)]);
      }
      const { state, events } = withRights(loan, rights);
      const outcome = done(viewOf(state, right));
      const audit = {
        actor: actorOf(caller),
        action: `pledge.${acts.join('+')}`,
        outcome: right.state,
        reason: `${right.kind}/${right.number}`,
      };
      const kept = await keepWatch(table, state, { before: await getServicing(table, state.loanId) }, now);
      const change = { state, events: [...events, ...kept.events], audit };
      const writes = [...loanWrites(held, change, call), ...kept.writes];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}

function bundleGrows(acts: readonly string[]): boolean {
  return acts.some((act) => act === 'apply' || act === 'register' || act === 'join');
}

/** The loan with these rights; complete for the first time, it is told to the fund. */
function withRights(loan: Loan, rights: Loan['rights']) {
  const first = loan.registeredOn === undefined && bundleOf(rights) === 'complete';
  if (!first) return { state: { ...loan, rights }, events: [] };
  const registeredOn = lastRegistration(rights);
  const { reason: _missing, ...cover } = loan.cover;
  const state = { ...loan, rights, cover: loan.cover.status === 'pending' ? cover : loan.cover, registeredOn };
  return { state, events: [registeredEvent(state)] };
}

/** A right that joins a bundle later. */
async function joining(
  table: Table,
  loan: Loan,
  { kind, number }: { kind: RightKind; number: string },
  change: AssetChange,
) {
  const {
    appliedOn: _a,
    returnedOn: _t,
    withdrawnOn: _w,
    releasedOn: _r,
    enforcedOn: _e,
    extinguishedOn: _x,
    ...facts
  } = change;
  const { registrationNo: _no, registeredOn: _on, cause: _cause, valueFen, valuedOn, ...life } = facts;
  // Without its value it cannot be meant to join: then it is one that is not there.
  if (valueFen === undefined || valuedOn === undefined) return refused('not_found', '本笔质押中没有这项权利');
  if (bundleOf(loan.rights) === 'released') return refused('state_conflict', '质押已全部注销，不能再加入权利');
  if (loan.rights.length >= maxRights) return refused('state_conflict', `一笔贷款的质押权利不得超过 ${maxRights} 项`);
  const asset: BundledRight = { kind, number, valueFen, valuedOn, ...life, state: rightMachine.initial };
  const taken = await heldElsewhere(table, [rightKey(asset, loan.uscc)], loan.loanId);
  if (taken.size > 0) return refused('right_already_pledged', pledgedText([number]));
  const outlived = lifeProblemOf(asset, loan.maturesOn);
  if (outlived !== undefined) return refused('debt_outlives_right', outlived.message);
  const joined = changedRight(asset, change);
  return joined.kind === 'refused' ? joined : { ...joined, acts: ['join', ...joined.acts] };
}

function problemsOfChange(change: AssetChange, today: string): FieldError[] {
  const errors = problemsOfAsset(change, today);
  const { valueFen, valuedOn, extinguishedOn, cause } = change;
  if (valueFen !== undefined && valuedOn === undefined)
    errors.push(wrong('/valuedOn', 'required', '填了价值，应同时填估值日'));
  if (valuedOn !== undefined && valueFen === undefined)
    errors.push(wrong('/valueFen', 'required', '填了估值日，应同时填价值'));
  if (extinguishedOn !== undefined && cause === undefined) errors.push(wrong('/cause', 'required', '权利灭失应填原因'));
  if (cause !== undefined && extinguishedOn === undefined) {
    errors.push(wrong('/extinguishedOn', 'required', '填了灭失原因，应同时填灭失日'));
  }
  return errors;
}

function viewOf({ loanId, cover, rights }: Loan, asset: BundledRight): ChangedAsset {
  return { loanId, asset, bundle: bundleOf(rights), cover };
}
