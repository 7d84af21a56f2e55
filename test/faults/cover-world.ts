import type { SQSClient } from '@aws-sdk/client-sqs';
import { queueFunction } from '#packages/lambda/queue';
import { createResources, queueUrlOf } from '#packages/local/engines';
import type { Envelope } from '#packages/messaging/envelope';
import type { RelayDependencies } from '#packages/messaging/relay';
import { type Item, type Key, openTable, type Table } from '#packages/table';
import { eventTypes } from '#services/lending/contract';
import { workHandlers } from '../../services/fund/work-handlers.ts';
import { loanTeller, startCoveredFund } from '../support/covered-fund.ts';
import { lying } from './messaging-checks.ts';
import {
  clients,
  type Engines,
  giveBack,
  lambdaContext,
  receive,
  remove,
  send,
  sqsRecord,
  tableSpec,
} from './messaging-world.ts';

/** Lending's outbox, the fund's queue and the fund: the test is the stream and the poller between them. */

const region = 'cn-north-1';
const maxReceiveCount = 10;
const pollers = 4;
let worlds = 0;

export type CoverWorld = Awaited<ReturnType<typeof openCoverWorld>>;

/** The fund's code under test gets the clients of `faulty`; the test itself goes straight to the engines. */
export async function openCoverWorld(
  engines: Engines,
  {
    faulty = clients(engines.urls, 3),
    programme = {},
    amountFen = 1_000,
    clock = () => new Date('2026-11-23T04:00:00.000Z'),
  } = {},
) {
  worlds += 1;
  const [work, dead, unreadable] = [`c${worlds}.fifo`, `c${worlds}-dlq.fifo`, `c${worlds}-unreadable`];
  const [lendingName, fundName] = [`cover-${worlds}-lending`, `cover-${worlds}-fund`];
  await createResources(engines.urls, {
    region,
    tables: [lendingName, fundName].map(tableSpec),
    queues: [
      { name: dead, fifo: true, attributes: {}, terminal: true },
      {
        name: work,
        fifo: true,
        attributes: { VisibilityTimeout: '600' },
        deadLetter: { queueName: dead, maxReceiveCount },
        terminal: false,
      },
      { name: unreadable, fifo: false, attributes: {}, terminal: true },
    ],
    buckets: [],
  });
  const { db, sqs } = clients(engines.urls);
  const url = (name: string) => queueUrlOf(engines.urls.sqs, name);
  const [lending, table] = [openTable(db, lendingName), openTable(db, fundName)];
  const outbox: (Key & Item)[] = [];
  const fund = await startCoveredFund(table, clock, programme, amountFen);
  const relaying: RelayDependencies = { table: lending, sqs, subscribers: { loan: [url(work)] }, now: clock };
  return {
    ...fund,
    ...loanTeller(clock, (item) => outbox.push(item)),
    sqs,
    table,
    lending,
    relaying,
    clock,
    /** What lending has told, in its order; `keepOutbox` puts it into its table. */
    outbox,
    keepOutbox: async () => {
      for (const item of outbox) await lending.transact([{ kind: 'put', item }]);
    },
    queueUrl: url(work),
    deadLetterUrl: url(dead),
    unreadableUrl: url(unreadable),
    run: worker(openTable(faulty.db, fundName), faulty.sqs, url(unreadable), clock),
    /** The worker over another table client. */
    runOn: (through: Table) => worker(through, sqs, url(unreadable), clock),
    fundName,
  };
}

function worker(table: Table, sqs: SQSClient, unreadableQueueUrl: string, now: () => Date) {
  return queueFunction({
    table,
    events: eventTypes,
    handlers: workHandlers({ table, now }),
    now,
    sqs,
    unreadableQueueUrl,
  });
}

/** Puts events into the queue, each in its loan's group. */
export async function enqueue(world: CoverWorld, events: readonly Envelope[]): Promise<void> {
  for (const event of events) await send(world, world.queueUrl, event.subject, JSON.stringify(event));
}

/** Several pollers until the queue is empty; what fails comes again, as with SQS. */
export async function workOff(world: CoverWorld, run = world.run): Promise<void> {
  const { queueUrl } = world;
  const poll = async () => {
    for (;;) {
      const messages = await receive(world, queueUrl);
      if (messages.length === 0) {
        if ((await lying(world, queueUrl)) === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 5));
        continue;
      }
      const answer = await run({ Records: messages.map(sqsRecord) }, lambdaContext());
      const failed = new Set((answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier));
      await remove(
        world,
        queueUrl,
        messages.filter(({ MessageId }) => !failed.has(MessageId!)),
      );
      await giveBack(
        world,
        queueUrl,
        messages.filter(({ MessageId }) => failed.has(MessageId!)),
      );
    }
  };
  await Promise.all(Array.from({ length: pollers }, poll));
}

/** The worker's answer to one hand-made batch: which messages it wants again. */
export async function oneBatch(run: CoverWorld['run'], events: readonly Envelope[]): Promise<string[]> {
  const Records = events.map((event) =>
    sqsRecord({
      MessageId: `${event.subject}#${event.sequence}`,
      ReceiptHandle: 'none',
      Body: JSON.stringify(event),
      Attributes: { MessageGroupId: event.subject, ApproximateReceiveCount: '1' },
    }),
  );
  const answer = await run({ Records }, lambdaContext());
  return (answer?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier);
}
