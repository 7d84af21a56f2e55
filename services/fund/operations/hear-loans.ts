import type * as z from 'zod';
import type { Held } from '#packages/aggregate';
import { legalDateOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import { SetAside } from '#packages/lambda/queue';
import type { Event } from '#packages/messaging/envelope';
import { done, type Outcome, type Receipt } from '#packages/outcome';
import type { eventTypes } from '#services/lending/contract';
import { coverTermsOf, type FundProgramme } from '../contract.ts';
import { withReport } from '../reported-loan.ts';
import { type CoveredLoan, coveredLoanWrites, getCoveredLoan } from '../store/covered-loan.ts';
import { getProgrammeItem, readProgramme } from '../store/fund.ts';
import { type CoverDeps, giveBackRepaid, giveBackRest, takeIn, worker } from './cover-steps.ts';
import { watchBreaker } from './watch-breaker.ts';

type Told<Name extends keyof typeof eventTypes> = Event<z.output<(typeof eventTypes)[Name]['data']>>;
type Heard = Promise<Outcome<unknown>>;

/** A loan filed with the fund: what its programme would cover of it is worked out now and never again. */
export function hearFiled({ table, now }: CoverDeps) {
  return async (event: Told<'loan.filed.v1'>, receipt: Receipt): Heard => {
    const { partnerId: bankId, ...filed } = event.data;
    return untilSettled(async () => {
      if ((await getCoveredLoan(table, filed.loanId)) !== undefined) return done({ loanId: filed.loanId });
      const programme = await programmeOf({ table, now }, filed);
      const { eligibleFen, exposureFen } = coverTermsOf(programme, filed);
      const state: CoveredLoan = { ...filed, bankId, eligibleFen, exposureFen, cover: 'pending', yearEnds: [] };
      const change = { state, audit: { actor: worker, action: 'cover.file', outcome: state.cover } };
      const outcome = done({ loanId: filed.loanId });
      const writes = coveredLoanWrites(undefined, change, { now: now(), requestId: event.id });
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  };
}

/** Every right of its bundle is registered: the fund answers, for good, whether it takes the loan in. */
export function hearRegistered(deps: CoverDeps) {
  return async (event: Told<'loan.registered.v1'>, receipt: Receipt): Heard => {
    const held = await loanOf(deps, event.data);
    if (held.state.cover !== 'pending') return done({ cover: held.state.cover });
    const { renews } = held.state;
    // The loan that it renews makes room for it first, whichever of the two is heard of first.
    if (renews !== undefined && (await getCoveredLoan(deps.table, renews)) !== undefined) {
      await giveBackRest(deps, renews, { ...whenTold(event), reference: 'renewed' });
    }
    return takeIn(deps, held, { ...whenTold(event), registeredOn: event.data.registeredOn }, receipt);
  };
}

/** A bank's monthly report: the days from which claims are possible, what was repaid, and how the bank as a whole does. */
export function hearReported(deps: CoverDeps) {
  return async (event: Told<'loan.reported.v1'>, receipt: Receipt): Heard => {
    const { loanId, ipNplBps, asOf, outstandingFen, overdueDays, classification } = event.data;
    const { fundId, bankId } = (await loanOf(deps, { loanId })).state;
    const reading = ipNplBps === undefined ? {} : { reading: { bankId, bankNplBps: ipNplBps } };
    await watchBreaker(deps)({ fundId, ...whenTold(event), ...reading });
    return untilSettled(async () => {
      const held = await loanOf(deps, { loanId });
      const programme = await programmeOf(deps, held.state);
      const report = { asOf, outstandingFen, overdueDays, classification };
      const state = withReport(held.state, report, programme.triggerOverdueDays);
      if (state === held.state) return done({ asOf });
      return giveBackRepaid(deps, programme, held, state, whenTold(event), receipt);
    });
  };
}

/** Another loan goes on with it: it ends here. */
export function hearRenewed(deps: CoverDeps) {
  return async (event: Told<'loan.renewed.v1'>, receipt: Receipt): Heard => {
    const { loanId, on } = event.data;
    return giveBackRest(
      deps,
      loanId,
      { ...whenTold(event), reference: 'renewed', ended: { how: 'renewed', on } },
      receipt,
    );
  };
}

export function hearSettled(deps: CoverDeps) {
  return async (event: Told<'loan.settled.v1'>, receipt: Receipt): Heard => {
    const { loanId, on, how } = event.data;
    return giveBackRest(deps, loanId, { ...whenTold(event), reference: 'settled', ended: { how, on } }, receipt);
  };
}

/** What was told and when, for what is booked and recorded of it. */
function whenTold({ id, time }: Pick<Event<unknown>, 'id' | 'time'>): {
  requestId: string;
  toldOn: string;
  time: string;
} {
  return { requestId: id, toldOn: legalDateOf(time), time };
}

async function loanOf({ table }: CoverDeps, { loanId }: { loanId: string }): Promise<Held<CoveredLoan>> {
  const held = await getCoveredLoan(table, loanId);
  // The queue holds what comes before the filing.
  if (held === undefined) throw new Error(`nothing was filed as ${loanId}`);
  return held;
}

async function programmeOf(
  { table }: CoverDeps,
  { fundId, programmeVersion }: Pick<CoveredLoan, 'fundId' | 'programmeVersion'>,
): Promise<FundProgramme> {
  const item = await getProgrammeItem(table, fundId, programmeVersion);
  if (item?.status !== 'approved') throw new SetAside('fund-or-programme-unknown');
  return readProgramme(item);
}
