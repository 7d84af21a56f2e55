import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { Context, SQSRecord } from 'aws-lambda';
import type { Caller } from '#packages/access';
import { fifoFunction } from '#packages/lambda/fifo';
import { pinnedLookup } from '#packages/addresses';
import type { Envelope } from '#packages/messaging/envelope';
import { eventId } from '#packages/messaging/envelope';
import { noReceipt } from '#packages/outcome';
import { maxTransactionSteps, type Table, type Write } from '#packages/table';
import { fanOut } from '../../services/partners/operations/fan-out.ts';
import { wakeUp } from '../../services/partners/operations/dispatch-due.ts';
import { registerWebhook } from '../../services/partners/operations/webhooks.ts';
import { approveWebhook } from '../../services/partners/operations/webhook-acts.ts';
import { senderWork, type SenderSettings } from '../../services/partners/sender.ts';
import { DueItem, duePartitions, getDelivery, readDelivery } from '../../services/partners/store/delivery.ts';
import { getPartner, partnerWrites, type StoredPartner } from '../../services/partners/store/partner.ts';
import { getWebhook } from '../../services/partners/store/webhook.ts';
import { partitionOf } from './screening.ts';
import { startTable, type TestTable } from './table.ts';
import { startReceiver, type Receiver } from './webhook-receiver.ts';

export const person = (role: 'city-admin' | 'city-reviewer' | 'auditor', sub: string = role): Caller => ({
  kind: 'person',
  issuer: 'https://issuer.test',
  sub,
  role,
});
export const bank = (partnerId: string): Caller => ({ kind: 'partner', partnerId, role: 'bank' });
const actor = { type: 'system' as const, id: 'test', role: 'system' };

export const ownKey = generateKeyPairSync('ed25519');
export const listed = 'whitelist.entry.listed.v1';

/** An operation's outcome with whatever it has, for tests that look at a part of it. */
export type Loose = { kind: string; code?: string; result?: any; location?: string };

export type PartnersWorld = Awaited<ReturnType<typeof startPartners>>;

