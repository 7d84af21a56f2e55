import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { checkUscc } from '#packages/identifiers';
import { FactsLine } from '#packages/local/simulators/facts';
import { parkOf } from '#packages/parks';
import { csvMediaType, judgeRows, readCountyList, workbookMediaType } from '../../services/screening/county-list.ts';
import { city2 } from '../../services/screening/policies/city-2.ts';
import { compile, type Outcome } from '../../services/screening/rules/engine.ts';
import { CreditFacts, IpFacts } from '../../services/screening/facts.ts';
import { inventCity, type City } from './city.ts';
import { factsText, listFile } from './files.ts';

const options = { enterprises: 2_000, seed: 20261101, day: '2026-11-01' };
const folder = join(import.meta.dirname, '..', 'city');
const today = '2026-11-23';
let city: City;

beforeAll(() => {
  city = inventCity(options);
});

test('the same seed makes the same city to the byte, and it is the one in the repository', async () => {
  const again = inventCity(options);
  expect(readFileSync(join(folder, 'facts.jsonl'), 'utf8') === factsText(again)).toBe(true);
  for (const { divisionCode, rows } of again.lists) {
    const { name, bytes } = await listFile(divisionCode, rows);
    // How a workbook is written may change without the city changing.
    const kept = name.endsWith('.csv')
      ? readFileSync(join(folder, 'lists', name))
      : (await listFile(divisionCode, rows)).bytes;
    expect(kept.equals(bytes), name).toBe(true);
  }
  expect(factsText(inventCity({ ...options, seed: 1 })) === factsText(again)).toBe(false);
});

test('an enterprise does not depend on how many there are', () => {
  const small = inventCity({ ...options, enterprises: 60 });
  const known = new Set(city.facts.map((line) => line.uscc));
  expect(small.facts).toHaveLength(60);
  expect(small.facts.every(({ uscc }) => known.has(uscc))).toBe(true);
});

test('every code has the validity that was intended', () => {
  const wrong = new Set(city.edgeCases.filter(({ id }) => id.startsWith('check-digit')).map(({ uscc }) => uscc));
  for (const { uscc } of city.facts) {
    expect(checkUscc(uscc), uscc).toMatchObject(
      wrong.has(uscc) ? { kind: 'warning' } : { kind: 'ok', organisationCode: 'holds' },
    );
    expect(uscc.slice(8, 12)).toBe('MA9T');
  }
  expect(new Set(city.facts.map(({ uscc }) => uscc)).size).toBe(options.enterprises);
  expect(city.facts.map(({ uscc }) => uscc)).toContain('91411502MA9TETT0X9');
  for (const { row } of city.lists.flatMap(({ rows }) => rows.map((row) => ({ row })))) {
    expect(row.name).toMatch(/（示例）$/);
    if (row.parkId !== undefined) expect(parkOf(row.parkId), row.parkId).toBeDefined();
  }
});

test('patent numbers are of their year and kind, and their check digits hold', () => {
  const digits = { invention: '1', 'utility-model': '2', design: '3' } as Record<string, string>;
  const assets = city.facts.flatMap(({ ip }) => ip?.assets ?? []);
  const patents = assets.filter(({ kind }) => kind in digits);
  expect(patents.length).toBeGreaterThan(1_500);
  for (const { kind, number, filedOn } of patents) {
    expect(number).toMatch(/^\d{12}\.[\dX]$/);
    expect(number.slice(0, 5)).toBe(`${filedOn?.slice(0, 4)}${digits[kind]}`);
    const sum = Array.from(number.slice(0, 12)).reduce(
      (total, d, i) => total + Number(d) * [2, 3, 4, 5, 6, 7, 8, 9][i % 8]!,
      0,
    );
    expect(number.slice(13)).toBe('0123456789X'[sum % 11]);
  }
});

test('the facts are of the shape that simulator and adapter take', () => {
  for (const line of city.facts) {
    expect(FactsLine.safeParse(line).success, line.uscc).toBe(true);
    if (line.credit) expect(CreditFacts.safeParse(line.credit).success, line.uscc).toBe(true);
    if (line.ip) expect(IpFacts.safeParse(line.ip).success, line.uscc).toBe(true);
  }
});

