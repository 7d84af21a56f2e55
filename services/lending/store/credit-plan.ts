import * as z from 'zod';
import { getHeld, type Held, type Kind } from '#packages/aggregate';
import type { Key, Table, Write } from '#packages/table';
import { CreditPlanView } from '../contract/meter-schemas.ts';
import { StoredSum } from './sum.ts';

type CreditPlanState = z.output<typeof CreditPlanView>;

/** A bank's plan for a year: it says so itself, and may say otherwise; who said what stays in the audit. */
export const creditPlanKind: Kind<CreditPlanState> = {
  service: 'lending',
  name: 'credit-plan',
  state: CreditPlanView,
  idOf: ({ partnerId, year }) => planId(partnerId, year),
};

const planId = (partnerId: string, year: number) => `${partnerId}.${year}`;

export async function getCreditPlan(
  table: Table,
  partnerId: string,
  year: number,
): Promise<Held<CreditPlanState> | undefined> {
  return getHeld(table, creditPlanKind, planId(partnerId, year));
}

const StoredUse = z.object({ disbursedFen: StoredSum, loans: z.int().nonnegative() });
type CreditUse = z.output<typeof StoredUse>;

function useKey(partnerId: string, year: number): Key {
  return { pk: `BANK#${partnerId}`, sk: `USE#${year}` };
}

/** What was paid out in a year of the loans filed here. */
export async function getCreditUse(table: Table, partnerId: string, year: number): Promise<CreditUse> {
  const item = await table.get(useKey(partnerId, year));
  return item === undefined ? { disbursedFen: 0n, loans: 0 } : StoredUse.parse(item);
}

/**
 * A step of the filing of a loan: it counts in the year in which it was paid out. Added to without being read, so that
 * loans filed at once do not wait for each other's sums.
 */
export function creditUseWrite(partnerId: string, loan: { disbursedOn: string; principalFen: bigint }): Write {
  return {
    kind: 'update',
    key: useKey(partnerId, Number(loan.disbursedOn.slice(0, 4))),
    update: {
      expression: 'ADD disbursedFen :fen, loans :one',
      values: { ':fen': loan.principalFen, ':one': 1 },
    },
  };
}
