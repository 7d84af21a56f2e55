import { callerId, type Caller } from '#packages/access';
import { legalDateOf } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { type FieldError, noReceipt, type Outcome, type Receipt, refused } from '#packages/outcome';
import { chargeFee, contributorOf, creditInterest, type Level, receiveContribution } from '../cash.ts';
import type { Command } from '../command.ts';
import type { Entry } from '../entry.ts';
import { type Ledger, post } from '../post.ts';

/** What an operation is given of the call that it answers. */
export type Call = { now: Date; caller: Caller; receipt?: Receipt };

/** A line of the bank's statement, booked. */
export type BookedLine = {
  fundId: string;
  bankReference: string;
  amountFen: bigint;
  seq: number;
  at: string;
  hash: string;
};
type Code = 'already_exists' | 'validation_failed' | 'fund_balance_exceeded' | 'fee_not_allowed';

export type Contribution = {
  level: Level;
  divisionCode?: string | undefined;
  amountFen: bigint;
  receivedOn: string;
  bankReference: string;
};
export type OtherLine = { amountFen: bigint; bookedOn: string; bankReference: string };

/** Books money that came in from a contributor, a replenishment too. Claims that wait for money are told by the event. */
export function recordContribution(ledger: Ledger) {
  return (fundId: string, body: Contribution, call: Call): Promise<Outcome<BookedLine, Code>> => {
    const { amountFen, bankReference, receivedOn: valueDate } = body;
    const contributor = contributorOf(body.level, body.divisionCode);
    const by = callerId(call.caller);
    const command = receiveContribution({ amountFen, bankReference, valueDate, contributor, by });
    return record(ledger, { fundId, command, body, day: ['/receivedOn', valueDate], call });
  };
}

export function recordInterest(ledger: Ledger) {
  return (fundId: string, body: OtherLine, call: Call): Promise<Outcome<BookedLine, Code>> =>
    recordOther(ledger, fundId, body, call, creditInterest);
}

export function recordFee(ledger: Ledger) {
  return (fundId: string, body: OtherLine, call: Call): Promise<Outcome<BookedLine, Code>> =>
    recordOther(ledger, fundId, body, call, chargeFee);
}

function recordOther(ledger: Ledger, fundId: string, body: OtherLine, call: Call, make: typeof creditInterest) {
  const { amountFen, bankReference, bookedOn: valueDate } = body;
  const command = make({ amountFen, bankReference, valueDate, by: callerId(call.caller) });
  return record(ledger, { fundId, command, body, day: ['/bookedOn', valueDate], call });
}

type Recording = {
  fundId: string;
  command: Command;
  body: { amountFen: bigint; bankReference: string };
  day: [pointer: string, date: string];
  call: Call;
};

/** The longest serial number of a bank that the journal takes. */
export const maxReference = 128;

const refusals: Record<string, Exclude<Code, 'already_exists' | 'validation_failed'>> = {
  'insufficient-funds': 'fund_balance_exceeded',
  'fees-not-allowed': 'fee_not_allowed',
};

async function record(ledger: Ledger, recording: Recording): Promise<Outcome<BookedLine, Code>> {
  const { fundId, command, body, day, call } = recording;
  const errors: FieldError[] = [];
  if (body.amountFen === 0n) errors.push({ pointer: '/amountFen', code: 'too_small', message: '金额应大于零' });
  if (body.bankReference === '' || body.bankReference.length > maxReference) {
    errors.push({ pointer: '/bankReference', code: 'length', message: `银行流水号应为 1 至 ${maxReference} 个字符` });
  }
  if (day[1] > legalDateOf(call.now.toISOString())) {
    errors.push({ pointer: day[0], code: 'in_future', message: '日期不能晚于今天' });
  }
  if (errors.length > 0) return refused('validation_failed', undefined, errors);
  const { receipt = noReceipt } = call;
  const said = (entry: Entry): Outcome<BookedLine, Code> => ({
    kind: 'done',
    result: { fundId, ...body, seq: entry.seq, at: entry.at, hash: entry.hash },
  });
  const [answer] = await post({ ...ledger, now: () => call.now }, fundId, [
    {
      ...command,
      // A line that is booked is told, and the answer to the caller kept, in the one transaction.
      beside: (planned) => (planned.kind === 'posted' ? [...told(planned.entry), ...receipt(said(planned.entry))] : []),
    },
  ]);
  if (answer?.kind === 'posted') return { ...said(answer.entry), ...(answer.replayed && { replayed: true }) };
  if (answer?.kind === 'refused') {
    const code = refusals[answer.code];
    if (code === undefined) throw new Error(`${command.id}: ${answer.code}`);
    return refused(code);
  }
  return refused('already_exists');
}

/** Each contribution is told as a subject of its own: contributions do not wait for each other. */
function told({ fundId, seq, at, cause, valueDate, lines }: Entry) {
  if (cause.type !== 'contribution-received') return [];
  const subject = `contribution/${fundId}.${seq}`;
  const amountFen = lines.reduce((sum, line) => sum + ('debitFen' in line ? line.debitFen : 0), 0);
  const data = { fundId, seq, amountFen, valueDate };
  const type = 'fund.contribution.posted.v1';
  return [outboxWrite({ pk: `FUND#${subject}`, service: 'fund', subject, sequence: 1, type, time: at, data })];
}
