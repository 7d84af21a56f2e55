import { callerId } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Call, Operations } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import { mainDepository } from '../ledger/accounts.ts';
import { exportJournal } from '../ledger/export.ts';
import { closeFundPeriod } from '../ledger/operations/close-period.ts';
import { readBalances, readProof } from '../ledger/operations/read-book.ts';
import { reconcileStatement } from '../ledger/operations/reconcile-statement.ts';
import { recordContribution, recordFee, recordInterest } from '../ledger/operations/record-bank-line.ts';
import { sameAnswer } from '../ledger/operations/same-answer.ts';
import { transferBetween } from '../ledger/operations/transfer.ts';
import { type Ledger, openLedger, post } from '../ledger/post.ts';
import { type JournalPosition, readBook, readJournal } from '../ledger/read.ts';
import { resume, suspend } from '../ledger/suspension.ts';
import { getFundHead } from '../store/fund.ts';
import { afterPayments } from './after-payments.ts';
import type { Deps } from './context.ts';

type Book =
  | 'recordContribution'
  | 'recordInterest'
  | 'recordFee'
  | 'recordTransfer'
  | 'getBalances'
  | 'listJournal'
  | 'exportJournal'
  | 'getProof'
  | 'closePeriod'
  | 'suspendCover'
  | 'resumeCover'
  | 'checkStatement';

/** What a function may answer is 6 MB, and a file goes as base64. */
const maxExportBytes = 4 * 1024 * 1024;

/** What can be asked of a fund's books, and done to them without a claim. Each fund has been founded first. */
export function bookOperations({ table }: Deps): Pick<Operations<typeof routes>, Book> {
  /** A book opens with its first entry, so it cannot say whether there is a fund: that is looked up before each call. */
  function ofFund<Given extends { params: { fundId: string } }, Answer>(run: (call: Given) => Promise<Answer>) {
    return async (call: Given) =>
      (await getFundHead(table, call.params.fundId)) === undefined ? refused('not_found') : run(call);
  }
  const ledgerAt = (now: Date): Ledger => openLedger(table, () => now);

  /**
   * What waits for the money that was booked is paid, as far as the commit of the money did not do it; a transfer's, which
   * is one of two books, pays nothing itself. Said again it goes on where it was cut off.
   */
  async function payingRest<Answer extends Outcome<unknown>>(
    { params, now, requestId }: { params: { fundId: string }; now: Date; requestId: string },
    booked: Promise<Answer>,
    toFundId = params.fundId,
  ): Promise<Answer> {
    const outcome = await booked;
    if (outcome.kind === 'done') await afterPayments({ table }, toFundId, { now, requestId });
    return outcome;
  }

  return {
    recordContribution: ofFund((call) =>
      payingRest(call, recordContribution(ledgerAt(call.now))(call.params.fundId, call.body, call)),
    ),
    recordInterest: ofFund((call) =>
      payingRest(call, recordInterest(ledgerAt(call.now))(call.params.fundId, call.body, call)),
    ),
    recordFee: ofFund((call) => recordFee(ledgerAt(call.now))(call.params.fundId, call.body, call)),

    recordTransfer: ofFund(async (call) => {
      const { toFundId } = call.body;
      if ((await getFundHead(table, toFundId)) === undefined) {
        const message = '没有这个资金池';
        return refused('validation_failed', undefined, [{ pointer: '/toFundId', code: 'unknown_fund', message }]);
      }
      const booked = transferBetween(ledgerAt(call.now))(call.params.fundId, call.body, call);
      return payingRest(call, booked, toFundId);
    }),

    getBalances: ofFund(({ params: { fundId }, query, now }) => readBalances(table)(fundId, query, now)),
    getProof: ofFund(({ params: { fundId } }) => readProof(table)(fundId)),
    listJournal: ofFund(async ({ params: { fundId }, query: { pageSize }, position, seal }) => {
      const { entries, next } = await readJournal(table, fundId, pageSize, placeOf(position));
      const nextCursor =
        next === undefined ? null : seal({ at: next.at, number: String(next.number), skip: String(next.skip) });
      return done({ items: entries, nextCursor });
    }),
    exportJournal: ofFund(async ({ params: { fundId } }) => {
      const lines: string[] = [];
      let size = 0;
      for await (const line of exportJournal(table, fundId)) {
        size += Buffer.byteLength(line);
        if (size > maxExportBytes) return refused('export_too_large');
        lines.push(line);
      }
      return done({ content: lines.join('') });
    }),

    closePeriod: ofFund(({ params: { fundId }, body: { through, sm3 }, caller, now }) => {
      const by = callerId(caller);
      return closeFundPeriod(ledgerAt(now))({ fundId, through, by, ...(sm3 !== undefined && { sm3 }) });
    }),
    suspendCover: ofFund(turn(true)),
    resumeCover: ofFund(turn(false)),
    checkStatement: ofFund(async ({ params: { fundId }, file, caller, now }) => {
      const csv = new TextDecoder('utf-8').decode(file.bytes);
      const by = callerId(caller);
      const checked = await reconcileStatement(ledgerAt(now))({ fundId, depository: mainDepository, csv, by });
      if (checked.kind === 'refused') {
        const rows = (checked.rows ?? []).slice(0, 20).map(({ row, code }) => `第 ${row} 行 ${code}`);
        return refused('statement_unreadable', rows.join('；'));
      }
      const { lines, differences } = checked.result;
      return done({ lines, differences: differences.map(plain) });
    }),
  };

  /** From the entry on that says so: what was taken in before stays, nothing is taken in after. */
  function turn(off: boolean) {
    return async (call: Call<typeof routes.suspendCover> | Call<typeof routes.resumeCover>): Promise<TurnOutcome> => {
      const { params, body, caller, now, requestId, receipt } = call;
      const { fundId } = params;
      const { bankId, reason } = body;
      const book = await readBook(table, fundId);
      const isOff = bankId === undefined ? book.suspendedSeq !== undefined : book.suspendedBanks.includes(bankId);
      if (isOff === off) return refused('state_conflict', off ? '已经暂停' : '没有被暂停');
      const act = {
        actId: requestId,
        valueDate: todayOf(now),
        reason,
        by: callerId(caller),
        ...(bankId !== undefined && { bankId }),
      };
      const command = off ? suspend(act) : resume(act);
      const said = sameAnswer(({ seq }) =>
        done({ fundId, suspended: off, seq, ...(bankId !== undefined && { bankId }) }),
      );
      const [answer] = await post(ledgerAt(now), fundId, [
        {
          ...command,
          beside: (planned) => (planned.kind === 'posted' ? receipt(said(planned.entry)) : []),
        },
      ]);
      if (answer?.kind !== 'posted') return refused('state_conflict');
      return said(answer.entry);
    };
  }
}

type TurnOutcome = Outcome<{ fundId: string; suspended: boolean; seq: number; bankId?: string }, 'state_conflict'>;

function placeOf(position: Record<string, string> | undefined): JournalPosition | undefined {
  if (position === undefined) return undefined;
  const { at = '', number = '0', skip = '0' } = position;
  return { at, number: Number(number), skip: Number(skip) };
}

/** Amounts of a difference may be below zero: what went out. */
function plain(difference: Record<string, unknown>): Record<string, string | number> {
  return Object.fromEntries(
    Object.entries(difference).flatMap(([name, value]): [string, string | number][] => {
      if (typeof value === 'string' || typeof value === 'number') return [[name, value]];
      if (typeof value === 'bigint') return [[name, Number(value)]];
      return Array.isArray(value) ? [[name, value.join(',')]] : [];
    }),
  );
}
