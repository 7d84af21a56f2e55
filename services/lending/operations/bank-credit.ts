import { isDeepStrictEqual } from 'node:util';
import { aggregateWrites } from '#packages/aggregate';
import { actorOf } from '#packages/audit';
import { todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { divideDown, largestFen } from '#packages/money';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { compareNpl, nplRatioBps, toleranceOn } from '../npl-ratio.ts';
import { creditPlanKind, getCreditPlan, getCreditUse } from '../store/credit-plan.ts';
import { getPortfolio } from '../store/portfolio.ts';
import { type Deps, partnerOf } from './context.ts';

/** How a bank stands: its own, or any bank's for those who watch over all. */
export function getNplMeter({ table }: Deps): Operation<typeof routes.getNplMeter> {
  return async ({ query, caller, now }) => {
    const own = caller.kind === 'partner' ? caller.partnerId : undefined;
    const partnerId = query.partnerId ?? own;
    if (partnerId === undefined) {
      const message = '应以 partnerId 指明银行';
      return refused('validation_failed', message, [{ pointer: '?partnerId', code: 'required', message }]);
    }
    // Another bank's is the same as none.
    if (own !== undefined && partnerId !== own) return refused('not_found');
    const today = todayOf(now);
    const year = Number(today.slice(0, 4));
    const [portfolio, plan, use] = await Promise.all([
      getPortfolio(table, partnerId),
      getCreditPlan(table, partnerId, year),
      getCreditUse(table, partnerId, year),
    ]);
    const { asOf, allLoans, loans, nplLoans, outstandingFen, nplFen } = portfolio;
    const nplBps = nplRatioBps(portfolio);
    const compared = compareNpl(portfolio, asOf, allLoans, asOf ?? today);
    const toleranceBps = toleranceOn(asOf ?? today);
    const { planFen, customers } = plan?.state ?? {};
    return done({
      partnerId,
      ip: {
        ...(asOf !== undefined && { asOf }),
        loans,
        nplLoans,
        outstandingFen: shown(outstandingFen),
        nplFen: shown(nplFen),
        ...(nplBps !== undefined && { nplBps }),
      },
      ...(allLoans !== undefined && { allLoans: { asOf: allLoans.asOf, nplBps: allLoans.bps } }),
      ...compared,
      ...(compared.roomFen !== undefined && { roomFen: shown(compared.roomFen) }),
      ...(toleranceBps !== undefined && { toleranceBps }),
      credit: {
        year,
        loans: use.loans,
        disbursedFen: shown(use.disbursedFen),
        ...(planFen !== undefined && {
          plan: { planFen, ...(customers !== undefined && { customers }) },
          ...(planFen > 0n && { usedBps: Number(shown(divideDown(use.disbursedFen * 10_000n, planFen))) }),
        }),
      },
    });
  };
}

/** More than a JSON number holds exactly is shown as the most that it does. */
const shown = (amount: bigint): bigint => (amount < largestFen ? amount : largestFen);

/** A bank's plan for a year; it may be changed, and every change stays in the audit. */
export function setCreditPlan({ table }: Deps): Operation<typeof routes.setCreditPlan> {
  return async (call) =>
    untilSettled(async () => {
      const { params, body, caller } = call;
      const state = { year: params.year, partnerId: partnerOf(caller), ...body };
      const before = await getCreditPlan(table, state.partnerId, state.year);
      const outcome = done(state);
      if (before !== undefined && isDeepStrictEqual(before.state, state)) return outcome;
      const audit = { actor: actorOf(caller), action: 'credit-plan.set', outcome: 'set' };
      const writes = aggregateWrites(creditPlanKind, before, { state, audit }, call);
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
