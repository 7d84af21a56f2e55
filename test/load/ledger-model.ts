import { type DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';

/**
 * What the embedded engine lacks, as assumptions: the least time that each call takes in one region, transactions that
 * meet on an item, and the write units that one partition key takes in a second. The same for all that are compared.
 */
const milliseconds: Record<string, number> = {
  GetItemCommand: 3,
  QueryCommand: 3,
  PutItemCommand: 5,
  UpdateItemCommand: 5,
  BatchGetItemCommand: 8,
};
const transactionMs = 12;
const perItemMs = 0.15;

type Part = Record<string, { Key?: unknown; Item?: { pk: unknown; sk: unknown } }>;

export function addModel(db: DynamoDBClient): { conflicts: () => number } {
  const busy = new Set<string>();
  let conflicts = 0;
  db.middlewareStack.add(
    (next, { commandName = '' }) =>
      async (args) => {
        const started = performance.now();
        const parts = (args.input as { TransactItems?: Part[] }).TransactItems;
        const least = parts === undefined ? (milliseconds[commandName] ?? 0) : transactionMs + perItemMs * parts.length;
        if (parts === undefined) return until(started + least, next(args));
        const keys = parts.map((part) => {
          const [step] = Object.values(part);
          return JSON.stringify(step?.Key ?? [step?.Item?.pk, step?.Item?.sk]);
        });
        if (keys.some((key) => busy.has(key))) {
          conflicts += 1;
          await sleepUntil(started + least / 2);
          const Code = 'TransactionConflict';
          const CancellationReasons = keys.map((key) => (busy.has(key) ? { Code } : { Code: 'None' }));
          // Whoever was in the way may have gone by now; it was in the way all the same.
          CancellationReasons[0] = { Code };
          throw new TransactionCanceledException({ message: Code, $metadata: {}, CancellationReasons });
        }
        for (const key of keys) busy.add(key);
        try {
          return await until(started + least, next(args));
        } finally {
          for (const key of keys) busy.delete(key);
        }
      },
    { step: 'initialize', name: 'model', priority: 'low' },
  );
  return { conflicts: () => conflicts };
}

async function sleepUntil(moment: number): Promise<void> {
  const left = moment - performance.now();
  if (left > 0) await new Promise((resolve) => setTimeout(resolve, left));
}

/** The answer, but not before its time. */
async function until<T>(moment: number, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } finally {
    await sleepUntil(moment);
  }
}