test('by the default policy every edge case ends as its table says, and about a fifth of the city passes', () => {
  const outcomes = screened(city);
  const expected = city.edgeCases.filter(({ expected: end }) => ['pass', 'review', 'exclude', 'stale'].includes(end));
  expect(expected.length).toBeGreaterThan(20);
  for (const { id, uscc, expected: end } of expected) expect(`${id} ${outcomes.get(uscc)}`).toBe(`${id} ${end}`);
  const count = (outcome: Outcome) => [...outcomes.values()].filter((one) => one === outcome).length;
  expect(count('pass')).toBeGreaterThan(300);
  expect(count('pass')).toBeLessThan(420);
  expect(count('exclude')).toBeGreaterThan(100);
  expect(count('stale')).toBeGreaterThan(80);
});

test.each(['411502', '411503', '411523', '411524', '411525', '411526', '411528'])(
  'the list of %s is read as intended, row by row',
  async (divisionCode) => {
    const csv = join(folder, 'lists', `${divisionCode}.csv`);
    const file = existsSync(csv) ? csv : join(folder, 'lists', `${divisionCode}.xlsx`);
    const list = await readCountyList(readFileSync(file), file === csv ? csvMediaType : workbookMediaType);
    if (list.kind !== 'rows') throw new Error(list.error.message);
    const reading = judgeRows(list.rows, { divisionCode });
    const rejects = city.edgeCases.filter((edge) => edge.list === divisionCode && edge.expected.includes('_'));
    expect(reading.rejected.map(({ code }) => code).toSorted()).toEqual(
      rejects.map((edge) => edge.expected).toSorted(),
    );
    const warned = city.edgeCases.filter((edge) => edge.list === divisionCode && edge.id.startsWith('check-digit'));
    expect(reading.warnings.map(({ code }) => code)).toEqual(warned.map(() => 'uscc_check_digit'));
    const rows = city.lists.find((county) => county.divisionCode === divisionCode)?.rows ?? [];
    expect(reading.accepted).toHaveLength(rows.length - rejects.length);
    const names = new Set(rows.map((row) => row.name));
    for (const { nomination } of reading.accepted) expect(names.has(nomination.name), nomination.name).toBe(true);
  },
);

test('the README lists every edge case', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8').replaceAll(/ +/g, ' ');
  for (const { uscc, what } of city.edgeCases) expect(readme.includes(`| \`${uscc}\` | ${what} |`), what).toBe(true);
});

/** The outcome for everybody whom a county may nominate, decided on facts pulled today. */
function screened({ lists, facts }: City): Map<string, Outcome> {
  const policy = compile(city2);
  const at = `${today}T00:00:00.000Z`;
  const sizes = { 微型: 'micro', 小型: 'small', 中型: 'medium', 大型: 'large' } as const;
  const rows = lists.flatMap((list) => list.rows);
  return new Map(
    facts.map(({ uscc, credit, ip }) => {
      const [row, ...more] = rows.filter((one) => one.uscc === uscc);
      if (row === undefined) throw new Error(`${uscc} is on no list`);
      const consented = row.consent !== undefined && row.consent.expiresOn >= today;
      const answer = (data: unknown) => {
        if (!consented) return { kind: 'no-consent' };
        if (data === undefined) return { kind: 'unknown-there', fetchedAt: at };
        return { kind: 'known', recordId: 'r', observedAt: at, fetchedAt: at, digest: '0'.repeat(64), data };
      };
      const data = {
        sizeClass: sizes[row.size as keyof typeof sizes],
        industryCode: row.industryCode,
        foundedOn: row.foundedOn,
        divisionCodes: [row, ...more].map((one) => one.divisionCode),
      };
      const given = { nomination: { recordId: 'n', observedAt: at, data }, credit: answer(credit), ip: answer(ip) };
      return [uscc, policy.evaluate(given as Parameters<typeof policy.evaluate>[0], today).outcome];
    }),
  );
}
