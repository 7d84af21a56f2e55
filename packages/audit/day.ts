import * as z from 'zod';
import { noHash } from '#packages/canonical';
import { type AuditRow, digest } from '#packages/audit';
import { addDays, legalDateOf } from '#packages/calendar';
import { inPartition, absent, type Key, type Table, type Write } from '#packages/table';

/** Days are filed and sealed in order; the seals lie side by side, so that a missing day shows in one query. */
const sealsKey = 'AUDITSEAL';

/** A late row takes two steps of a transaction of at most a hundred, and one is the check on the day. */
const rowsPerTransaction = 49;
/** How often a filing meets rows filed before, or the day closing, before that is a fault. */
const fileAttempts = 8;
/** Days one run seals after a long pause, and how far back the very first run looks for rows. */
const daysPerRun = 400;
const firstDaySearch = 31;

/** `root` is missing while the day is closed but not chained yet. */
export const Seal = z.object({
  sk: z.string(),
  closedAt: z.string(),
  previousRoot: z.string().optional(),
  root: z.string().optional(),
  rootSm3: z.string().optional(),
  previousRootSm3: z.string().optional(),
  rows: z.int().nonnegative().optional(),
});
export type Seal = z.output<typeof Seal>;

export const FiledRow = z.object({
  sk: z.string(),
  rowPk: z.string(),
  rowSk: z.string(),
  hash: z.string(),
  lateFor: z.string().optional(),
});
export type FiledRow = z.output<typeof FiledRow>;

export const dayPk = (day: string) => `AUDITDAY#${day}`;
export const sealKey = (day: string): Key => ({ pk: sealsKey, sk: day });

/** Files rows under their days (Asia/Shanghai). One that comes after its day was closed goes to the next open one. */
export async function fileRows(table: Table, rows: readonly AuditRow[]): Promise<void> {
  for (const [day, ofDay] of Map.groupBy(rows, (row) => legalDateOf(row.at))) {
    for (let start = 0; start < ofDay.length; start += rowsPerTransaction) {
      await fileInDay(table, day, ofDay.slice(start, start + rowsPerTransaction));
    }
  }
}

/** The check on the seal is a step of the filing: no row can slip in while the day is being chained. */
async function fileInDay(table: Table, day: string, rows: readonly AuditRow[]): Promise<void> {
  let pending = rows;
  for (let attempt = 0; attempt < fileAttempts; attempt += 1) {
    const closed = await lastClosedDay(table);
    const late = closed !== undefined && day <= closed;
    const target = late ? addDays(closed, 1) : day;
    if (late) pending = await notYet(table, pending, (row) => filedKey(day, row));
    const steps = pending.flatMap((row) => (late ? lateSteps(target, day, row) : [fileStep(target, row)]));
    if (steps.length === 0) return;
    const check: Write = { kind: 'check', key: sealKey(target), condition: absent };
    const written = await table.transact([...steps, check]);
    if (written.kind === 'written') return;
    pending = await notYet(table, pending, (row) => (late ? lateKey(day, row) : filedKey(day, row)));
  }
  throw new Error(`${pending.length} audit rows of ${day} not filed`);
}

async function notYet(
  table: Table,
  rows: readonly AuditRow[],
  keyOf: (row: AuditRow) => Key,
): Promise<readonly AuditRow[]> {
  const there = new Set((await table.getMany(rows.map(keyOf))).map((item) => item['sk']));
  return rows.filter((row) => !there.has(keyOf(row).sk));
}

function fileStep(day: string, row: AuditRow, lateFor?: string): Write {
  const { pk: rowPk, sk: rowSk, hash } = row;
  return { kind: 'put', item: { ...filedKey(day, row), rowPk, rowSk, hash, lateFor }, condition: absent };
}

/** The marker keeps a late row from being filed again, under yet another day, when it is delivered again. */
function lateSteps(day: string, lateFor: string, row: AuditRow): Write[] {
  const marker: Write = { kind: 'put', item: { ...lateKey(lateFor, row), filedOn: day }, condition: absent };
  return [fileStep(day, row, lateFor), marker];
}

