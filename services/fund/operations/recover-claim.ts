import { callerId } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { recover, reverse, type SharedRecovery } from '../claims/recover.ts';
import type { routes } from '../contract.ts';
import { openLedger } from '../ledger/post.ts';
import { findClaim, findRecovery } from '../store/claim.ts';
import { claimFor } from './claim-context.ts';
import type { Deps } from './context.ts';
import { afterPayments } from './after-payments.ts';
import { bookAnswered } from './book-answered.ts';

/** A bank's recovery, under its own number: booked once, answered for ever as the first time. */
export function recordRecovery({ table }: Deps): Operation<typeof routes.recordRecovery> {
  return async ({ params: { claimId }, body, caller, now, requestId, receipt }) => {
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined) return refused('not_found');
    const on = todayOf(now);
    if (body.receivedOn > on) {
      const errors = [{ pointer: '/receivedOn', code: 'in_future', message: '日期不能晚于今天' }];
      return refused('validation_failed', undefined, errors);
    }
    const ledger = openLedger(table, () => now);
    let shared: SharedRecovery | undefined;
    const command = recover(claimId, body, { by: callerId(caller), on }, (answer) => {
      shared = answer;
    });
    const telling = () => (shared === undefined ? undefined : { told: done(shared) });
    const { answer, told } = await bookAnswered(ledger, claim.fundId, command, receipt, telling);
    if (answer?.kind === 'refused') return refused('state_conflict');
    if (answer?.kind !== 'posted') return refused('already_exists');
    await afterPayments({ table }, claim.fundId, { now, requestId });
    if (told !== undefined) return told;
    const first = await findRecovery(table, claimId, body.reference);
    if (first === undefined) throw new Error(`${claimId}: ${body.reference} is booked and not there`);
    return { ...done(first), replayed: true };
  };
}

/** Takes back a recovery that was reported by mistake, as long as nothing rests on it. */
export function reverseRecovery({ table }: Deps): Operation<typeof routes.reverseRecovery> {
  return async ({ params: { claimId }, body, caller, now, requestId, receipt }) => {
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined) return refused('not_found');
    const { reference } = body;
    const said = (status: typeof claim.status) => done({ claimId, reference, status });
    let reversed: typeof claim.status | undefined;
    const command = reverse(claimId, body, { by: callerId(caller), on: todayOf(now) }, (status) => {
      reversed = status;
    });
    const ledger = openLedger(table, () => now);
    const telling = () => (reversed === undefined ? undefined : { told: said(reversed) });
    const { answer, told } = await bookAnswered(ledger, claim.fundId, command, receipt, telling);
    if (answer?.kind === 'refused' && answer.code === 'insufficient-funds') return refused('fund_balance_exceeded');
    if (answer?.kind !== 'posted') return refused('state_conflict');
    await afterPayments({ table }, claim.fundId, { now, requestId });
    if (told !== undefined) return told;
    const current = await findClaim(table, claimId);
    return { ...said(current?.status ?? claim.status), replayed: true };
  };
}
