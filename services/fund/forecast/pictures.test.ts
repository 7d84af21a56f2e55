import { expect, test } from 'vitest';
import { bookWith } from './arbitrary-pools.ts';
import type { PoolFacts } from './facts.ts';
import { forecastOf } from './forecast.ts';
import { forecastPicture, stepFor } from './forecast-picture.ts';
import type { PoolLoan } from './pool.ts';
import { stressOf } from './stress.ts';
import { stressPicture } from './stress-picture.ts';
import { element, linesOf } from './svg.ts';

const loan = (place: number): PoolLoan => ({
  loanId: `loan-${place}`,
  bankId: 'bank-a',
  terms: { parties: [{ id: 'fund', kind: 'public', shareBps: 5_000n }], recoveryOrder: 'principal-first' },
  triggerOverdueDays: 90,
  outstandingFen: 400_000_000n,
  ipPartBps: 10_000n,
  annualRateBps: 0n,
  classification: place === 0 ? 'doubtful' : 'normal',
  overdueDays: 0,
  maturesOn: '2027-02-28',
  exposureFen: 200_000_000n,
});
const facts: PoolFacts = {
  fundId: 'xinyang',
  asOf: '2026-11-27',
  book: bookWith(300_000_000n),
  loans: [loan(0), loan(1), loan(2)],
  underClaim: [],
  watched: [],
  lost: [],
  reportedNplBps: new Map(),
  handlingWorkingDays: 30,
};

/** Every element that is opened is closed, in its order; what is drawn lies within the picture. */
function checkShape(svg: string) {
  const open: string[] = [];
  for (const [, closes, name = '', closed] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/g)) {
    if (closes === '/') expect(open.pop()).toBe(name);
    else if (closed !== '/') open.push(name);
  }
  expect(open).toEqual([]);
  const [, width = 0, height = 0] = (/viewBox="0 0 (\d+) (\d+)"/.exec(svg) ?? []).map(Number);
  for (const [, axis, at] of svg.matchAll(/ (x|y|x1|x2|y1|y2)="([^"]+)"/g)) {
    expect(at).toMatch(/^\d+$/);
    expect(Number(at)).toBeLessThanOrEqual(axis?.startsWith('x') === true ? width : height);
  }
}

test('the forecast’s picture has its fan, the money, a legend and the sentences, and is the same each time', () => {
  const forecast = forecastOf(facts);
  const svg = forecastPicture(forecast);
  checkShape(svg);
  expect(svg).toBe(forecastPicture(forecastOf(facts)));
  for (const text of ['十次中有八次在此之间', '中位数', '期望值', '可用余额 300 万元']) expect(svg).toContain(text);
  for (const { through } of forecast.months) expect(svg).toContain(`>${through.slice(2, 7).replace('-', '/')}<`);
  const [, points = ''] = /<polygon points="([^"]+)"/.exec(svg) ?? [];
  expect(points.split(' ')).toHaveLength(2 * (forecast.months.length + 1));
});

test('money far beyond what may be paid is told and not drawn', () => {
  const rich = forecastPicture(forecastOf({ ...facts, book: bookWith(90_000_000_000n) }));
  checkShape(rich);
  expect(rich).toContain('可用余额 90000 万元');
  expect(rich.match(/stroke-dasharray="2 4"/g)).toHaveLength(1);
});

test('the stress test’s picture has a cell for each pair of rates, told by word as well as by colour', () => {
  const stress = stressOf(facts);
  const svg = stressPicture(stress);
  checkShape(svg);
  const marks = { fine: '○ 正常', warn: '△ 预警', stop: '■ 熔断' };
  for (const level of ['fine', 'warn', 'stop'] as const) {
    const cells = stress.cells.filter(({ fundLevel }) => fundLevel === level).length;
    expect(svg.split(`>${marks[level]}<`)).toHaveLength(cells + 2);
  }
});

test('what stands in a picture cannot be taken for a part of it', () => {
  expect(element('text', { id: '"><script>' }, '<b>&').svg).toBe(
    '<text id="&quot;&gt;&lt;script&gt;">&lt;b&gt;&amp;</text>',
  );
});

test('axes have round steps, lines break before they are too long and not before a comma', () => {
  expect([1n, 600n, 601n, 93_490_750_000n].map(stepFor)).toEqual([100n, 100n, 200n, 20_000_000_000n]);
  expect(linesOf(['一二三四五六七八九十，一'], 10)).toBe(2);
  expect(linesOf(['abcdefghijklmnopqrst'], 10)).toBe(1);
});
