import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

type Consumed = { CapacityUnits?: number };
export type Spent = { requests: number; writeUnits: number; readUnits: number };

const writing = new Set(['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand', 'TransactWriteItemsCommand']);

/** Counts what a client asks of its engine: requests, and the units that the engine says each consumed. */
export function countCapacity(db: DynamoDBClient): { spent: Spent; since: (before: Spent) => Spent } {
  const spent: Spent = { requests: 0, writeUnits: 0, readUnits: 0 };
  db.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        spent.requests += 1;
        const input = { ...args.input, ReturnConsumedCapacity: 'TOTAL' } as typeof args.input;
        const answer = await next({ ...args, input });
        const output = answer.output as { ConsumedCapacity?: Consumed | Consumed[] };
        const units = [output.ConsumedCapacity ?? []].flat().reduce((sum, one) => sum + (one.CapacityUnits ?? 0), 0);
        if (writing.has(commandName)) spent.writeUnits += units;
        else spent.readUnits += units;
        return answer;
      },
    { step: 'initialize', name: 'countCapacity' },
  );
  const since = (before: Spent): Spent => ({
    requests: spent.requests - before.requests,
    writeUnits: spent.writeUnits - before.writeUnits,
    readUnits: spent.readUnits - before.readUnits,
  });
  return { spent, since };
}
