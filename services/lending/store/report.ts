import * as z from 'zod';
import { aggregatePk } from '#packages/aggregate';
import { addDays } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { absent, inPartition, type Item, type Key, type Table, type Write } from '#packages/table';
import { FiledReport } from '../contract/report-schemas.ts';
import { loanKind } from './loan.ts';

type FiledReport = z.output<typeof FiledReport>;

/** Reports of a loan, by the day that each speaks of: one for each day, for ever. */
const prefix = 'REPORT#';
const Stored = z.object({ report: jsonText(FiledReport) });

function reportKey(loanId: string, asOf: string): Key {
  return { pk: aggregatePk(loanKind, loanId), sk: `${prefix}${asOf}` };
}

export function readReport(item: Item): FiledReport {
  return Stored.parse(item).report;
}

export async function getReport(table: Table, loanId: string, asOf: string): Promise<FiledReport | undefined> {
  const item = await table.get(reportKey(loanId, asOf));
  return item && readReport(item);
}

/** The last report before a day, by the day it speaks of and not by when it came. */
export async function reportBefore(table: Table, loanId: string, asOf: string): Promise<FiledReport | undefined> {
  const { pk, sk } = reportKey(loanId, addDays(asOf, -1));
  const condition = {
    expression: 'pk = :pk AND sk BETWEEN :first AND :last',
    values: { ':pk': pk, ':first': prefix, ':last': sk },
  };
  const { items } = await table.page({ condition, newestFirst: true }, 1);
  return items[0] && readReport(items[0]);
}

export function reportsOf(loanId: string) {
  return inPartition(aggregatePk(loanKind, loanId), prefix);
}

export function reportWrite(loanId: string, report: FiledReport): Write {
  const text = JSON.stringify(z.encode(FiledReport, report));
  return { kind: 'put', item: { ...reportKey(loanId, report.asOf), report: text }, condition: absent };
}
