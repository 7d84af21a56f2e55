import * as z from 'zod';
import type { AggregateChange, Held } from '#packages/aggregate';
import { commit, untilSettled } from '#packages/commit';
import { done, noReceipt, type Outcome, type Receipt } from '#packages/outcome';
import type { Table, Write } from '#packages/table';
import { CoverConfirmed, CoverRefused, coverTermsOf, type FundProgramme } from '../contract.ts';
import { coverOf, type Release } from '../ledger/exposure.ts';
import { type CoverAnswer, coverLoans, releaseLoan } from '../ledger/operations/cover-loans.ts';
import type { Entry } from '../ledger/entry.ts';
import { openLedger } from '../ledger/post.ts';
import { repaidFen } from '../reported-loan.ts';
import { type CoveredLoan, coveredLoanWrites, getCoveredLoan } from '../store/covered-loan.ts';

export type CoverDeps = { table: Table; now: () => Date };

/** The message that a step is taken for. Nothing it brings about is dated after the day on which it was told. */
export type Telling = { requestId: string; toldOn: string };

/** Who does what the service's own queue brings. */
export const worker = { type: 'system', id: 'fund-worker', role: 'system' } as const;

/** The loan takes its part of the fund or is refused; the entry, the loan's state, the answer and the proof are one. */
export async function takeIn(
  { table, now }: CoverDeps,
  held: Held<CoveredLoan>,
  { requestId, toldOn, registeredOn }: Telling & { registeredOn: string },
  receipt: Receipt,
): Promise<Outcome<unknown>> {
  const { fundId, loanId, bankId, exposureFen, principalFen, filedOn } = held.state;
  const from = registeredOn > filedOn ? registeredOn : filedOn;
  const valueDate = from < toldOn ? from : toldOn;
  const outcome = done({ loanId });
  const told = (answer: CoverAnswer) => [
    ...coveredLoanWrites(held, answered({ ...held.state, registeredOn }, answer), { now: now(), requestId }),
    ...receipt(outcome),
  ];
  const cover = { loanId, bankId, exposureFen, principalFen, valueDate };
  const [answer] = await coverLoans(openLedger(table, now))(fundId, [cover], told);
  if (answer?.status === 'already_exists') throw new Error(`${loanId} was covered on other terms before`);
  return outcome;
}

function answered(loan: CoveredLoan, answer: CoverAnswer): AggregateChange<CoveredLoan> {
  const { loanId, bankId: partnerId, fundId, programmeVersion, exposureFen, principalFen } = loan;
  const audit = { actor: worker, action: 'cover.answer', outcome: answer.status };
  const ofLoan = { loanId, partnerId, fundId };
  if (answer.status === 'covered') {
    const data = z.encode(CoverConfirmed, { ...ofLoan, programmeVersion, exposureFen, seq: answer.seq });
    const state = { ...loan, cover: answer.status, left: { exposureFen, principalFen } };
    return { state, audit, events: [{ type: 'fund.cover.confirmed.v1', data }] };
  }
  if (answer.status === 'already_exists') throw new Error(`${loanId} was covered on other terms before`);
  const { status, reason } = answer;
  const data = z.encode(CoverRefused, { ...ofLoan, reason });
  const state = { ...loan, cover: status, refusal: reason };
  return { state, audit: { ...audit, reason }, events: [{ type: 'fund.cover.refused.v1', data }] };
}

/** Writes what a report makes of a loan and gives back the cover of the principal that it says was repaid. */
export async function giveBackRepaid(
  { table, now }: CoverDeps,
  programme: FundProgramme,
  held: Held<CoveredLoan>,
  reported: CoveredLoan,
  { requestId, toldOn }: Telling,
  receipt: Receipt,
): Promise<Outcome<unknown> | 'moved'> {
  const context = { now: now(), requestId };
  const audit = { actor: worker, action: 'cover.report', outcome: reported.lastReport?.classification ?? 'none' };
  const outcome = done({ loanId: reported.loanId });
  const repaid = repaidFen(reported);
  if (repaid === 0n || reported.lastReport === undefined) {
    const writes = coveredLoanWrites(held, { state: reported, audit }, context);
    return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
  }
  const { asOf, outstandingFen } = reported.lastReport;
  const { exposureFen: leastFen } = coverTermsOf(programme, { ...reported, principalFen: outstandingFen });
  const release = { reference: asOf, valueDate: asOf < toldOn ? asOf : toldOn, repaidFen: repaid, leastFen };
  await released(table, now, reported, release, (entry) => [
    ...coveredLoanWrites(held, { state: withoutReleased(reported, entry), audit }, context),
    ...receipt(outcome),
  ]);
  return outcome;
}

/** How a loan ended; left out where that is still to be told. */
type End = Telling & { reference: 'renewed' | 'settled' | 'claim-closed'; ended?: CoveredLoan['ended'] };

/**
 * A loan is over: all that is left of its cover is given back, but for one under claim, whose cover the claim needs.
 * Done before, or with nothing left, it only says how the loan ended.
 */
export async function giveBackRest(
  { table, now }: CoverDeps,
  loanId: string,
  { requestId, toldOn, reference, ended }: End,
  receipt: Receipt = noReceipt,
): Promise<Outcome<unknown>> {
  const outcome = done({ loanId });
  return untilSettled(async () => {
    const held = await getCoveredLoan(table, loanId);
    if (held === undefined) throw new Error(`nothing was filed as ${loanId}`);
    const { cover, claimId, left } = held.state;
    const holds = left !== undefined && left.principalFen > 0n && claimId === undefined;
    const over = cover === 'refused' || claimId !== undefined ? cover : 'released';
    if (!holds && over === cover && (ended === undefined || held.state.ended !== undefined)) return outcome;
    const state: CoveredLoan = { ...held.state, ...(ended && { ended: held.state.ended ?? ended }), cover: over };
    const context = { now: now(), requestId };
    const audit = { actor: worker, action: `cover.${reference}`, outcome: over };
    if (!holds) {
      const writes = coveredLoanWrites(held, { state, audit }, context);
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    }
    await released(table, now, state, { reference, valueDate: toldOn }, (entry) => [
      ...coveredLoanWrites(held, { state: withoutReleased(state, entry), audit }, context),
      ...receipt(outcome),
    ]);
    return outcome;
  });
}

async function released(
  table: Table,
  now: () => Date,
  { fundId, loanId }: CoveredLoan,
  release: Release,
  told: (entry: Entry) => Write[],
): Promise<void> {
  const answer = await releaseLoan(openLedger(table, now))(fundId, loanId, release, told);
  // Loan and book change together, so that they cannot disagree; where they do a person has to look.
  if (answer !== 'released') throw new Error(`${loanId}: ${answer}`);
}

/** What an entry took off the covers is below zero in it. */
function withoutReleased(loan: CoveredLoan, entry: Entry): CoveredLoan {
  const { left } = loan;
  if (left === undefined) throw new Error(`${loan.loanId} was never covered`);
  const change = coverOf(entry);
  return {
    ...loan,
    left: {
      exposureFen: left.exposureFen + change.exposureFen,
      principalFen: left.principalFen + change.principalFen,
    },
  };
}
