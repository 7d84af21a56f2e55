import { endOfDay, todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type Outcome, type Receipt, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import type { Table } from '#packages/table';
import { sum } from '../arithmetic/amounts.ts';
import { readClaimListFile } from '../claim-list-file.ts';
import { compareLists, digestOfList, type FundClaim } from '../claim-lists.ts';
import { publicTotals } from '../claims/booking.ts';
import { publicDueFen } from '../claims/entitled.ts';
import type { StoredClaim } from '../claims/stored-claim.ts';
import type { ClaimList, ClaimListChecked, routes } from '../contract.ts';
import { didTo, getClaims, listedId, listOf } from '../store/claim.ts';
import { checkedLists, checkedListWrite, findCheckedList, readCheckedList } from '../store/claim-list.ts';
import { getFundHead } from '../store/fund.ts';
import type { Deps } from './context.ts';

/** A bank's list of its claims on a fund, held against the fund's own. */
export function checkClaimList({ table }: Deps): Operation<typeof routes.checkClaimList> {
  return async ({ body, caller, now, receipt }) => {
    if (caller.kind !== 'partner') return refused('not_found');
    return check(table, { list: body, partnerId: caller.partnerId, now, receipt, pointer: '/asOf' });
  };
}

/** The same of a file that the bank has given to the city. */
export function checkClaimListFile({ table }: Deps): Operation<typeof routes.checkClaimListFile> {
  return async ({ params: { fundId, partnerId, asOf }, file, now, receipt }) => {
    const read = readClaimListFile(new TextDecoder('utf-8').decode(file.bytes), { fundId, asOf });
    if (read.kind === 'unreadable') {
      const rows = read.rows.slice(0, 20).map((row) => `第 ${row} 行`);
      return refused('list_unreadable', rows.join('；'));
    }
    return check(table, { list: read.list, partnerId, now, receipt, pointer: '/asOf' });
  };
}

/** What came of the lists of one bank, the latest day first. */
export function listClaimReconciliations({ table }: Deps): Operation<typeof routes.listClaimReconciliations> {
  return async ({ query, caller, position, seal }) => {
    const { fundId, pageSize } = query;
    const partnerId = caller.kind === 'partner' ? caller.partnerId : query.partnerId;
    if (partnerId === undefined) {
      const message = '须指明银行编号';
      return refused('validation_failed', message, [{ pointer: '?partnerId', code: 'required', message }]);
    }
    // A bank names itself or nobody.
    if (query.partnerId !== undefined && query.partnerId !== partnerId) return refused('not_found');
    const page = await table.page(checkedLists({ fundId, partnerId }), pageSize, startOf(position));
    return done({ items: page.items.map(readCheckedList), nextCursor: nextOf(page, seal) });
  };
}

type Given = { list: ClaimList; partnerId: string; now: Date; receipt: Receipt; pointer: string };

async function check(
  table: Table,
  { list, partnerId, now, receipt, pointer }: Given,
): Promise<Outcome<ClaimListChecked, 'not_found' | 'validation_failed'>> {
  const { fundId, asOf } = list;
  if (asOf > todayOf(now)) {
    const message = '日期不能晚于今天';
    return refused('validation_failed', message, [{ pointer, code: 'in_future', message }]);
  }
  if ((await getFundHead(table, fundId)) === undefined) return refused('not_found');
  const digest = digestOfList(list);
  return untilSettled(async () => {
    const before = await findCheckedList(table, { fundId, partnerId, asOf, digest });
    if (before !== undefined) return { ...done(before), replayed: true as const };
    const found = await compared(table, list, partnerId);
    const checked = { fundId, partnerId, asOf, digest, checkedAt: now.toISOString(), ...found };
    const outcome = done(checked);
    return (await commit(table, [checkedListWrite(checked)], receipt, outcome)) === 'moved' ? 'moved' : outcome;
  });
}

/** Only of what differs is it asked whether it has moved since the list's day. */
async function compared(table: Table, { fundId, asOf, claims }: ClaimList, partnerId: string) {
  const known = await claimsOf(table, { fundId, asOf, partnerId });
  const first = compareLists(claims, known);
  const differing = new Set(first.differences.flatMap(({ claimId }) => claimId ?? []));
  const marked: FundClaim[] = [];
  for (const claim of known) {
    const movedSince = differing.has(claim.claimId) && (await hasMovedSince(table, claim.claimId, asOf));
    marked.push({ ...claim, movedSince });
  }
  return compareLists(claims, marked);
}

async function hasMovedSince(table: Table, claimId: string, asOf: string): Promise<boolean> {
  return (await didTo(table, claimId)).some(({ at }) => at > endOfDay(asOf));
}

/** The bank's claims on the fund that were filed by that day, the first filed first. */
async function claimsOf(
  table: Table,
  { fundId, asOf, partnerId }: { fundId: string; asOf: string; partnerId: string },
): Promise<FundClaim[]> {
  const condition = listOf({ kind: 'partner', role: 'bank', partnerId });
  const ids: string[] = [];
  if (condition !== undefined) for await (const item of table.each({ condition })) ids.push(listedId(item));
  const claims = await getClaims(table, ids);
  const known = claims.filter((claim) => claim.fundId === fundId && claim.filedOn <= asOf).map(fundSideOf);
  return known;
}

/** A claim as a bank and the fund count it between them: the public parties' part, private ones pay the bank themselves. */
function fundSideOf(claim: StoredClaim): FundClaim {
  const { claimId, loanId, status, terms, entitlement, state } = claim;
  const { paid: paidFen, back: refundedFen } = publicTotals(claim, state);
  const ofPublic = (state?.parties ?? []).filter((_party, place) => terms.parties[place]?.kind === 'public');
  const entitledFen =
    state === undefined ? publicDueFen(terms, entitlement) : sum(ofPublic.map((party) => party.entitledFen));
  return { claimId, loanId, status, entitledFen, paidFen, refundedFen, movedSince: false };
}
