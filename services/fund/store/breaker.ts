import * as z from 'zod';
import { type AggregateChange, aggregateWrites, getHeld, type Held, type Kind } from '#packages/aggregate';
import { Instant } from '#packages/calendar';
import { Bps } from '#packages/money';
import { inPartition, type Key, type Table, type Write } from '#packages/table';

const Level = z.enum(['fine', 'warn', 'stop']);

/**
 * What was last told of a fund's breaker: of the fund itself, and of each bank that ever left `fine`. So a level is told
 * when it is reached, not with every report, and who resumes a bank is not overruled by the same ratio.
 */
const ToldBreaker = z.strictObject({ fundId: z.string(), fund: Level, banks: z.record(z.string(), Level) });
export type ToldBreaker = z.output<typeof ToldBreaker>;

const toldBreakerKind: Kind<ToldBreaker> = {
  service: 'fund',
  name: 'breaker',
  state: ToldBreaker,
  idOf: ({ fundId }) => fundId,
};

export function getToldBreaker(table: Table, fundId: string): Promise<Held<ToldBreaker> | undefined> {
  return getHeld(table, toldBreakerKind, fundId);
}

export function toldBreakerWrites(
  before: Held<ToldBreaker> | undefined,
  change: AggregateChange<ToldBreaker>,
  context: { now: Date; requestId: string },
): Write[] {
  return aggregateWrites(toldBreakerKind, before, change, context);
}

/** A bank's ratio as its reports had it when lending told of it. */
const Reading = z.object({ bankNplBps: Bps, at: Instant });
export type Reading = z.output<typeof Reading>;

const readingsPk = (fundId: string) => `READINGS#${fundId}`;
const readingKey = (fundId: string, bankId: string): Key => ({ pk: readingsPk(fundId), sk: bankId });

/** Keeps the newest reading of a bank; answers whether this is it. */
export async function keepReading(table: Table, fundId: string, bankId: string, reading: Reading): Promise<boolean> {
  // One item for all loans of a bank: so it is no step of their transactions, which would meet on it.
  const item = { ...readingKey(fundId, bankId), ...z.encode(Reading, reading) };
  const condition = {
    expression: 'attribute_not_exists(pk) OR #at <= :at',
    names: { '#at': 'at' },
    values: { ':at': reading.at },
  };
  return (await table.transact([{ kind: 'put', item, condition }])).kind === 'written';
}

/** The last reading of each bank of a fund. */
export async function readingsOf(table: Table, fundId: string): Promise<Map<string, Reading>> {
  const readings = new Map<string, Reading>();
  for await (const item of table.each({ condition: inPartition(readingsPk(fundId)) })) {
    readings.set(String(item['sk']), Reading.parse(item));
  }
  return readings;
}
