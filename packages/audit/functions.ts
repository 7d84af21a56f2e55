import { getHashes } from 'node:crypto';
import { MetricUnit } from '@aws-lambda-powertools/metrics';
import * as z from 'zod';
import { type AuditRow, auditPrefix, readAuditRow } from '#packages/audit';
import { addDays, Instant, legalDateOf } from '#packages/calendar';
import { ScheduledAt, scheduleFunction } from '#packages/lambda/schedule';
import { type StreamRecord, streamFunction } from '#packages/lambda/stream';
import { logger, metrics } from '#packages/lambda/telemetry';
import { tableFromEnvironment } from '#packages/messaging/environment';
import type { Item, Table } from '#packages/table';
import { fileRows, sealUpTo } from './day.ts';

const reserveMs = 5_000;
const itemsPerPage = 500;

const SealInput = z.strictObject({ at: ScheduledAt });
const Refile = z.strictObject({ action: z.literal('refile'), since: Instant });

/** The function that the table's stream wakes for each new audit row: files it under its day. */
export function auditStreamFunction(table: Table = tableFromEnvironment()) {
  return streamFunction(fileAuditRecords(table));
}

/** The same as a part of a function that reads more of the stream: a stream should not have many readers. */
export function fileAuditRecords(table: Table) {
  return async (records: StreamRecord[]): Promise<Set<StreamRecord>> => {
    const rows = records.flatMap((record) => readRow(record.item));
    try {
      await fileRows(table, rows);
      metrics.addMetric('AuditRowsFiled', MetricUnit.Count, rows.length);
      return new Set();
    } catch (error) {
      // Filing is idempotent, so the whole batch simply comes again.
      logger.error('audit rows not filed', {
        count: rows.length,
        error: error instanceof Error ? error : String(error),
      });
      return new Set(records);
    }
  };
}

/**
 * The schedule after midnight, `{ at }`: seals every day before that of `at`, in Asia/Shanghai. As the command
 * `{ action: 'refile', since }` it files rows again that the stream lost, under the next open day where theirs is sealed.
 */
export function sealFunction(table: Table = tableFromEnvironment(), region = process.env['AWS_REGION'] ?? '') {
  return scheduleFunction(z.union([SealInput, Refile]), async (input, { remainingMs }) => {
    if ('action' in input) return { filed: await refile(table, input.since) };
    const sm3 = region.startsWith('cn-') && getHashes().includes('sm3');
    const yesterday = addDays(legalDateOf(input.at), -1);
    const mayGoOn = () => remainingMs() >= reserveMs;
    const answer = await sealUpTo(table, yesterday, input.at, { sm3, mayGoOn });
    metrics.addMetric('AuditDaysSealed', MetricUnit.Count, answer.sealed);
    // A day left open is a failed run: the alarm tells, and the next run goes on from there.
    if (!answer.finished) throw new Error(`sealed up to ${answer.upTo ?? 'nothing'}, not ${yesterday}`);
    return answer;
  });
}

async function refile(table: Table, since: string): Promise<number> {
  const filter = {
    expression: 'begins_with(sk, :prefix) AND #at >= :since',
    names: { '#at': 'at' },
    values: { ':prefix': auditPrefix, ':since': since },
  };
  let filed = 0;
  let page = await table.scanPage(filter, itemsPerPage);
  for (;;) {
    const rows = page.items.flatMap(readRow);
    await fileRows(table, rows);
    filed += rows.length;
    if (page.last === undefined) break;
    page = await table.scanPage(filter, itemsPerPage, page.last);
  }
  metrics.addMetric('AuditRowsFiled', MetricUnit.Count, filed);
  return filed;
}

/** A row that is not one was made by hand or by a bug: it is not filed, and its aggregate's chain names it. */
function readRow(item: Item): AuditRow[] {
  const row = readAuditRow(item);
  if (row !== undefined) return [row];
  metrics.addMetric('AuditRowsUnreadable', MetricUnit.Count, 1);
  logger.error('audit row not readable', { pk: item['pk'], sk: item['sk'] });
  return [];
}
