import { callerId, isAnother } from '#packages/access';
import { aggregateWrites, getHeld, type Held } from '#packages/aggregate';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, ReceiptTaken, untilSettled } from '#packages/commit';
import type { Call, Operations } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { approveReturn, contributorOf, payReturn } from '../ledger/cash.ts';
import type { Command } from '../ledger/command.ts';
import type { Entry } from '../ledger/entry.ts';
import { lineErrors } from '../ledger/operations/record-bank-line.ts';
import { sameAnswer } from '../ledger/operations/same-answer.ts';
import { openLedger, post } from '../ledger/post.ts';
import { contributionReturnMachine } from '../machines.ts';
import { contributionReturnKind, type HeldReturn, returnKeyOf } from '../store/contribution-return.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';

type Returns =
  | 'proposeContributionReturn'
  | 'getContributionReturn'
  | 'approveContributionReturn'
  | 'payContributionReturn';
type OfReturn = Call<typeof routes.approveContributionReturn> | Call<typeof routes.payContributionReturn>;
type Refusal = 'fund_balance_exceeded' | 'cover_not_kept' | 'contribution_exceeded' | 'already_exists';

const refusals: Record<string, Exclude<Refusal, 'already_exists'>> = {
  'insufficient-funds': 'fund_balance_exceeded',
  'balance-below-zero': 'contribution_exceeded',
  'cover-not-kept': 'cover_not_kept',
};

/**
 * Capital that goes back to who paid it in: one person proposes, another approves, from when on the fund owes it and
 * neither spends nor covers with it, and the payment is booked under the bank's reference.
 */
export function contributionReturns({ table }: Deps): Pick<Operations<typeof routes>, Returns> {
  const find = (params: { fundId: string; returnId: string }) =>
    getHeld(table, contributionReturnKind, returnKeyOf(params));

  /** Books a step and moves the return on, in one transaction; answers `moved` where somebody else did meanwhile. */
  async function book<Code extends Refusal>(
    call: OfReturn,
    held: Held<HeldReturn>,
    step: { action: string; command: Command; after: (entry: Entry) => HeldReturn; allowed: readonly Code[] },
  ) {
    const { now, receipt, params } = call;
    const said = sameAnswer((entry) => done(viewOf(step.after(entry))));
    const writes = (entry: Entry) => [
      ...aggregateWrites(contributionReturnKind, held, changeOf(call, step.action, step.after(entry)), call),
      ...receipt(said(entry)),
    ];
    try {
      const [answer] = await post(
        openLedger(table, () => now),
        params.fundId,
        [{ ...step.command, beside: (planned) => (planned.kind === 'posted' ? writes(planned.entry) : []) }],
      );
      if (answer?.kind === 'posted') return answer.replayed ? ('moved' as const) : said(answer.entry);
      const code: Refusal | undefined = answer?.kind === 'refused' ? refusals[answer.code] : 'already_exists';
      const known = step.allowed.find((one) => one === code);
      if (known === undefined) throw new Error(`${step.command.id}: ${answer?.kind} ${code}`);
      return refused(known);
    } catch (error) {
      const moved = error instanceof ReceiptTaken && (await find(params))?.books.version !== held.books.version;
      if (moved) return 'moved' as const;
      throw error;
    }
  }

  return {
    proposeContributionReturn: async (call) =>
      untilSettled(async () => {
        const { params, body, caller, now, receipt } = call;
        const { fundId } = params;
        if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
        if (body.amountFen === 0n) {
          const message = '金额应大于零';
          return refused('validation_failed', undefined, [{ pointer: '/amountFen', code: 'too_small', message }]);
        }
        const before = await find({ fundId, returnId: body.returnId });
        if (before !== undefined) return sameAs(before.state, body);
        const state: HeldReturn = {
          fundId,
          ...body,
          status: contributionReturnMachine.initial,
          proposedAt: now.toISOString(),
          proposedBy: callerId(caller),
        };
        const location = `/v1/funds/${fundId}/contribution-returns/${body.returnId}`;
        const outcome = done(viewOf(state), location);
        const change = changeOf(call, 'propose', state);
        const writes = aggregateWrites(contributionReturnKind, undefined, change, call);
        return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
      }),

    getContributionReturn: async ({ params }) => {
      const held = await find(params);
      return held === undefined ? refused('not_found') : done(viewOf(held.state));
    },

    approveContributionReturn: async (call) =>
      untilSettled(async () => {
        const held = await find(call.params);
        if (held === undefined) return refused('not_found');
        const { state } = held;
        const status = contributionReturnMachine.next(state.status, 'approve');
        if (status === undefined) return refused('state_conflict', '已批准');
        if (!isAnother(call.caller, state.proposedBy)) return refused('second_person_required');
        const approvedBy = callerId(call.caller);
        const { returnId, amountFen, proposedBy: by } = state;
        const command = approveReturn({
          returnId,
          contributor: contributorOf(state.level, state.divisionCode),
          amountFen,
          valueDate: todayOf(call.now),
          by,
          approvedBy,
        });
        return book(call, held, {
          action: 'approve',
          command,
          after: ({ at, seq }) => ({ ...state, status, approvedBy, approved: { at, seq } }),
          allowed: ['fund_balance_exceeded', 'cover_not_kept', 'contribution_exceeded'],
        });
      }),

    payContributionReturn: async (call) =>
      untilSettled(async () => {
        const held = await find(call.params);
        if (held === undefined) return refused('not_found');
        const { state } = held;
        const { body, now } = call;
        if (state.paid !== undefined) {
          const same = state.paid.bankReference === body.bankReference && state.paid.bookedOn === body.bookedOn;
          return same ? { ...done(viewOf(state)), replayed: true as const } : refused('already_exists');
        }
        const status = contributionReturnMachine.next(state.status, 'pay');
        if (status === undefined) return refused('state_conflict', '尚未批准');
        const { amountFen, returnId } = state;
        const { bankReference, bookedOn } = body;
        const errors = lineErrors({ amountFen, bankReference }, ['/bookedOn', bookedOn], now);
        if (errors.length > 0) return refused('validation_failed', undefined, errors);
        const contributor = contributorOf(state.level, state.divisionCode);
        const by = callerId(call.caller);
        return book(call, held, {
          action: 'pay',
          command: payReturn({ bankReference, amountFen, valueDate: bookedOn, contributor, returnId, by }),
          after: ({ at, seq }) => ({ ...state, status, paid: { at, seq, ...body } }),
          allowed: ['fund_balance_exceeded', 'already_exists'],
        });
      }),
  };
}

type Proposal = Pick<HeldReturn, 'level' | 'divisionCode' | 'amountFen' | 'reason'>;

/** The same decision said again, or another under its number. */
function sameAs(held: HeldReturn, body: Proposal): Outcome<ReturnType<typeof viewOf>, 'already_exists'> {
  const same =
    held.level === body.level &&
    held.divisionCode === body.divisionCode &&
    held.amountFen === body.amountFen &&
    held.reason === body.reason;
  return same ? { ...done(viewOf(held)), replayed: true } : refused('already_exists');
}

function viewOf({ proposedBy: _proposedBy, approvedBy: _approvedBy, ...view }: HeldReturn) {
  return view;
}

function changeOf({ caller }: Pick<OfReturn, 'caller'>, action: string, state: HeldReturn) {
  const { status: outcome, reason } = state;
  return {
    state,
    audit: { actor: actorOf(caller), action: `fund.contribution-return.${action}`, outcome, reason },
  };
}
