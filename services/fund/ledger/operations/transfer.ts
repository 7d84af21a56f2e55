import { callerId } from '#packages/access';
import { done, noReceipt, type Outcome, refused } from '#packages/outcome';
import type { Entry } from '../entry.ts';
import { type Ledger } from '../post.ts';
import { postAcross } from '../post-across.ts';
import { transferParts } from '../transfer.ts';
import { type Booked, type Call, lineErrors, type OtherLine } from './record-bank-line.ts';
import { sameAnswer } from './same-answer.ts';

export type Transfer = OtherLine & { toFundId: string };
/** Where it stands in the giving fund's journal, and in the other's. */
export type BookedTransfer = Booked<Transfer> & { to: { seq: number; at: string; hash: string } };

const refusals: Record<string, 'fund_balance_exceeded' | 'cover_not_kept'> = {
  'insufficient-funds': 'fund_balance_exceeded',
  'cover-not-kept': 'cover_not_kept',
};

/** Books money that one fund's special account paid to another's, in both books or in neither. */
export function transferBetween(ledger: Ledger) {
  return async (
    fundId: string,
    body: Transfer,
    call: Call,
  ): Promise<
    Outcome<BookedTransfer, 'already_exists' | 'validation_failed' | 'fund_balance_exceeded' | 'cover_not_kept'>
  > => {
    const { toFundId, amountFen, bankReference, bookedOn: valueDate } = body;
    const errors = lineErrors(body, ['/bookedOn', valueDate], call.now);
    if (toFundId === fundId) {
      errors.push({ pointer: '/toFundId', code: 'same_fund', message: '收款资金池不能是付款资金池' });
    }
    if (errors.length > 0) return refused('validation_failed', undefined, errors);
    const by = callerId(call.caller);
    const parts = transferParts({ fromFundId: fundId, toFundId, amountFen, bankReference, valueDate, by });
    const { receipt = noReceipt } = call;
    const at = { ...ledger, now: () => call.now };
    const saidOf = sameAnswer((into) =>
      sameAnswer(({ seq, at, hash }) => {
        const to = { seq: into.seq, at: into.at, hash: into.hash };
        return done({ ...body, fundId, seq, at, hash, to });
      }),
    );
    const said = ([out, into]: readonly Entry[]) => {
      if (out === undefined || into === undefined) throw new Error(`${bankReference}: half a transfer`);
      return saidOf(into)(out);
    };
    const answer = await postAcross(at, parts, (entries) => receipt(said(entries)));
    if (answer.kind === 'already-exists') return refused('already_exists');
    if (answer.kind === 'posted') {
      return answer.replayed ? { ...said(answer.entries), replayed: true } : said(answer.entries);
    }
    const code = refusals[answer.code];
    if (code === undefined) throw new Error(`${bankReference}: ${answer.code}`);
    return refused(code);
  };
}
