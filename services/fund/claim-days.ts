/**
 * By when what has to be done about a claim: domain research 9.1. Dated, so that a claim keeps the days that held when
 * its clock began; a change is a further row.
 */
export type ClaimDays = {
  validFrom: string;
  /** From the filing to the first check of its completeness (初审), and from there to the decision (决委会). */
  initialReviewWorkingDays: number;
  committeeWorkingDays: number;
  /** From the approval to the payment. */
  paymentWorkingDays: number;
  /** From a recovery's receipt to its refund by the bank. */
  refundWorkingDays: number;
};

const claimDays: readonly ClaimDays[] = [
  {
    validFrom: '1900-01-01',
    initialReviewWorkingDays: 5,
    committeeWorkingDays: 15,
    paymentWorkingDays: 10,
    refundWorkingDays: 10,
  },
];

/** The row that holds on a day. */
export function claimDaysOn(day: string): ClaimDays {
  const row = claimDays.findLast(({ validFrom }) => validFrom <= day);
  if (row === undefined) throw new Error(`no days of claims on ${day}`);
  return row;
}

/** A reminder comes so many working days before what it reminds of. */
export const reminderWorkingDays = 3;
