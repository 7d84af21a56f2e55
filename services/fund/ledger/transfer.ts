import { mainDepository } from './accounts.ts';
import { couldSpare } from './book.ts';
import { bankLineId } from './cash.ts';
import { type Command, drafts, no } from './command.ts';
import { move } from './entry.ts';
import type { Part } from './post-across.ts';

export type FundTransfer = {
  fromFundId: string;
  toFundId: string;
  amountFen: bigint;
  bankReference: string;
  valueDate: string;
  by?: string;
};

/**
 * Money that goes from one fund's special account to another's: an entry in each book under the bank's one reference.
 * The clearing accounts of the two mirror each other. What a fund covers stays covered: it gives no more than it can
 * spare.
 */
export function transferParts(transfer: FundTransfer): [Part, Part] {
  const { fromFundId, toFundId, amountFen, bankReference, valueDate, by } = transfer;
  const id = bankLineId(bankReference);
  const content = { fromFundId, toFundId, amountFen: Number(amountFen), bankReference, valueDate };
  const booked = { id, causeId: bankReference, valueDate, ...(by !== undefined && { by }) };
  const out: Command = {
    id,
    content: { kind: 'transferred-out', ...content },
    decide: (book) => {
      if (!couldSpare(book, amountFen)) return no('cover-not-kept');
      const transfers = [move(['1009', toFundId], ['1002', mainDepository], amountFen)];
      return drafts({ ...booked, kind: 'transferred-out', transfers });
    },
  };
  const into: Command = {
    id,
    content: { kind: 'transferred-in', ...content },
    decide: () => {
      const transfers = [move(['1002', mainDepository], ['1009', fromFundId], amountFen)];
      return drafts({ ...booked, kind: 'transferred-in', transfers });
    },
  };
  return [
    { fundId: fromFundId, command: out },
    { fundId: toFundId, command: into },
  ];
}
