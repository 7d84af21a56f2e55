import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { padded } from '#packages/messaging/outbox';
import type { Key, Table, Write } from '#packages/table';
import { FundProgramme, type ProgrammeLine } from '#services/fund/contract';

/* What the fund tells of its programmes: which version holds from when, and each version's text. */

const KnownFund = z.object({
  fundId: z.string(),
  line: z.array(z.object({ version: z.int().positive(), effectiveFrom: LegalDate, approvedAt: Instant })),
});
const Programme = z.object({ programme: jsonText(FundProgramme) });

const fundPk = (fundId: string) => `FUND#${fundId}`;
const fundKey = (fundId: string): Key => ({ pk: fundPk(fundId), sk: 'FUND' });
const programmeKey = (fundId: string, version: number): Key => ({
  pk: fundPk(fundId),
  sk: `PROGRAMME#${padded(version)}`,
});

/** The line of a fund's approved versions; undefined where there is no such fund. */
export async function getProgrammeLine(table: Table, fundId: string): Promise<ProgrammeLine | undefined> {
  const item = await table.get(fundKey(fundId));
  return item && KnownFund.parse(item).line;
}

export async function getProgramme(table: Table, fundId: string, version: number): Promise<FundProgramme> {
  const item = await table.get(programmeKey(fundId, version));
  if (item === undefined) throw new Error(`version ${version} of ${fundId} is in its line and not there`);
  return Programme.parse(item).programme;
}

export function putProgrammeLine(fundId: string, line: ProgrammeLine): Write {
  return { kind: 'put', item: { ...fundKey(fundId), fundId, line } };
}

export function putProgramme(fundId: string, version: number, programme: FundProgramme): Write {
  const text = JSON.stringify(z.encode(FundProgramme, programme));
  return { kind: 'put', item: { ...programmeKey(fundId, version), version, programme: text } };
}
