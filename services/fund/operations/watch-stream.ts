import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { fileAuditRecords } from '#packages/audit/functions';
import { auditPrefix } from '#packages/audit';
import { changeFunction, insertedIn, type StreamChange } from '#packages/lambda/stream';
import { logger, metrics } from '#packages/lambda/telemetry';
import type { Table } from '#packages/table';
import { watchLedger } from '../ledger/watch.ts';

/**
 * What the table's stream wakes besides the relay: audit rows are filed under their days, and the books are watched.
 * One function, because a stream should not have many readers.
 */
export function watchStream(table: Table) {
  const file = fileAuditRecords(table);
  return changeFunction(async (changes) => {
    const rows = insertedIn(changes).filter(({ item }) => String(item['sk']).startsWith(auditPrefix));
    const unfiled = new Set([...(await file(rows))].map(({ sequenceNumber }) => sequenceNumber));
    const failed = new Set<StreamChange>(changes.filter(({ sequenceNumber }) => unfiled.has(sequenceNumber)));
    try {
      const findings = await watchLedger(table, changes);
      metrics.addMetric('LedgerFindings', MetricUnit.Count, findings.length);
      for (const { key, finding } of findings)
        logger.error('the books are not as they were written', { ...key, finding });
    } catch (error) {
      logger.error('the books could not be looked at', { error: error instanceof Error ? error : String(error) });
      for (const change of changes) failed.add(change);
    }
    return failed;
  });
}