/** The partners service's work on a table of its own, with a clock that stands where it is put. */
export async function startPartners(started: TestTable, begin = '2026-11-23T04:00:00.000Z') {
  const table = await started.another();
  let time = new Date(begin);
  let ids = 0;
  const deps = {
    table,
    newId: (prefix: string) => `${prefix}-${String((ids += 1)).padStart(4, '0')}`,
    secret: async () => 'the secret of the tests, long enough for what is derived',
    localhost: true,
  };
  const settings: SenderSettings = {
    ...deps,
    webhookKeys: async () => [{ kind: 'v1a', privateKey: ownKey.privateKey }],
    lookup: pinnedLookup(),
    random: () => 0.5,
    clock: () => time,
    wait: async () => undefined,
    timeoutMs: 5_000,
  };

  const dueOf = (waiting: DueItem[]): SQSRecord[] =>
    waiting.filter(({ at }) => at <= time.toISOString()).map((item) => recordOf(wakeUp(item, time.toISOString())));

  const world = {
    table,
    deps,
    settings,
    now: () => time,
    at(instant: string | number): void {
      time = new Date(instant);
    },
    later(ms: number): void {
      time = new Date(time.getTime() + ms);
    },

    /** Runs an operation as the API would, but for what the gateway checks. */
    async call<Given, Answer>(
      operation: (call: Given) => Promise<Answer>,
      given: { caller: Caller; params?: object; query?: object; body?: object; position?: Record<string, string> },
    ): Promise<Loose> {
      const whole = {
        params: {},
        query: { pageSize: 50 },
        body: {},
        position: undefined,
        seal: (position: Record<string, string>) => JSON.stringify(position),
        requestId: 'test',
        now: time,
        receipt: noReceipt,
        file: { bytes: new Uint8Array(), mediaType: '' },
        ...given,
      };
      return (await operation(whole as Given)) as Loose;
    },

    async enter(partnerId: string, over: Partial<StoredPartner> = {}): Promise<void> {
      const before = await getPartner(table, partnerId);
      const state: StoredPartner = {
        ...(before?.state ?? {
          partnerId,
          role: 'bank',
          status: 'active',
          name: partnerId,
          networks: [],
          webhookHosts: ['hooks.bank.example.cn'],
          createdAt: time.toISOString(),
          keys: [],
        }),
        ...over,
      };
      const audit = { actor, action: 'test', outcome: 'done' };
      const context = { now: time, requestId: 'test' };
      const written = await table.transact(partnerWrites(before, { state, audit }, context));
      if (written.kind === 'refused') throw new Error(`${partnerId} moved`);
    },

    /** An address that has proved itself and was approved. */
    async webhook(partnerId: string, receiver: Receiver, over: object = {}): Promise<string> {
      const { result } = await world.call(registerWebhook(deps), {
        caller: bank(partnerId),
        params: { partnerId },
        body: { url: receiver.url, eventTypes: [listed], signature: 'v1a', ...over },
      });
      const { webhookId } = result;
      await world.drain();
      const approved = await world.call(approveWebhook(deps), {
        caller: person('city-reviewer'),
        params: { partnerId, webhookId },
      });
      if (approved.kind !== 'done') throw new Error(`not approved: ${approved.code}`);
      receiver.received.length = 0;
      return webhookId;
    },

    event(uscc: string, sequence: number, over: Partial<Envelope> = {}): Envelope {
      const source = '/services/screening';
      const subject = `whitelist-entry/${uscc}`;
      const type = over.type ?? listed;
      return {
        specversion: '1.0',
        id: eventId(source, subject, sequence),
        type,
        source,
        subject,
        time: time.toISOString(),
        dataschema: `${source}/events/${type}`,
        sequence,
        data: { uscc, version: 1, validUntil: '2027-11-22', recipients: ['all-banks'] },
        ...over,
      };
    },
    tell: (event: Envelope, on: Table = table) => fanOut({ table: on, now: () => time })(event, noReceipt),

    /** All that is to be looked at some day, the first first. */
    async waiting(): Promise<DueItem[]> {
      const items = (await Promise.all(duePartitions.map((pk) => partitionOf(table, pk)))).flat();
      return items.map((item) => DueItem.parse(item)).toSorted((one, other) => (one.sk < other.sk ? -1 : 1));
    },
    /** What the stream or the sweep would send now. */
    due: async (): Promise<SQSRecord[]> => dueOf(await world.waiting()),
    /** Everything that is due now, message by message, until nothing is. Answers when something will be. */
    async drain(over: Partial<SenderSettings> = {}): Promise<string | undefined> {
      for (let rounds = 0; ; rounds += 1) {
        const waiting = await world.waiting();
        const records = dueOf(waiting);
        if (records.length === 0) return waiting[0]?.at;
        if (rounds === 50) throw new Error(`${records.length} messages remain due`);
        await world.deliver(records, over);
      }
    },
    /** One invocation with these messages. Answers the ids of those that come again. */
    async deliver(records: SQSRecord[], over: Partial<SenderSettings> = {}, remainingMs = 60_000): Promise<string[]> {
      const handler = fifoFunction(senderWork({ ...settings, ...over }));
      const context = { awsRequestId: 'run', getRemainingTimeInMillis: () => remainingMs } as Context;
      const { batchItemFailures } = await handler({ Records: records }, context);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
    /** Lets time go by from one due delivery to the next, until the instant or until nothing waits. */
    async runTo(instant: string): Promise<void> {
      for (let next = await world.drain(); next !== undefined && next <= instant; next = await world.drain()) {
        world.at(next);
      }
      if (time.toISOString() < instant) world.at(instant);
    },

    async deliveries(partnerId: string) {
      const items = await partitionOf(table, `DELIVERIES#${partnerId}`);
      return items.map((item) => readDelivery(item).delivery).filter(({ eventId: of }) => of !== undefined);
    },
    delivery: async (partnerId: string, deliveryId: string) =>
      (await getDelivery(table, partnerId, deliveryId))?.delivery,
    state: async (webhookId: string) => (await getWebhook(table, webhookId))!.state,
  };
  return world;
}

let messages = 0;
function recordOf({ group, body }: { group: string; body: string }): SQSRecord {
  const attributes = { MessageGroupId: group } as SQSRecord['attributes'];
  return { messageId: `message-${(messages += 1)}`, attributes, body } as SQSRecord;
}

/** A table whose next transactions with more than one step fail, before or after they took effect. */
export function failing(table: Table, how: ('before' | 'after' | 'not')[]): Table {
  const left = [...how];
  return {
    ...table,
    async transact(writes: Write[]) {
      if (writes.length > maxTransactionSteps) throw new Error('too many steps');
      const now = left.shift() ?? 'not';
      if (now === 'before') throw new Error('lost on the way there');
      const written = await table.transact(writes);
      if (now === 'after') throw new Error('lost on the way back');
      return written;
    },
  };
}

export type Stage = { started: TestTable; world: PartnersWorld; receiver: Receiver };

/**
 * A world of its own with a receiver for each test of a file, on one engine for all; `enter` puts into it what the tests
 * find there.
 */
export function onStage(enter: (stage: Stage) => Promise<void>): void {
  let started: TestTable;
  let receiver: Receiver;
  beforeAll(async () => {
    started = await startTable({ streams: false });
  });
  afterAll(() => started.stop());
  beforeEach(async () => {
    receiver = await startReceiver();
    await enter({ started, world: await startPartners(started), receiver });
  });
  afterEach(() => receiver.stop());
}
