import * as z from 'zod';
import {
  type AggregateChange,
  aggregateWrites,
  getHeld,
  headKeyOf,
  type Held,
  type Kind,
  readHeld,
} from '#packages/aggregate';
import type { Table, Write } from '#packages/table';
import { Confirmation } from '../contract/confirmation-schemas.ts';

/** What a private party has confirmed of a claim, in the order in which it did. */
const Confirmations = z.strictObject({
  claimId: z.string(),
  partyId: z.string(),
  confirmations: z.array(Confirmation),
});
export type Confirmations = z.output<typeof Confirmations>;

const idOf = ({ claimId, partyId }: Pick<Confirmations, 'claimId' | 'partyId'>) => `${claimId}.${partyId}`;
const confirmationKind: Kind<Confirmations> = { service: 'fund', name: 'confirmation', state: Confirmations, idOf };

export function getConfirmations(
  table: Table,
  of: Pick<Confirmations, 'claimId' | 'partyId'>,
): Promise<Held<Confirmations> | undefined> {
  return getHeld(table, confirmationKind, idOf(of));
}

export async function confirmationsOf(
  table: Table,
  claimId: string,
  partyIds: readonly string[],
): Promise<Confirmations[]> {
  const keys = partyIds.map((partyId) => headKeyOf(confirmationKind, idOf({ claimId, partyId })));
  const found = (await table.getMany(keys)).map((item) => readHeld(confirmationKind, item).state);
  return partyIds.flatMap((partyId) => found.find((one) => one.partyId === partyId) ?? []);
}

export function confirmationWrites(
  before: Held<Confirmations> | undefined,
  change: AggregateChange<Confirmations>,
  context: { now: Date; requestId: string },
): Write[] {
  return aggregateWrites(confirmationKind, before, change, context);
}