function filedKey(day: string, row: AuditRow): Key {
  return { pk: dayPk(day), sk: placeOf(row) };
}

function lateKey(day: string, row: AuditRow): Key {
  return { pk: `AUDITLATE#${day}`, sk: placeOf(row) };
}

function placeOf(row: AuditRow): string {
  return `${row.pk}#${row.sk.slice(row.sk.indexOf('#') + 1)}`;
}

async function lastClosedDay(table: Table): Promise<string | undefined> {
  return (await newestSeal(table))?.sk;
}

async function newestSeal(table: Table): Promise<Seal | undefined> {
  const condition = inPartition(sealsKey);
  const [newest] = (await table.page({ condition, newestFirst: true }, 1)).items;
  return newest && Seal.parse(newest);
}

/**
 * Seals every day up to `last` that is not sealed yet, in order, also those without rows. Running twice, at once or
 * after a death in the middle, gives the same seals. Answers how many this run sealed, and whether it came to the end.
 */
export async function sealUpTo(
  table: Table,
  last: string,
  closedAt: string,
  options: { sm3: boolean; mayGoOn: () => boolean },
): Promise<{ sealed: number; upTo: string | undefined; finished: boolean }> {
  const newest = await newestSeal(table);
  let day = newest === undefined ? await firstDay(table, last) : addDays(newest.sk, newest.root === undefined ? 0 : 1);
  let sealed = 0;
  let upTo = newest?.root === undefined ? undefined : newest.sk;
  while (day <= last) {
    if (sealed === daysPerRun || !options.mayGoOn()) return { sealed, upTo, finished: false };
    await sealDay(table, day, closedAt, options.sm3);
    sealed += 1;
    upTo = day;
    day = addDays(day, 1);
  }
  return { sealed, upTo, finished: true };
}

async function firstDay(table: Table, last: string): Promise<string> {
  const days = Array.from({ length: firstDaySearch }, (_day, back) => addDays(last, back + 1 - firstDaySearch));
  const found = await Promise.all(days.map((day) => table.page({ condition: inPartition(dayPk(day)) }, 1)));
  return days.find((_day, place) => (found[place]?.items.length ?? 0) > 0) ?? last;
}

async function sealDay(table: Table, day: string, closedAt: string, sm3: boolean): Promise<void> {
  // From here on nothing more is filed under this day, so that every run chains the same rows.
  await table.transact([{ kind: 'put', item: { ...sealKey(day), closedAt }, condition: absent }]);
  const before = Seal.optional().parse(await table.get(sealKey(addDays(day, -1))));
  if (before !== undefined && before.root === undefined) throw new Error(`the day before ${day} is not sealed`);
  const previousRoot = before?.root ?? noHash;
  const chain = await chainOf(table, day, previousRoot, 'sha256');
  const values: Record<string, unknown> = { ':root': chain.root, ':previous': previousRoot, ':rows': chain.rows };
  let expression = 'SET #root = :root, previousRoot = :previous, #rows = :rows';
  if (sm3) {
    values[':previousSm3'] = before?.rootSm3 ?? noHash;
    values[':sm3'] = (await chainOf(table, day, before?.rootSm3 ?? noHash, 'sm3')).root;
    expression += ', rootSm3 = :sm3, previousRootSm3 = :previousSm3';
  }
  await table.transact([
    {
      kind: 'update',
      key: sealKey(day),
      update: { expression, names: { '#root': 'root', '#rows': 'rows' }, values },
      condition: 'attribute_not_exists(#root)',
    },
  ]);
}

/** A day's rows in the order of their keys, each link over the one before; the first over the root of the day before. */
export async function chainOf(
  table: Table,
  day: string,
  previousRoot: string,
  algorithm: 'sha256' | 'sm3',
): Promise<{ root: string; rows: number }> {
  let root = digest(algorithm, { day, previousRoot });
  let rows = 0;
  for await (const item of table.each({ condition: inPartition(dayPk(day)) })) {
    const { sk, hash, lateFor } = FiledRow.parse(item);
    root = digest(algorithm, { link: root, row: sk, hash, lateFor });
    rows += 1;
  }
  return { root, rows };
}
