import { mainDepository } from './accounts.ts';
import { balanceOf, couldSpare } from './book.ts';
import { type Command, drafts, no } from './command.ts';
import { move } from './entry.ts';

/*
 * Money in and out that needs no claim. A line of the bank's statement is booked once, whatever it is booked as: its
 * reference is the name of all of them.
 */

export const levels = ['national', 'province', 'city', 'county'] as const;
export type Level = (typeof levels)[number];

/** A contributor as a party of the accounts: the level, and its place where several of one level pay in. */
export function contributorOf(level: Level, divisionCode?: string): string {
  return divisionCode === undefined ? level : `${level}-${divisionCode}`;
}

export function bankLineId(bankReference: string): string {
  return `bank:${bankReference}`;
}

type BankLine = {
  bankReference: string;
  amountFen: bigint;
  /** The day on which the bank booked it. */
  valueDate: string;
  /** The special account; without it the fund's main one. */
  depository?: string;
  by?: string;
};

/** The same line said again must say the same of all this. Who says it does not matter. */
function contentOf(kind: string, line: BankLine & { contributor?: string; returnId?: string }) {
  const { by: _by, amountFen, ...rest } = line;
  return { kind, ...rest, amountFen: Number(amountFen) };
}

function ofBank(
  kind:
    | 'contribution-received'
    | 'interest-credited'
    | 'fee-charged'
    | 'receipt-unidentified'
    | 'contribution-returned',
  line: BankLine,
) {
  const { bankReference, valueDate, by } = line;
  return { id: bankLineId(bankReference), kind, causeId: bankReference, valueDate, ...(by !== undefined && { by }) };
}

/** A contribution that was called counts as capital from the call on, but for no cover before it has come in. */
export function callContribution(call: {
  callId: string;
  contributor: string;
  amountFen: bigint;
  valueDate: string;
  by?: string;
}): Command {
  const { callId, contributor, amountFen, valueDate, by } = call;
  const id = `call:${callId}`;
  const transfers = [move(['1131', contributor], ['3101', contributor], amountFen)];
  return {
    id,
    content: { kind: 'contribution-called', contributor, amountFen: Number(amountFen), valueDate },
    decide: () =>
      drafts({
        id,
        kind: 'contribution-called',
        causeId: callId,
        valueDate,
        transfers,
        ...(by !== undefined && { by }),
      }),
  };
}

/** A contribution, or a replenishment: first what its contributor was called for and still owes, the rest new capital. */
export function receiveContribution(line: BankLine & { contributor: string }): Command {
  const { contributor, amountFen, depository = mainDepository } = line;
  return {
    id: bankLineId(line.bankReference),
    content: contentOf('contribution-received', line),
    decide: (book) => {
      const owed = balanceOf(book, '1131', contributor);
      const called = owed < amountFen ? owed : amountFen;
      const transfers = [
        move(['1002', depository], ['1131', contributor], called),
        move(['1002', depository], ['3101', contributor], amountFen - called),
      ];
      return drafts({ ...ofBank('contribution-received', line), transfers });
    },
  };
}

export function creditInterest(line: BankLine): Command {
  const transfers = [move(['1002', line.depository ?? mainDepository], ['4101'], line.amountFen)];
  return {
    id: bankLineId(line.bankReference),
    content: contentOf('interest-credited', line),
    decide: () => drafts({ ...ofBank('interest-credited', line), transfers }),
  };
}

/** A bank's charge or a cost that the programme lets the fund bear. Refused where the terms do not. */
export function chargeFee(line: BankLine): Command {
  const transfers = [move(['5102'], ['1002', line.depository ?? mainDepository], line.amountFen)];
  return {
    id: bankLineId(line.bankReference),
    content: contentOf('fee-charged', line),
    decide: (book) =>
      book.terms?.feesAllowed === false
        ? no('fees-not-allowed')
        : drafts({ ...ofBank('fee-charged', line), transfers }),
  };
}

/** Money that nobody can say anything of yet: it is in the account, and is not the fund's to spend. */
export function receiveUnidentified(line: BankLine): Command {
  const transfers = [move(['1002', line.depository ?? mainDepository], ['2204'], line.amountFen)];
  return {
    id: bankLineId(line.bankReference),
    content: contentOf('receipt-unidentified', line),
    decide: () => drafts({ ...ofBank('receipt-unidentified', line), transfers }),
  };
}

/**
 * A contributor is to get capital back. From now on the fund owes it, and neither spends nor covers with it; what it
 * covers already must stay covered.
 */
export function approveReturn(returned: {
  returnId: string;
  contributor: string;
  amountFen: bigint;
  valueDate: string;
  by?: string;
  approvedBy?: string;
}): Command {
  const { returnId, contributor, amountFen, valueDate, by, approvedBy } = returned;
  const id = `return:${returnId}`;
  const transfers = [move(['3101', contributor], ['2203', contributor], amountFen)];
  const people = { ...(by !== undefined && { by }), ...(approvedBy !== undefined && { approvedBy }) };
  return {
    id,
    content: { kind: 'contribution-return-approved', contributor, amountFen: Number(amountFen), valueDate },
    decide: (book) =>
      couldSpare(book, amountFen)
        ? drafts({ id, kind: 'contribution-return-approved', causeId: returnId, valueDate, transfers, ...people })
        : no('cover-not-kept'),
  };
}

/** What was approved leaves the account. */
export function payReturn(line: BankLine & { contributor: string; returnId?: string }): Command {
  const { contributor, amountFen, depository = mainDepository } = line;
  const transfers = [move(['2203', contributor], ['1002', depository], amountFen)];
  return {
    id: bankLineId(line.bankReference),
    content: contentOf('contribution-returned', line),
    decide: () => drafts({ ...ofBank('contribution-returned', line), transfers }),
  };
}
