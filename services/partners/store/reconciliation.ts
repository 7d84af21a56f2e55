import * as z from 'zod';
import { legalDateOf } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { absent, inPartition, type Item, type Query, type Write } from '#packages/table';
import { ReconciliationRow } from '../contract/reconciliation-routes.ts';

const RowItem = z.object({ row: jsonText(ReconciliationRow) });

function dayPk(partnerId: string, date: string): string {
  return `RECONCILIATION#${partnerId}#${date}`;
}

/** The step that writes an event down for a partner, under the day on which it happened. Refused the second time. */
export function rowWrite(partnerId: string, row: ReconciliationRow): Write {
  const item = {
    pk: dayPk(partnerId, legalDateOf(row.time)),
    sk: `${row.time}#${row.eventId}`,
    row: JSON.stringify(row),
  };
  return { kind: 'put', item, condition: absent };
}

/** The day's rows, the latest first. */
export function dayOf(partnerId: string, date: string): Query {
  return { condition: inPartition(dayPk(partnerId, date)), newestFirst: true };
}

export function readRow(item: Item): ReconciliationRow {
  return RowItem.parse(item).row;
}
