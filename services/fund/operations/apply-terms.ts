import { todayOf } from '#packages/calendar';
import type { Table } from '#packages/table';
import type { Command } from '../ledger/command.ts';
import { openLedger, post } from '../ledger/post.ts';
import { readBook } from '../ledger/read.ts';
import { setTerms } from '../ledger/suspension.ts';
import { afterPayments } from './after-payments.ts';
import { versionOn } from '../programme-line.ts';
import { forEachFund, getFundHead, getProgrammeItem, type ProgrammeItem, readProgramme } from '../store/fund.ts';

/** What of a programme binds the book: how many times its money it may answer for, and when its breaker stops it. */
export function termsCommand(item: ProgrammeItem, day: string): Command {
  const { leverage, breaker, bankQuotas } = readProgramme(item);
  const { version, proposedBy, approvedBy } = item;
  const levels = ({ warn, stop }: { warn: bigint; stop: bigint }) => ({ warn: Number(warn), stop: Number(stop) });
  const terms = {
    programmeVersion: version,
    leverage,
    ...(bankQuotas !== undefined && {
      bankQuotaFen: Object.fromEntries(bankQuotas.map(({ bankId, quotaFen }) => [bankId, Number(quotaFen)])),
    }),
    ...(breaker !== 'off' && {
      breaker: { bankNplBps: levels(breaker.bankNplBps), fundNetPaidBps: levels(breaker.fundNetPaidBps) },
    }),
  };
  return setTerms(terms, day, { by: proposedBy, ...(approvedBy !== undefined && { approvedBy }) });
}

/**
 * Tells each book the terms of the programme that holds today, and does what whoever moved money did not come to do: pays
 * what waits, looks at the breaker. Run late or twice it changes nothing twice: a version's terms are booked under its
 * number. What fails for one fund is done for the others all the same.
 * @throws AggregateError of what failed, at the end
 */
export function applyTerms({ table }: { table: Table }) {
  return async (now: Date): Promise<{ funds: number; applied: number }> => {
    let applied = 0;
    const funds = await forEachFund(table, async (fundId) => {
      if (await applyTo(table, fundId, now)) applied += 1;
      await afterPayments({ table }, fundId, { now, requestId: `fund-terms:${now.toISOString()}` });
    });
    return { funds, applied };
  };
}

/** Answers whether there was anything to tell. */
async function applyTo(table: Table, fundId: string, now: Date): Promise<boolean> {
  const head = await getFundHead(table, fundId);
  const version = head && versionOn(head.approved, todayOf(now));
  if (version === undefined) return false;
  const book = await readBook(table, fundId);
  const item = book.terms?.programmeVersion === version ? undefined : await getProgrammeItem(table, fundId, version);
  if (item === undefined) return false;
  await post(
    openLedger(table, () => now),
    fundId,
    [termsCommand(item, todayOf(now))],
  );
  return true;
}
