import {
  BatchGetItemCommand,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  type AttributeValue,
  ConditionalCheckFailedException,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';

/** Every table has these two keys and no other. */
export type Key = { pk: string; sk: string };
export type Item = Record<string, unknown>;

/** A condition on the item as it lies in the table. */
export type Condition = { expression: string; names?: Record<string, string>; values?: Record<string, unknown> };

/** One step of a transaction, as data: operations build them, only this file sends them. */
export type Write =
  | { kind: 'put'; item: Key & Item; condition?: Condition }
  | { kind: 'update'; key: Key; update: Condition; condition?: string }
  | { kind: 'delete'; key: Key; condition?: Condition }
  | { kind: 'check'; key: Key; condition: Condition };

/** `refused` names the steps whose condition failed, by their place in the list; nothing was written then. */
export type Written = { kind: 'written' } | { kind: 'refused'; steps: number[] };

export type Query = {
  index?: 'outbox';
  condition: Condition;
  filter?: Condition;
  newestFirst?: boolean;
  consistent?: boolean;
};
export type Page = { items: Item[]; last?: Record<string, AttributeValue> };

/** Every item of a partition, or those of it whose sort key begins like this. */
export function inPartition(pk: string, prefix?: string): Condition {
  return prefix === undefined
    ? { expression: 'pk = :pk', values: { ':pk': pk } }
    : { expression: 'pk = :pk AND begins_with(sk, :prefix)', values: { ':pk': pk, ':prefix': prefix } };
}

/** A query's filter: the attributes that are named with a value have it. Without any there is none. */
export function filterBy(wanted: Readonly<Record<string, string | undefined>>): Pick<Query, 'filter'> {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  return {
    filter: {
      expression: given.map(([name]) => `#${name} = :${name}`).join(' AND '),
      names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
    },
  };
}

export const absent: Condition = { expression: 'attribute_not_exists(pk)' };

/** DynamoDB's own limits. */
export const maxTransactionSteps = 100;
const batchGetKeys = 100;

/** A transaction that met another one is tried again this often, waiting up to 20 ms · 2ⁿ, before it is a fault. */
const conflictAttempts = 8;
const pagesPerQuery = 1_000;

export type Table = ReturnType<typeof openTable>;

/** The operations of one DynamoDB table that this project uses. Faults are thrown, conditions that fail are answers. */
export function openTable(db: DynamoDBClient, name: string, random: () => number = Math.random) {
  async function get(key: Key, consistent = true): Promise<Item | undefined> {
    const answer = await db.send(
      new GetItemCommand({ TableName: name, Key: marshall(key), ConsistentRead: consistent }),
    );
    return answer.Item && unmarshall(answer.Item);
  }

  /** Items in no particular order, those that do not exist left out. One request per hundred keys. */
  async function getMany(keys: Key[], consistent = true): Promise<Item[]> {
    const items: Item[] = [];
    for (let start = 0; start < keys.length; start += batchGetKeys) {
      let pending: Record<string, AttributeValue>[] = keys
        .slice(start, start + batchGetKeys)
        .map((key) => marshall({ pk: key.pk, sk: key.sk }));
      for (let attempt = 0; pending.length > 0; attempt += 1) {
        if (attempt === conflictAttempts) throw new Error(`${name}: ${pending.length} keys still unread`);
        if (attempt > 0) await pause(attempt, random);
        const answer = await db.send(
          new BatchGetItemCommand({ RequestItems: { [name]: { Keys: pending, ConsistentRead: consistent } } }),
        );
        for (const item of answer.Responses?.[name] ?? []) items.push(unmarshall(item));
        pending = answer.UnprocessedKeys?.[name]?.Keys ?? [];
      }
    }
    return items;
  }

  async function page(query: Query, limit: number, start?: Record<string, AttributeValue>): Promise<Page> {
    const values = { ...query.condition.values, ...query.filter?.values };
    const names = { ...query.condition.names, ...query.filter?.names };
    const answer = await db.send(
      new QueryCommand({
        TableName: name,
        IndexName: query.index,
        KeyConditionExpression: query.condition.expression,
        FilterExpression: query.filter?.expression,
        ExpressionAttributeNames: Object.keys(names).length > 0 ? names : undefined,
        ExpressionAttributeValues: marshall(values),
        ScanIndexForward: query.newestFirst !== true,
        ConsistentRead: query.index === undefined && query.consistent !== false,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    const items = (answer.Items ?? []).map((item) => unmarshall(item));
    return answer.LastEvaluatedKey ? { items, last: answer.LastEvaluatedKey } : { items };
  }

  /** Every item the query finds, page by page. */
  async function* each(query: Query, pageSize = 500): AsyncGenerator<Item> {
    let start: Record<string, AttributeValue> | undefined;
    for (let pages = 0; pages < pagesPerQuery; pages += 1) {
      const found = await page(query, pageSize, start);
      yield* found.items;
      if (found.last === undefined) return;
      start = found.last;
    }
    throw new Error(`${name}: a query of more than ${pagesPerQuery} pages`);
  }

  /** How many items the query finds from `start` on, at most those of so many pages of 1 MB. */
  async function count(query: Query, maxPages: number, from?: Record<string, AttributeValue>): Promise<number> {
    let start = from;
    let found = 0;
    for (let pages = 0; pages < maxPages; pages += 1) {
      const answer = await db.send(
        new QueryCommand({
          TableName: name,
          IndexName: query.index,
          KeyConditionExpression: query.condition.expression,
          ExpressionAttributeNames: query.condition.names,
          ExpressionAttributeValues: query.condition.values && marshall(query.condition.values),
          Select: 'COUNT',
          ExclusiveStartKey: start,
        }),
      );
      found += answer.Count ?? 0;
      start = answer.LastEvaluatedKey;
      if (start === undefined) break;
    }
    return found;
  }

  /** The whole table, for commands a person starts; never on a request's path. */
  async function* scan(filter: Condition): AsyncGenerator<Item> {
    let start: Record<string, AttributeValue> | undefined;
    do {
      const found = await scanPage(filter, undefined, start);
      yield* found.items;
      start = found.last;
    } while (start !== undefined);
  }

  /** One page of a scan, for a command that may have to go on later; `limit` counts items before the filter. */
  async function scanPage(filter: Condition, limit?: number, start?: Record<string, AttributeValue>): Promise<Page> {
    const answer = await db.send(
      new ScanCommand({
        TableName: name,
        FilterExpression: filter.expression,
        ExpressionAttributeNames: filter.names,
        ExpressionAttributeValues: filter.values && marshall(filter.values),
        ConsistentRead: true,
        Limit: limit,
        ExclusiveStartKey: start,
      }),
    );
    const items = (answer.Items ?? []).map((item) => unmarshall(item));
    return answer.LastEvaluatedKey ? { items, last: answer.LastEvaluatedKey } : { items };
  }

  /** All steps or none. Steps that meet another transaction are tried again here; a failed condition is an answer. */
  async function transact(writes: Write[]): Promise<Written> {
    if (writes.length === 1 && writes[0]?.kind !== 'check') return single(writes[0]);
    const TransactItems = writes.map((write) => transactItem(name, write));
    for (let attempt = 1; ; attempt += 1) {
      try {
        await db.send(new TransactWriteItemsCommand({ TransactItems }));
        for (const write of writes) effective.add(write);
        return { kind: 'written' };
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const codes = (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
        const steps = codes.flatMap((code, step) => (code === 'ConditionalCheckFailed' ? [step] : []));
        if (steps.length > 0) return { kind: 'refused', steps };
        const passing = codes.every((code) => code === 'None' || passingReasons.has(code));
        if (!passing || attempt === conflictAttempts) throw error;
        await pause(attempt, random);
      }
    }
  }

  /** A transaction of one costs twice the write units of a plain write and promises nothing more. */
  async function single(write: Write | undefined): Promise<Written> {
    if (write === undefined) return { kind: 'written' };
    const item = transactItem(name, write);
    for (let attempt = 1; ; attempt += 1) {
      try {
        if (item.Put) await db.send(new PutItemCommand(item.Put));
        else if (item.Update) await db.send(new UpdateItemCommand(item.Update));
        else await db.send(new TransactWriteItemsCommand({ TransactItems: [item] }));
        effective.add(write);
        return { kind: 'written' };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return { kind: 'refused', steps: [0] };
        const conflict = error instanceof Error && error.name === 'TransactionConflictException';
        if (!conflict || attempt === conflictAttempts) throw error;
        await pause(attempt, random);
      }
    }
  }

  return { name, get, getMany, page, each, count, scan, scanPage, transact };
}

/** The item of one key in each of several tables, by table; those that do not have it are left out. One request. */
export async function getFromEach(
  db: DynamoDBClient,
  tableNames: readonly string[],
  key: Key,
  random: () => number = Math.random,
): Promise<Map<string, Item>> {
  const found = new Map<string, Item>();
  let pending: Record<string, { Keys: Record<string, AttributeValue>[]; ConsistentRead: boolean }> = Object.fromEntries(
    tableNames.map((name) => [name, { Keys: [marshall(key)], ConsistentRead: true }]),
  );
  for (let attempt = 0; Object.keys(pending).length > 0; attempt += 1) {
    if (attempt === conflictAttempts) throw new Error(`${Object.keys(pending).join(', ')} still unread`);
    if (attempt > 0) await pause(attempt, random);
    const answer = await db.send(new BatchGetItemCommand({ RequestItems: pending }));
    for (const [name, items] of Object.entries(answer.Responses ?? {})) {
      for (const item of items) found.set(name, unmarshall(item));
    }
    pending = Object.fromEntries(
      Object.entries(answer.UnprocessedKeys ?? {}).map(([name, { Keys = [] }]) => [
        name,
        { Keys, ConsistentRead: true },
      ]),
    );
  }
  return found;
}

const effective = new WeakSet<Write>();

/** Whether this very step is known to have been written: a false one may have been too, by a call that lost its answer. */
export function tookEffect(write: Write): boolean {
  return effective.has(write);
}

const passingReasons = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

async function pause(attempt: number, random: () => number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, random() * 20 * 2 ** Math.min(attempt, 5)));
}

const options = { removeUndefinedValues: true };

function transactItem(TableName: string, write: Write): TransactWriteItem {
  switch (write.kind) {
    case 'put':
      return { Put: { TableName, Item: marshall(write.item, options), ...conditioned(write.condition) } };
    case 'update':
      return {
        Update: {
          TableName,
          Key: marshall(write.key),
          UpdateExpression: write.update.expression,
          ConditionExpression: write.condition,
          ExpressionAttributeNames: write.update.names,
          ExpressionAttributeValues: write.update.values && marshall(write.update.values, options),
        },
      };
    case 'delete':
      return { Delete: { TableName, Key: marshall(write.key), ...conditioned(write.condition) } };
    case 'check':
      return {
        ConditionCheck: {
          TableName,
          Key: marshall(write.key),
          ConditionExpression: write.condition.expression,
          ExpressionAttributeNames: write.condition.names,
          ExpressionAttributeValues: write.condition.values && marshall(write.condition.values, options),
        },
      };
  }
}

function conditioned(condition: Condition | undefined) {
  if (condition === undefined) return {};
  return {
    ConditionExpression: condition.expression,
    ExpressionAttributeNames: condition.names,
    ExpressionAttributeValues: condition.values && marshall(condition.values, options),
  };
}
