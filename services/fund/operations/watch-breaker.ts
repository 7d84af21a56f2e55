import * as z from 'zod';
import type { Held } from '#packages/aggregate';
import { commit, ReceiptTaken, untilSettled } from '#packages/commit';
import { done, noReceipt } from '#packages/outcome';
import { BreakerTold } from '../contract.ts';
import type { Book } from '../ledger/book.ts';
import type { Entry } from '../ledger/entry.ts';
import { fundNetPaidBps } from '../ledger/exposure.ts';
import { openLedger, post } from '../ledger/post.ts';
import { readBook } from '../ledger/read.ts';
import { breakerOf, type Level, tripBreaker } from '../ledger/suspension.ts';
import { getToldBreaker, keepReading, type ToldBreaker, toldBreakerWrites } from '../store/breaker.ts';
import { type CoverDeps, type Telling, worker } from './cover-steps.ts';

export type Watched = Telling & {
  fundId: string;
  /** When it was measured. */
  time: string;
  reading?: { bankId: string; bankNplBps: bigint };
};

/** A measure that has reached another level than was told of it last. */
type Crossing = { scope: 'fund' | 'bank'; bankId?: string; bps: bigint; level: Level; before: Level };

/**
 * Looks where a fund and a bank stand against the breaker of the terms in force, and says so when a level is reached:
 * at `warn` by an event, at `stop` by a suspension and an event in one transaction. Run again it finds that told. After a
 * payment it is run without a reading, for the fund alone.
 */
export function watchBreaker(deps: CoverDeps) {
  return async (watched: Watched): Promise<void> => {
    const { fundId, time: at, reading } = watched;
    const isNewest =
      reading !== undefined &&
      (await keepReading(deps.table, fundId, reading.bankId, { bankNplBps: reading.bankNplBps, at }));
    for (const scope of isNewest ? (['fund', 'bank'] as const) : (['fund'] as const)) {
      await untilSettled(() => tellCrossing(deps, watched, scope));
    }
  };
}

async function tellCrossing(
  { table, now }: CoverDeps,
  { fundId, reading, requestId, toldOn }: Watched,
  scope: 'fund' | 'bank',
): Promise<'told' | 'moved'> {
  const [book, held] = await Promise.all([readBook(table, fundId), getToldBreaker(table, fundId)]);
  const crossing = crossingOf(book, held?.state, scope, reading);
  if (crossing === undefined) return 'told';
  const { bankId = '', bps } = crossing;
  const writesOf = (entry?: Entry) =>
    toldBreakerWrites(held, changeOf(book, held, crossing, entry), { now: now(), requestId });
  if (crossing.level !== 'stop')
    return (await commit(table, writesOf(), noReceipt, done({}))) === 'moved' ? 'moved' : 'told';
  const bankNplBps = scope === 'bank' ? bps : 0n;
  const trip = tripBreaker({ measureId: `${scope}:${requestId}`, bankId, bankNplBps, valueDate: toldOn, scope });
  try {
    const [answer] = await post(openLedger(table, now), fundId, [
      { ...trip, beside: (said) => (said.kind === 'posted' ? writesOf(said.entry) : []) },
    ]);
    // Suspended or eased since it was read: looked at again. Booked by another delivery: told there.
    return answer?.kind === 'posted' ? 'told' : 'moved';
  } catch (error) {
    // What was told has moved. There is no receipt here, so it must not look like the one of who asked.
    if (error instanceof ReceiptTaken) return 'moved';
    throw error;
  }
}

function crossingOf(
  book: Book,
  told: ToldBreaker | undefined,
  scope: 'fund' | 'bank',
  reading: Watched['reading'],
): Crossing | undefined {
  const bankId = reading?.bankId;
  if (scope === 'bank' && bankId === undefined) return undefined;
  const before = (scope === 'fund' ? told?.fund : told?.banks[bankId ?? '']) ?? 'fine';
  const level = breakerOf(book, reading?.bankNplBps ?? 0n)[scope];
  // What a person has stopped already is told of when it goes on and is still at the level.
  const isStopped = scope === 'fund' ? book.suspendedSeq !== undefined : book.suspendedBanks.includes(bankId ?? '');
  if (level === before || (level === 'stop' && isStopped)) return undefined;
  const bps = scope === 'fund' ? fundNetPaidBps(book) : (reading?.bankNplBps ?? 0n);
  return { scope, ...(scope === 'bank' && bankId !== undefined && { bankId }), bps, level, before };
}

const order: readonly Level[] = ['fine', 'warn', 'stop'];

/** A level that is left downwards is noted and nobody is told: what was suspended is resumed by a person. */
function changeOf(
  book: Book,
  held: Held<ToldBreaker> | undefined,
  { scope, bankId, bps, level, before }: Crossing,
  entry: Entry | undefined,
) {
  const told = held?.state ?? { fundId: book.fundId, fund: 'fine' as const, banks: {} };
  const state: ToldBreaker =
    bankId === undefined ? { ...told, fund: level } : { ...told, banks: { ...told.banks, [bankId]: level } };
  const audit = { actor: worker, action: `breaker.${scope}`, outcome: level };
  const limits = book.terms?.breaker?.[scope === 'fund' ? 'fundNetPaidBps' : 'bankNplBps'];
  if (level === 'fine' || limits === undefined || order.indexOf(level) < order.indexOf(before)) return { state, audit };
  const data = z.encode(BreakerTold, {
    fundId: book.fundId,
    ...(bankId !== undefined && { partnerId: bankId }),
    measure: scope === 'fund' ? 'fund-net-paid' : 'bank-npl',
    bps: Number(bps),
    limitBps: limits[level],
    ...(entry !== undefined && { seq: entry.seq }),
  });
  return { state, audit, events: [{ type: `fund.breaker.${level === 'stop' ? 'tripped' : 'warned'}.v1`, data }] };
}
