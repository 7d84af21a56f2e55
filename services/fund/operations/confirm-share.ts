import { isDeepStrictEqual } from 'node:util';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Table } from '#packages/table';
import { sum } from '../arithmetic/amounts.ts';
import { entitledOf } from '../claims/entitled.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import type { PartyConfirmation, routes } from '../contract.ts';
import { type Confirmations, confirmationsOf, confirmationWrites, getConfirmations } from '../store/confirmation.ts';
import { claimFor } from './claim-context.ts';
import type { Deps } from './context.ts';

/** So many of one party on one claim; who pays in more parts than that has another matter to settle. */
const mostConfirmations = 100;

/** A guarantor or insurer says what it has paid or will pay of its part. Said again under its reference, it is the same. */
export function confirmShare({ table }: Deps): Operation<typeof routes.confirmShare> {
  return async ({ params: { claimId }, body, caller, now, requestId, receipt }) => {
    if (body.paidOn !== undefined && body.paidOn > todayOf(now)) {
      const message = '支付日期不能晚于今天';
      return refused('validation_failed', message, [{ pointer: '/paidOn', code: 'in_future', message }]);
    }
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined || caller.kind !== 'partner') return refused('not_found');
    const { partnerId: partyId } = caller;
    return untilSettled(async () => {
      const held = await getConfirmations(table, { claimId, partyId });
      const said = held?.state.confirmations ?? [];
      const before = said.find(({ reference }) => reference === body.reference);
      if (before !== undefined && held !== undefined) {
        const { at: _at, ...same } = before;
        if (!isDeepStrictEqual(same, { ...body })) return refused('already_exists');
        return { ...done(viewOf(claim, held.state)), replayed: true as const };
      }
      if (claim.status === 'returned' || claim.status === 'rejected') return refused('state_conflict');
      if (said.length >= mostConfirmations) {
        return refused('state_conflict', `同一机构对同一申请的确认不得超过 ${mostConfirmations} 笔`);
      }
      const state = { claimId, partyId, confirmations: [...said, { ...body, at: now.toISOString() }] };
      const view = viewOf(claim, state);
      const audit = { actor: actorOf(caller), action: 'claim.confirm', outcome: view.difference ?? 'as-entitled' };
      const writes = confirmationWrites(held, { state, audit }, { now, requestId });
      const outcome = done(view);
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  };
}

/** What each private party of a claim has confirmed, those that said nothing left out. */
export async function confirmedOf(table: Table, claim: StoredClaim): Promise<PartyConfirmation[]> {
  const parties = claim.terms.parties.filter(({ kind }) => kind === 'private').map(({ id }) => id);
  return (await confirmationsOf(table, claim.claimId, parties)).map((one) => viewOf(claim, one));
}

/** Beside what the party is due: once paid, by the claim as it stands, which a settlement may have changed. */
function viewOf({ terms, entitlement, state }: StoredClaim, said: Confirmations): PartyConfirmation {
  const place = terms.parties.findIndex(({ id }) => id === said.partyId);
  const entitledFen = state?.parties[place]?.entitledFen ?? entitledOf(terms, entitlement)[place] ?? 0n;
  const confirmedFen = sum(said.confirmations.map(({ amountFen }) => amountFen));
  const difference = confirmedFen < entitledFen ? 'below-entitlement' : 'above-entitlement';
  return { ...said, entitledFen, confirmedFen, ...(confirmedFen !== entitledFen && { difference }) };
}
