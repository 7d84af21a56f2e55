import { callerId, type Caller } from '#packages/access';
import { legalDateOf, todayOf } from '#packages/calendar';
import { outboxWrite } from '#packages/messaging/outbox';
import { done, type FieldError, noReceipt, type Outcome, type Receipt, refused } from '#packages/outcome';
import { draining } from '../../claims/drain.ts';
import { chargeFee, contributorOf, creditInterest, type Level, receiveContribution } from '../cash.ts';
import type { Command, Refused } from '../command.ts';
import type { Entry } from '../entry.ts';
import { type Ledger, post } from '../post.ts';
import { sameAnswer } from './same-answer.ts';

/** What an operation is given of the call that it answers. */
export type Call = { now: Date; caller: Caller; receipt?: Receipt };

/** A line of the bank's statement, and where it stands in the journal. */
export type Booked<Line> = Line & { fundId: string; seq: number; at: string; hash: string };
type Usual = 'already_exists' | 'validation_failed';
type FeeCode = 'fund_balance_exceeded' | 'fee_not_allowed';

export type Contribution = {
  level: Level;
  divisionCode?: string | undefined;
  amountFen: bigint;
  receivedOn: string;
  bankReference: string;
};
export type OtherLine = { amountFen: bigint; bookedOn: string; bankReference: string };

/** Books money that came in from a contributor, a replenishment too, and pays in the same commit the claims that wait. */
export function recordContribution(ledger: Ledger) {
  return (fundId: string, body: Contribution, call: Call): Promise<Outcome<Booked<Contribution>, Usual>> => {
    const { amountFen, bankReference, receivedOn: valueDate } = body;
    const contributor = contributorOf(body.level, body.divisionCode);
    const by = callerId(call.caller);
    const line = receiveContribution({ amountFen, bankReference, valueDate, contributor, by });
    const command = draining(
      line,
      { fen: amountFen, county: { name: contributor, fen: amountFen } },
      todayOf(call.now),
    );
    return record<Contribution, never>(ledger, { fundId, command, body, day: ['/receivedOn', valueDate], call }, never);
  };
}

export function recordInterest(ledger: Ledger) {
  return (fundId: string, body: OtherLine, call: Call): Promise<Outcome<Booked<OtherLine>, Usual>> => {
    const line = otherLine(fundId, body, call, creditInterest);
    const command = draining(line.command, { fen: body.amountFen }, todayOf(call.now));
    return record<OtherLine, never>(ledger, { ...line, command }, never);
  };
}

export function recordFee(ledger: Ledger) {
  return (fundId: string, body: OtherLine, call: Call): Promise<Outcome<Booked<OtherLine>, Usual | FeeCode>> =>
    record(ledger, otherLine(fundId, body, call, chargeFee), ({ code }) => feeRefusals[code]);
}

function otherLine(fundId: string, body: OtherLine, call: Call, make: typeof creditInterest): Recording<OtherLine> {
  const { amountFen, bankReference, bookedOn: valueDate } = body;
  const command = make({ amountFen, bankReference, valueDate, by: callerId(call.caller) });
  return { fundId, command, body, day: ['/bookedOn', valueDate], call };
}

type Recording<Body> = {
  fundId: string;
  command: Command;
  body: Body;
  day: Day;
  call: Call;
};

/** The longest serial number of a bank that the journal takes. */
export const maxReference = 128;

const feeRefusals: Record<string, FeeCode> = {
  'insufficient-funds': 'fund_balance_exceeded',
  'fees-not-allowed': 'fee_not_allowed',
};
/** What the book refuses of money that comes in is a bug. */
const never = (): undefined => undefined;

type Day = [pointer: string, date: string];

/** What no line of a bank's statement can be: nothing, without a number, of a day to come. */
export function lineErrors(body: { amountFen: bigint; bankReference: string }, day: Day, now: Date): FieldError[] {
  const errors: FieldError[] = [];
  if (body.amountFen === 0n) errors.push({ pointer: '/amountFen', code: 'too_small', message: '金额应大于零' });
  if (body.bankReference === '' || body.bankReference.length > maxReference) {
    errors.push({ pointer: '/bankReference', code: 'length', message: `银行流水号应为 1 至 ${maxReference} 个字符` });
  }
  if (day[1] > legalDateOf(now.toISOString())) {
    errors.push({ pointer: day[0], code: 'in_future', message: '日期不能晚于今天' });
  }
  return errors;
}

async function record<Body extends { amountFen: bigint; bankReference: string }, Code extends string = never>(
  ledger: Ledger,
  recording: Recording<Body>,
  codeOf: (refusal: Refused) => Code | undefined,
): Promise<Outcome<Booked<Body>, Usual | Code>> {
  const { fundId, command, body, day, call } = recording;
  const errors = lineErrors(body, day, call.now);
  if (errors.length > 0) return refused('validation_failed', undefined, errors);
  const { receipt = noReceipt } = call;
  const said = sameAnswer(({ seq, at, hash }) => done({ ...body, fundId, seq, at, hash }));
  const [answer] = await post({ ...ledger, now: () => call.now }, fundId, [
    {
      ...command,
      // A line that is booked is told, and the answer to the caller kept, in the one transaction.
      beside: (planned) => (planned.kind === 'posted' ? [...told(planned.entry), ...receipt(said(planned.entry))] : []),
    },
  ]);
  if (answer?.kind === 'posted') {
    return answer.replayed ? { ...said(answer.entry), replayed: true } : said(answer.entry);
  }
  if (answer?.kind === 'refused') {
    const code = codeOf(answer);
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
