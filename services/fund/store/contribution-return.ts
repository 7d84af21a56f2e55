import * as z from 'zod';
import type { Kind } from '#packages/aggregate';
import { ContributionReturn } from '../contract/book-schemas.ts';

/** With who did what, which an answer does not tell. */
export const HeldReturn = z.strictObject({
  ...ContributionReturn.shape,
  proposedBy: z.string(),
  approvedBy: z.string().optional(),
});
export type HeldReturn = z.output<typeof HeldReturn>;

/** Numbers of decisions are a fund's own; no fund's id holds a slash. */
export function returnKeyOf({ fundId, returnId }: { fundId: string; returnId: string }): string {
  return `${fundId}/${returnId}`;
}

export const contributionReturnKind: Kind<HeldReturn> = {
  service: 'fund',
  name: 'contribution-return',
  state: HeldReturn,
  idOf: returnKeyOf,
};
