import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { Bps } from '#packages/money';
import { absent, type Item, type Key, type Table, type Write } from '#packages/table';
import { isNonPerforming, type LoanStanding } from '../contract.ts';
import type { Portfolio } from '../npl-ratio.ts';
import { StoredSum } from './sum.ts';

/*
 * What a bank's live loans come to, kept as they are reported: each report moves the sums by what its loan moved, so
 * that a ratio costs one read whatever the stock.
 */

const StoredPortfolio = z.object({
  version: z.int().positive(),
  loans: z.int().nonnegative(),
  outstandingFen: StoredSum,
  nplLoans: z.int().nonnegative(),
  nplFen: StoredSum,
  /** The last day that a report speaks of. */
  asOf: LegalDate.optional(),
  allLoansAsOf: LegalDate.optional(),
  allLoansBps: Bps.optional(),
});

export type HeldPortfolio = Portfolio & {
  version: number;
  asOf?: string | undefined;
  allLoans?: { asOf: string; bps: bigint } | undefined;
};

function portfolioKey(partnerId: string): Key {
  return { pk: `BANK#${partnerId}`, sk: 'PORTFOLIO' };
}

export async function getPortfolio(table: Table, partnerId: string): Promise<HeldPortfolio> {
  const item = await table.get(portfolioKey(partnerId));
  return item === undefined
    ? { version: 0, loans: 0, outstandingFen: 0n, nplLoans: 0, nplFen: 0n }
    : readPortfolio(item);
}

function readPortfolio(item: Item): HeldPortfolio {
  const { allLoansAsOf, allLoansBps, ...rest } = StoredPortfolio.parse(item);
  return {
    ...rest,
    ...(allLoansAsOf !== undefined &&
      allLoansBps !== undefined && { allLoans: { asOf: allLoansAsOf, bps: allLoansBps } }),
  };
}

/** What a loan adds to its bank's sums: nothing before its first report, and nothing once it has ended. */
export type Part = Pick<LoanStanding, 'outstandingFen' | 'classification'> | undefined;

export function partOf({ lastReport, ended }: { lastReport?: Part; ended?: unknown }): Part {
  return ended === undefined ? lastReport : undefined;
}

/** The sums once one loan's part in them has become another. */
export function withPart(portfolio: HeldPortfolio, before: Part, after: Part): HeldPortfolio {
  return { ...portfolio, ...added(added(portfolio, before, -1), after, 1) };
}

function added(portfolio: Portfolio, part: Part, times: 1 | -1): Portfolio {
  if (part === undefined) return portfolio;
  const fen = times === 1 ? part.outstandingFen : -part.outstandingFen;
  const bad = isNonPerforming(part.classification);
  return {
    loans: portfolio.loans + times,
    outstandingFen: portfolio.outstandingFen + fen,
    nplLoans: portfolio.nplLoans + (bad ? times : 0),
    nplFen: portfolio.nplFen + (bad ? fen : 0n),
  };
}

/**
 * The sums once a report has been heard of: the latest day counts, and of two ratios said for one day the lower, which
 * leaves less room; so it is the same in whatever order they come.
 */
export function withReport(
  portfolio: HeldPortfolio,
  { asOf, allLoansNplBps: bps }: { asOf: string; allLoansNplBps?: bigint | undefined },
): HeldPortfolio {
  const { allLoans } = portfolio;
  const newer = bps !== undefined && (allLoans === undefined || asOf > allLoans.asOf);
  const lower = bps !== undefined && allLoans !== undefined && asOf === allLoans.asOf && bps < allLoans.bps;
  return {
    ...portfolio,
    asOf: portfolio.asOf === undefined || asOf > portfolio.asOf ? asOf : portfolio.asOf,
    ...((newer || lower) && { allLoans: { asOf, bps } }),
  };
}

/** Under the version that was read: two reports of one bank at once, and one of them reads again. */
export function portfolioWrite(partnerId: string, before: HeldPortfolio, after: HeldPortfolio): Write {
  const { allLoans, version: _read, ...sums } = after;
  const condition =
    before.version === 0
      ? absent
      : { expression: '#version = :version', names: { '#version': 'version' }, values: { ':version': before.version } };
  return {
    kind: 'put',
    item: {
      ...portfolioKey(partnerId),
      ...sums,
      version: before.version + 1,
      ...(allLoans !== undefined && { allLoansAsOf: allLoans.asOf, allLoansBps: Number(allLoans.bps) }),
    },
    condition,
  };
}
