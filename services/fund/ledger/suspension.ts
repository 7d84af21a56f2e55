import type { Book } from './book.ts';
import { type Command, drafts, no } from './command.ts';
import type { Terms } from './control.ts';
import { fundNetPaidBps } from './exposure.ts';

/** Acts on a book that move nothing. Each lies at one place of the journal: what is booked before it stands, nothing after. */
type Act = { actId: string; valueDate: string; reason: string; bankId?: string; by?: string; approvedBy?: string };

export function setTerms(terms: Terms, valueDate: string, who: { by?: string; approvedBy?: string } = {}): Command {
  const causeId = String(terms.programmeVersion);
  const id = `terms:${causeId}`;
  return {
    id,
    content: { kind: 'terms-set', terms },
    decide: () => drafts({ id, kind: 'terms-set', causeId, valueDate, transfers: [], control: { terms }, ...who }),
  };
}

/** From here on no loan is covered, of one bank or of any. What is covered stays so, and claims are paid. */
export function suspend(act: Act): Command {
  return actOn('suspended', act);
}

export function resume(act: Act): Command {
  return actOn('resumed', act);
}

function actOn(kind: 'suspended' | 'resumed', act: Act): Command {
  const { actId, valueDate, reason, bankId, by, approvedBy } = act;
  const id = `${kind}:${actId}`;
  const what = { reason, ...(bankId !== undefined && { bankId }) };
  const control = kind === 'suspended' ? { suspend: what } : { resume: what };
  const people = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
  return {
    id,
    content: { kind, ...what },
    decide: () => drafts({ id, kind, causeId: actId, valueDate, transfers: [], control, ...people }),
  };
}

export type Level = 'fine' | 'warn' | 'stop';
/** `bank` is of the bank that was measured. */
export type Breaker = { bank: Level; fund: Level };

/** Where a bank's bad loans and the fund's losses stand against the terms. Reaching a level is being at it. */
export function breakerOf(book: Book, bankNplBps: bigint): Breaker {
  const limits = book.terms?.breaker;
  if (limits === undefined) return { bank: 'fine', fund: 'fine' };
  return { bank: levelOf(bankNplBps, limits.bankNplBps), fund: levelOf(fundNetPaidBps(book), limits.fundNetPaidBps) };
}

export function levelOf(bps: bigint, limits: { warn: number; stop: number }): Level {
  if (bps >= BigInt(limits.stop)) return 'stop';
  return bps >= BigInt(limits.warn) ? 'warn' : 'fine';
}

/**
 * Suspends what a measurement stops: the bank, or the fund as a whole; of these only `scope`, where it is named. Refused, as `below-stop`, where nothing is or it
 * is suspended already; decided on the book as it is when the suspension is booked.
 */
export function tripBreaker(measured: {
  measureId: string;
  bankId: string;
  bankNplBps: bigint;
  valueDate: string;
  scope?: keyof Breaker;
}): Command {
  const { measureId, bankId, bankNplBps, valueDate, scope } = measured;
  const id = `breaker:${measureId}`;
  const draft = { id, kind: 'suspended' as const, causeId: measureId, valueDate, transfers: [] };
  return {
    id,
    content: { kind: 'breaker', bankId, bankNplBps: Number(bankNplBps), ...(scope !== undefined && { scope }) },
    decide: (book) => {
      const levels = breakerOf(book, bankNplBps);
      if (scope !== 'bank' && levels.fund === 'stop' && book.suspendedSeq === undefined) {
        return drafts({ ...draft, control: { suspend: { reason: 'fund-net-paid' } } });
      }
      if (scope !== 'fund' && levels.bank === 'stop' && !book.suspendedBanks.includes(bankId)) {
        return drafts({ ...draft, control: { suspend: { bankId, reason: 'bank-npl' } } });
      }
      return no('below-stop');
    },
  };
}
