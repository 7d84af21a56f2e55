import { SQSClient } from '@aws-sdk/client-sqs';
import type { Context, SQSEvent, SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import { aggregatePk } from '#packages/aggregate';
import { queueFunction } from '#packages/lambda/queue';
import type { Envelope } from '#packages/messaging/envelope';
import { outboxWrite, readOutboxItem } from '#packages/messaging/outbox';
import { inPartition, type Item, type Key, type Table } from '#packages/table';
import { eventTypes } from '#services/lending/contract';
import { balanceOf } from '../../services/fund/ledger/book.ts';
import { readBook } from '../../services/fund/ledger/read.ts';
import { getCoveredLoan } from '../../services/fund/store/covered-loan.ts';
import { workHandlers } from '../../services/fund/work-handlers.ts';
import { fundApi } from './fund-api.ts';

export const fundId = 'xinyang';
/** Half of the loss is the fund's, so that a loan of 2 fen takes 1. */
export const halfShared = {
  parties: [{ id: 'fund', kind: 'public', shareBps: 5_000 }],
  recoveryOrder: 'principal-first',
};

type LoanEvent = keyof typeof eventTypes;

/** Events of loans as lending tells them: counted for each loan, at the time of the clock. `keep` gets the outbox's items. */
export function loanTeller(clock: () => Date, keep: (item: Key & Item) => void = () => {}) {
  const counts = new Map<string, number>();
  const tell = (loanId: string, type: LoanEvent, more: Record<string, unknown>, bankId = 'bank-a'): Envelope => {
    const sequence = (counts.get(loanId) ?? 0) + 1;
    counts.set(loanId, sequence);
    const subject = `loan/${loanId}`;
    const data = { loanId, partnerId: bankId, ...more };
    // What is told here is what lending may tell.
    z.parse(eventTypes[type].data, data);
    const write = outboxWrite({
      pk: `LOAN#${loanId}`,
      service: 'lending',
      subject,
      sequence,
      type,
      time: clock().toISOString(),
      data,
    });
    if (write.kind !== 'put') throw new Error('not a put');
    keep(write.item);
    return JSON.parse(String(write.item['event']));
  };
  return {
    tell,
    filed: (loanId: string, principalFen: number, more: Record<string, unknown> = {}, bankId?: string) =>
      tell(
        loanId,
        'loan.filed.v1',
        {
          uscc: '91411500MA45ABCDX2',
          divisionCode: '411500',
          fundId,
          programmeVersion: 1,
          principalFen,
          ipPartBps: 10_000,
          annualRateBps: 360,
          disbursedOn: '2026-10-08',
          maturesOn: '2027-10-08',
          filedOn: '2026-10-08',
          ...more,
        },
        bankId,
      ),
    registered: (loanId: string, registeredOn = '2026-10-09', bankId?: string) =>
      tell(loanId, 'loan.registered.v1', { registeredOn }, bankId),
    reported: (loanId: string, asOf: string, outstandingFen: number, more: object = {}, bankId?: string) =>
      tell(
        loanId,
        'loan.reported.v1',
        { asOf, outstandingFen, overdueDays: 0, classification: 'normal', ...more },
        bankId,
      ),
    renewed: (loanId: string, newLoanId: string, on: string) => tell(loanId, 'loan.renewed.v1', { newLoanId, on }),
    settled: (loanId: string, on: string, how = 'repaid') => tell(loanId, 'loan.settled.v1', { on, how }),
  };
}

/** A fund with a programme in force and money, founded by the service itself; what its queue hands it is hand-made. */
export async function startCoveredFund(table: Table, clock: () => Date, programme: object = {}, amountFen = 1_000) {
  const call = fundApi(table, clock);
  const post = async (path: string, json: unknown, as?: string) => {
    const answer = await call('POST', path, { json, ...(as !== undefined && { as }) });
    if (answer.status >= 300) throw new Error(`${path}: ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  await post('/v1/funds', { fundId, name: '市级资金池', programme: { ...halfShared, ...programme } });
  await post(`/v1/funds/${fundId}/programmes/1/approvals`, {}, 'city-reviewer.second');
  await post(`/v1/funds/${fundId}/contributions`, {
    level: 'city',
    amountFen,
    receivedOn: '2026-10-08',
    bankReference: 'R1',
  });
  const work = queueFunction({
    table,
    events: eventTypes,
    handlers: workHandlers({ table, now: clock }),
    now: clock,
    // Only what cannot be read is sent anywhere, and nothing is.
    sqs: new SQSClient({ region: 'us-east-1', endpoint: 'http://127.0.0.1:9', maxAttempts: 1 }),
    unreadableQueueUrl: 'http://127.0.0.1:9/unreadable',
  });
  return {
    call,
    post,
    ...loanTeller(clock),
    /** Hands the worker a batch; answers the ids of the messages that failed. */
    hear: async (...events: readonly Envelope[]): Promise<string[]> => {
      const Records = events.map((event, place) => recordOf(event, place));
      const context = { getRemainingTimeInMillis: () => 600_000, awsRequestId: 'test' } as Context;
      const answer = await work({ Records } as SQSEvent, context);
      return (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
    },
    loan: async (loanId: string) => (await getCoveredLoan(table, loanId))?.state,
    /** What the fund has told under a subject: `cover/…`, `breaker/…`. */
    told: (name: 'cover' | 'breaker', id: string) => toldOf(table, name, id),
    balance: async (code: string, bankId?: string): Promise<bigint> =>
      balanceOf(await readBook(table, fundId), code, bankId),
  };
}
export type CoveredFund = Awaited<ReturnType<typeof startCoveredFund>>;

function recordOf(event: Envelope, place: number): SQSRecord {
  return {
    messageId: `${event.subject}:${event.sequence}:${place}`,
    body: JSON.stringify(event),
    attributes: { MessageGroupId: event.subject, ApproximateReceiveCount: '1' },
  } as SQSRecord;
}

async function toldOf(table: Table, name: string, id: string) {
  const told = [];
  for await (const item of table.each({ condition: inPartition(aggregatePk({ name }, id)) })) {
    const event = readOutboxItem(item);
    if (event !== undefined) told.push({ sequence: event.sequence, type: event.type, data: event.data });
  }
  return told;
}
