import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  GetQueueAttributesCommand,
  type SendMessageBatchCommandInput,
  type SendMessageBatchCommandOutput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { readOutboxItem } from '#packages/messaging/outbox';
import type { Queues, World } from './messaging-world.ts';

/** A client whose batch calls lose the entries that `fails` names, as SQS does: the others are taken. */
export function halfFailing(client: SQSClient, fails: (body: string, queueUrl: string) => boolean): SQSClient {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const input = args.input as SendMessageBatchCommandInput;
      if (context.commandName !== 'SendMessageBatchCommand') return next(args);
      const bad = (input.Entries ?? []).filter((entry) => fails(entry.MessageBody ?? '', input.QueueUrl ?? ''));
      const good = (input.Entries ?? []).filter((entry) => !bad.includes(entry));
      const Failed = bad.map(({ Id }) => ({ Id, Code: 'InternalError', SenderFault: false }));
      if (good.length === 0) return { output: { Successful: [], Failed, $metadata: {} }, response: {} } as never;
      const answer = await next({ ...args, input: { ...input, Entries: good } as never });
      const output = answer.output as SendMessageBatchCommandOutput;
      return { ...answer, output: { ...output, Failed: [...(output.Failed ?? []), ...Failed] } as never };
    },
    { step: 'initialize', name: 'halfFailing' },
  );
  return client;
}

/** What a listener ends up with: per thing the values applied, in order; and everything that waits somewhere. */
export async function endOf(world: World, place: number) {
  const { table, queueUrl, deadLetterQueueUrl } = world.listeners[place]!;
  const applied: Record<string, unknown> = {};
  const cursors: Record<string, unknown> = {};
  let held = 0;
  for await (const item of table.scan({ expression: 'attribute_exists(pk)' })) {
    const [pk, sk] = [String(item['pk']), String(item['sk'])];
    if (![...world.counts.keys()].some((thing) => pk.endsWith(`thing/${thing}`))) continue;
    if (sk === 'VIEW') applied[pk.slice('VIEW#thing/'.length)] = item['applied'];
    if (sk === 'CURSOR') cursors[pk.slice('INBOX#/services/teller#thing/'.length)] = item['sequence'];
    if (sk === 'CURSOR' && item['held'] !== 0) held += 1_000;
    if (sk.startsWith('HELD#')) held += 1;
  }
  return {
    applied,
    cursors,
    held,
    waiting: await lying(world, queueUrl),
    dead: await lying(world, deadLetterQueueUrl),
  };
}

export async function lying(world: Queues, queueUrl: string): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const input = { QueueUrl: queueUrl, AttributeNames: [...names] };
  const { Attributes } = await world.sqs.send(new GetQueueAttributesCommand(input));
  return names.reduce((sum, name) => sum + Number(Attributes?.[name]), 0);
}

/** What it should end up with: everything told, once, in order. */
export function wanted(world: World) {
  const applied: Record<string, number[]> = {};
  for (const item of world.told) {
    const event = readOutboxItem(item);
    if (event?.type !== 'thing.changed.v1') continue;
    (applied[event.subject.slice('thing/'.length)] ??= []).push(event.sequence);
  }
  return { applied, cursors: Object.fromEntries(world.counts), held: 0, waiting: 0, dead: 0 };
}

export async function outboxLeft(world: World): Promise<number> {
  let left = 0;
  for await (const _item of world.teller.scan({ expression: 'attribute_exists(outboxShard)' })) left += 1;
  return left;
}

/** A client that runs `meanwhile` once, just before the first call whose input has the given text is sent. */
export function interrupted(client: DynamoDBClient, text: string, meanwhile: () => Promise<unknown>): DynamoDBClient {
  let waiting = true;
  client.middlewareStack.add(
    (next) => async (args) => {
      if (waiting && JSON.stringify(args.input).includes(text)) {
        waiting = false;
        await meanwhile();
      }
      return next(args);
    },
    { step: 'initialize', name: 'interrupted' },
  );
  return client;
}
