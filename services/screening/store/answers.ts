import * as z from 'zod';
import type { Item, Table } from '#packages/table';
import { enterprisePk } from './enterprise.ts';
import { FactsRef, factsPrefix, type SourceName } from './facts.ts';

/** What sources have said of an enterprise, by when they said it. */

/** Sorts after every instant: whatever there is, also by a clock that goes ahead of ours. */
export const whenever = '~';

const KeptRef = z.object(FactsRef.omit({ confirmedAt: true, etag: true, following: true }).shape);
export type KeptRef = z.output<typeof KeptRef>;

/** The last answers of a source fetched by an instant, newest first: what identifies each, and the item that holds it. */
export async function answersUntil(
  table: Table,
  uscc: string,
  source: SourceName,
  until: string,
  atMost: number,
): Promise<{ ref: KeptRef; item: Item }[]> {
  const from = `${factsPrefix}${source}#`;
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :from AND :to',
    values: { ':pk': enterprisePk(uscc), ':from': from, ':to': `${from}${until}` },
  };
  const { items } = await table.page({ condition, newestFirst: true }, atMost);
  return items.map((item) => ({ ref: KeptRef.parse(item), item }));
}
