import * as z from 'zod';
import { AuditActor } from '#packages/audit';
import { Instant } from '#packages/calendar';
import { inPartition, type Table, type Write } from '#packages/table';
import { enterprisePk } from './enterprise.ts';

/*
 * Who looked at an enterprise. The law has every query logged (河南省社会信用条例 24, 39), and the enterprise may read
 * the log; it holds identifiers, never names.
 */
export const Look = z.object({
  at: Instant,
  requestId: z.string(),
  actor: AuditActor,
  /** The route, as the contract calls it. */
  what: z.string(),
  /** What the caller said it is for, where the route asks. */
  purpose: z.string().optional(),
});
export type Look = z.output<typeof Look>;

const keptYears = 3;
const lookPrefix = 'LOOK#';

export function lookWrite(uscc: string, look: Look): Write {
  const expiresAt = Math.floor(Date.parse(look.at) / 1_000) + keptYears * 366 * 86_400;
  const sk = `${lookPrefix}${look.at}#${look.requestId}`;
  return { kind: 'put', item: { pk: enterprisePk(uscc), sk, ...look, expiresAt } };
}

/** The last looks, newest first. */
export async function lastLooks(table: Table, uscc: string, atMost: number): Promise<Look[]> {
  const condition = inPartition(enterprisePk(uscc), lookPrefix);
  return (await table.page({ condition, newestFirst: true }, atMost)).items.map((item) => Look.parse(item));
}
