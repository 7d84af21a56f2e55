import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import * as z from 'zod';
import type { EventType } from '#packages/contract';
import { consume } from '#packages/messaging/consumer';
import { dataschemaOf, Envelope, type Event } from '#packages/messaging/envelope';
import { sqsFromEnvironment } from '#packages/messaging/environment';
import type { Outcome, Receipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { fifoFunction, type FifoRun, reserveMs } from './fifo.ts';
import { logger, metrics } from './telemetry.ts';

/** What a handler may know of the delivery beside the event. */
export type Delivery = { messageId: string; remainingMs: () => number };

type Handler<Type extends EventType> = (
  event: Event<z.output<Type['data']>>,
  receipt: Receipt,
  delivery: Delivery,
) => Promise<Outcome<unknown>>;

export type Handlers<Types extends Record<string, EventType>> = { [Name in keyof Types]?: Handler<Types[Name]> };

export type QueueDependencies<Types extends Record<string, EventType>> = {
  table: Table;
  /** The event types of the contracts that the queue subscribes to. */
  events: Types;
  /** Types without a handler only move the cursor on. */
  handlers: Handlers<Types>;
  sqs?: SQSClient;
  unreadableQueueUrl?: string;
  now?: () => Date;
};

/**
 * Thrown by a handler for what is well-formed and yet means nothing here, so that no later delivery could be better. The
 * message is set aside for people, and its successors are held until it comes again.
 */
export class SetAside extends Error {
  override name = 'SetAside';
}

type Reading = { kind: 'read'; envelope: Envelope } | { kind: 'unreadable'; reason: string };

/** A type that has a handler: its data's schema, and the handler behind that schema. */
type Handled = {
  data: z.ZodType;
  run: (envelope: Envelope, receipt: Receipt, delivery: Delivery) => Promise<Outcome<unknown>>;
};

/** The function that works on a service's FIFO queue: each event once and in the order of its aggregate. */
export function queueFunction<Types extends Record<string, EventType>>(deps: QueueDependencies<Types>) {
  const handled = bind(deps.events, deps.handlers);
  const sqs = deps.sqs ?? sqsFromEnvironment();
  const unreadableQueueUrl =
    deps.unreadableQueueUrl ?? z.object({ UNREADABLE_QUEUE_URL: z.url() }).parse(process.env).UNREADABLE_QUEUE_URL;

  async function work(record: SQSRecord, { remainingMs }: FifoRun): Promise<void> {
    const reading = read(record.body, handled);
    if (reading.kind === 'unreadable') return setAside(record, reading.reason);
    const delivery = { messageId: record.messageId, remainingMs };
    const consumed = consume({
      table: deps.table,
      envelope: reading.envelope,
      now: deps.now ?? (() => new Date()),
      mayGoOn: () => remainingMs() >= reserveMs,
      handle: (envelope, receipt) => handle(handled.get(envelope.type), envelope, receipt, delivery),
    });
    await consumed.catch((error: unknown) => {
      if (error instanceof SetAside) return setAside(record, error.message);
      throw error;
    });
  }

  async function setAside(record: SQSRecord, reason: string): Promise<void> {
    const { messageId, body } = record;
    const MessageBody = JSON.stringify({ reason, messageId, group: record.attributes.MessageGroupId, body });
    await sqs.send(new SendMessageCommand({ QueueUrl: unreadableQueueUrl, MessageBody }));
    metrics.addMetric('MessagesUnreadable', MetricUnit.Count, 1);
    logger.error('message not readable', { messageId, reason });
  }

  return fifoFunction(work);
}

function bind<Types extends Record<string, EventType>>(events: Types, handlers: Handlers<Types>): Map<string, Handled> {
  const handled = new Map<string, Handled>();
  for (const name in events) {
    const [type, handler] = [events[name], handlers[name]];
    if (type !== undefined && handler !== undefined) handled.set(name, behindSchema(type, handler));
  }
  return handled;
}

function behindSchema<Type extends EventType>(type: Type, handler: Handler<Type>): Handled {
  const data: Type['data'] = type.data;
  return {
    data,
    run: (envelope, receipt, delivery) =>
      handler({ ...envelope, data: z.parse(data, envelope.data) }, receipt, delivery),
  };
}

async function handle(
  type: Handled | undefined,
  envelope: Envelope,
  receipt: Receipt,
  delivery: Delivery,
): Promise<Outcome<unknown>> {
  if (type === undefined) return { kind: 'done', result: undefined };
  const outcome = await type.run(envelope, receipt, delivery);
  if (outcome.kind === 'refused') {
    // Terminal: the same event would be refused for ever.
    metrics.addMetric('EventsRefused', MetricUnit.Count, 1);
    const { type: name, subject, sequence } = envelope;
    logger.warn('event refused', { type: name, subject, sequence, code: outcome.code });
  }
  return outcome;
}

/** The data of types that nobody here handles is not looked at. */
function read(body: string, handled: Map<string, Handled>): Reading {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    return { kind: 'unreadable', reason: 'not-json' };
  }
  const envelope = Envelope.safeParse(json);
  if (!envelope.success) return { kind: 'unreadable', reason: 'not-an-envelope' };
  const { type, source, dataschema, data } = envelope.data;
  const known = handled.get(type);
  if (known === undefined) return { kind: 'read', envelope: envelope.data };
  if (dataschema !== dataschemaOf(source, type)) return { kind: 'unreadable', reason: 'unknown-dataschema' };
  if (!known.data.safeParse(data).success) return { kind: 'unreadable', reason: 'invalid-data' };
  return { kind: 'read', envelope: envelope.data };
}
