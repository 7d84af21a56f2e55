import { todayOf } from '#packages/calendar';
import { inPartition, type Table } from '#packages/table';
import type { Command } from '../ledger/command.ts';
import { openLedger, post } from '../ledger/post.ts';
import { readBook } from '../ledger/read.ts';
import { setTerms } from '../ledger/suspension.ts';
import { drainRest } from './drain-rest.ts';
import { versionOn } from '../programme-line.ts';
import { fundsIndex, getFundHead, getProgrammeItem, type ProgrammeItem, readProgramme } from '../store/fund.ts';

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
 * Tells each book the terms of the programme that holds today. Run late or twice it changes nothing twice: a version's
 * terms are booked under its number.
 */
export function applyTerms({ table }: { table: Table }) {
  return async (now: Date): Promise<{ funds: number; applied: number }> => {
    const counts = { funds: 0, applied: 0 };
    for await (const { fundId } of table.each({ condition: inPartition(fundsIndex) })) {
      counts.funds += 1;
      // What whoever brought money did not come to pay.
      await drainRest(
        openLedger(table, () => now),
        String(fundId),
      );
      const head = await getFundHead(table, String(fundId));
      const version = head && versionOn(head.approved, todayOf(now));
      if (head === undefined || version === undefined) continue;
      const book = await readBook(table, head.fundId);
      const item =
        book.terms?.programmeVersion === version ? undefined : await getProgrammeItem(table, head.fundId, version);
      if (item === undefined) continue;
      await post(
        openLedger(table, () => now),
        head.fundId,
        [termsCommand(item, todayOf(now))],
      );
      counts.applied += 1;
    }
    return counts;
  };
}
