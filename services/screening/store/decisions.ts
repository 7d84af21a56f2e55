import * as z from 'zod';
import type { Item, Table } from '#packages/table';
import { Screening } from '../contract.ts';
import { enterprisePk, Head, supersededPrefix } from './enterprise.ts';

/** What has been decided about an enterprise, and what its counties had said of it by then. */

const decisionPrefix = 'SCREENING#';

function decisionOf({ pk: _pk, sk: _sk, ...item }: Item): Screening {
  return Screening.parse(item);
}

/** The last decision made by an instant. */
export async function decisionAt(table: Table, uscc: string, until: string): Promise<Screening | undefined> {
  const [last] = await decisionsUntil(table, uscc, until, 1);
  return last;
}

/** The last decisions made by an instant, newest first. */
export async function decisionsUntil(table: Table, uscc: string, until: string, atMost: number): Promise<Screening[]> {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': enterprisePk(uscc), ':from': decisionPrefix, ':to': `${decisionPrefix}${until}~` },
  };
  return (await table.page({ condition, newestFirst: true }, atMost)).items.map(decisionOf);
}

const Superseded = z.object({ until: z.string(), nominations: Head.shape.nominations });

/**
 * The enterprise as its counties had named it by an instant; undefined where none had. What a later nomination replaced
 * was kept when it did, so the oldest such item after that instant tells what stood then.
 */
export async function nominatedAt(table: Table, head: Head, until: string): Promise<Head | undefined> {
  if (head.createdAt > until) return undefined;
  const [next] = await supersededAfter(table, head, until, 1);
  return { ...head, nominations: next ?? head.nominations };
}

/** What stood at an instant and after it, oldest first, what stands now last. */
export async function nominationsSince(table: Table, head: Head, since: string, atMost: number): Promise<Head[]> {
  const superseded = await supersededAfter(table, head, since, atMost);
  return [...superseded, head.nominations].map((nominations) => ({ ...head, nominations }));
}

async function supersededAfter(table: Table, { uscc }: Head, instant: string, atMost: number) {
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': enterprisePk(uscc), ':from': `${supersededPrefix}${instant}~`, ':to': `${supersededPrefix}~` },
  };
  const { items } = await table.page({ condition }, atMost);
  return items.map((item) => Superseded.parse(item).nominations);
}
