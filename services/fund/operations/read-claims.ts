import { todayOf } from '#packages/calendar';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { filledPage } from '#packages/paging';
import { datesOf, deadlinesOf } from '../claim-clocks.ts';
import { burdensOf, outOf } from '../arithmetic/claim.ts';
import { baseOf } from '../arithmetic/pay.ts';
import { entitledOf } from '../claims/entitled.ts';
import { opened, type StoredClaim } from '../claims/stored-claim.ts';
import type { Claim, routes } from '../contract.ts';
import { bankId as theBank } from '../contract/programme-problems.ts';
import { type Did, didTo, getClaims, listedId, listOf } from '../store/claim.ts';
import { claimFor } from './claim-context.ts';
import { confirmedOf } from './confirm-share.ts';
import type { Deps } from './context.ts';
import { proposalView } from './settle-claim.ts';

/** A claim with all that is out by it: what everybody is due, paid, got back and is left with. */
export function getClaim({ table }: Deps): Operation<typeof routes.getClaim> {
  return async ({ params: { claimId }, caller, now }) => {
    const claim = await claimFor(table, caller, claimId);
    if (claim === undefined) return refused('not_found');
    const [events, confirmations] = await Promise.all([didTo(table, claimId), confirmedOf(table, claim)]);
    const deadlines = deadlinesOf(datesOf(claim, events), todayOf(now));
    return done({ ...claimView(claim, events), deadlines, confirmations });
  };
}

/** Of one list, those of a state where one is named. */
export function listClaims({ table }: Deps): Operation<typeof routes.listClaims> {
  return async ({ query: { pageSize, status }, caller, position, seal }) => {
    const condition = listOf(caller);
    if (condition === undefined) return done({ items: [], nextCursor: null });
    const query = { condition, newestFirst: true };
    const found = await filledPage(table, query, { pageSize, position, seal }, async (items) => {
      const claims = await getClaims(table, items.map(listedId));
      return claims.filter((claim) => status === undefined || claim.status === status).map(listedView);
    });
    return done(found);
  };
}

function listedView(claim: StoredClaim) {
  const {
    claimId,
    loanId,
    fundId,
    bankId: partnerId,
    uscc,
    status,
    filed,
    filedOn,
    decision,
    paidOn,
    settleBy,
  } = claim;
  return {
    claimId,
    loanId,
    fundId,
    partnerId,
    uscc,
    status,
    lossPrincipalFen: filed.lossPrincipalFen,
    filedOn,
    ...(decision !== undefined && { decidedOn: decision.on }),
    ...(paidOn !== undefined && { paidOn }),
    ...(settleBy !== undefined && { settleBy }),
  };
}

function claimView(claim: StoredClaim, events: Did[]): Omit<Claim, 'deadlines' | 'confirmations'> {
  const { filed, programmeVersion, decision, settledOn, writtenOffOn, closedOn, proposals } = claim;
  const { trigger, netRecoveredFen = 0n, interestDueFen = 0n, penaltyDueFen = 0n, documents, previousClaimId } = filed;
  return {
    ...listedView(claim),
    programmeVersion,
    trigger,
    netRecoveredFen,
    interestDueFen,
    penaltyDueFen,
    baseFen: baseOf(opened(claim)),
    prePosition: filed.prePosition ?? false,
    documents,
    ...(previousClaimId !== undefined && { previousClaimId }),
    ...(settledOn !== undefined && { settledOn }),
    ...(writtenOffOn !== undefined && { writtenOffOn }),
    ...(closedOn !== undefined && { closedOn }),
    ...(decision !== undefined && {
      decision: { decision: decision.decision, reason: decision.reason, codes: decision.codes ?? [] },
    }),
    parties: [...partiesOf(claim), bankOf(claim)],
    proposals: proposals.map((proposal) => ({ kind: proposal.kind, ...proposalView(proposal) })),
    events,
  };
}

function partiesOf({ terms, entitlement, state }: StoredClaim): Claim['parties'] {
  const due = entitledOf(terms, entitlement);
  return terms.parties.map(({ id: partyId }, place) => {
    const party = state?.parties[place];
    if (party === undefined) {
      const nothing = { paidFen: 0n, pendingFen: 0n, refundedFen: 0n, burdenFen: 0n };
      return { partyId, entitledFen: due[place] ?? 0n, ...nothing };
    }
    const { entitledFen, paidFen, pendingFen, refundedFen, county } = party;
    const standing = { partyId, entitledFen, paidFen, pendingFen, refundedFen, burdenFen: outOf(party) };
    if (county === undefined) return standing;
    const countyFen = outOf(county);
    const split = { cityFen: outOf(party) - countyFen, countyFen, cityClaimOnCountyFen: county.owedToCityFen };
    return { ...standing, split };
  });
}

/** The bank: what it bears, and what it has got back of it. Before the payment it bears everything. */
function bankOf(claim: StoredClaim): Claim['parties'][number] {
  const { entitlement, state, bankBackFen: refundedFen } = claim;
  const entitledFen = entitlement.find(({ partyId }) => partyId === theBank)?.dueFen ?? 0n;
  const burdenFen =
    state === undefined
      ? entitlement.reduce((sum, { dueFen }) => sum + dueFen, 0n)
      : burdensOf(opened(claim), state).bankFen;
  return { partyId: theBank, entitledFen, paidFen: burdenFen + refundedFen, pendingFen: 0n, refundedFen, burdenFen };
}
