import * as z from 'zod';
import { Fen } from '#packages/money';
import type { Aggregate, Aggregates } from '../ledger/command.ts';
import type { StoredClaim } from './stored-claim.ts';

/*
 * What the public parties have promised or paid, by what a programme caps: an enterprise for ever, a bank in a year. A
 * claim takes its part when it is filed, in the transaction of its filing, so that two at once cannot share one cap; it
 * gives it back when it is turned down, and what a settlement takes back. Recoveries give nothing back.
 */

const Taken = z.strictObject({ fen: Fen });

export function enterpriseAggregate(uscc: string): string {
  return `enterprise:${uscc}`;
}

/** A claim counts into the year in which it was filed. */
export function bankYearAggregate(bankId: string, filedOn: string): string {
  return `bank-year:${bankId}:${filedOn.slice(0, 4)}`;
}

export function takenOf(found: Aggregate | undefined): bigint {
  return found === undefined ? 0n : Taken.parse(found.value).fen;
}

/** Both caps with so much more taken, or less. */
export function withCapped(
  aggregates: Aggregates,
  { uscc, bankId, filedOn }: Pick<StoredClaim, 'uscc' | 'bankId' | 'filedOn'>,
  moreFen: bigint,
): { aggregate: string; value: unknown }[] {
  if (moreFen === 0n) return [];
  return [enterpriseAggregate(uscc), bankYearAggregate(bankId, filedOn)].map((aggregate) => ({
    aggregate,
    value: z.encode(Taken, { fen: takenOf(aggregates.get(aggregate)) + moreFen }),
  }));
}
