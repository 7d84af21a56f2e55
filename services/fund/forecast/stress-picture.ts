import type { Stress, StressCell } from '../contract/forecast-schemas.ts';
import { element, label, lineHeight, linesOf, paragraph, picture, type Svg } from './svg.ts';
import { wanShort } from './tell-forecast.ts';
import { percent } from './tell-stress.ts';

const width = 960;
const grid = { left: 160, top: 160, column: 190, row: 84 };
const signsPerLine = 60;

/** Told by a sign and a word as well as by colour. */
const looks = {
  fine: { fill: '#d5f0e3', mark: '○ 正常' },
  warn: { fill: '#fbe6b5', mark: '△ 预警' },
  stop: { fill: '#f5b7b1', mark: '■ 熔断' },
} as const;

/** A grid of default and recovery rates: what is paid, what is left, and where the breaker stops. */
export function stressPicture(stress: Stress): string {
  const { fundId, asOf, cells, sentences } = stress;
  const defaults = [...new Set(cells.map(({ defaultBps }) => defaultBps))];
  const recoveries = [...new Set(cells.map(({ recoveryBps }) => recoveryBps))];
  const x = (column: number) => grid.left + column * grid.column;
  const y = (row: number) => grid.top + row * grid.row;
  const below = y(defaults.length) + 40;
  const height = below + 20 + linesOf(sentences, signsPerLine) * lineHeight;
  return picture(
    { width, height, title: `${fundId} 压力测试（${asOf}）`, description: sentences.join('') },
    label(40, 44, '压力测试：违约率 × 回收率', { 'font-size': 22, 'font-weight': 700 }),
    label(40, 70, `${fundId} · 截至 ${asOf} · 已申请的全部付清之后再违约`, { fill: '#5d6d7e' }),
    legend(),
    ...recoveries.map((bps, column) =>
      label(x(column) + grid.column / 2, grid.top - 12, `回收 ${percent(bps)}`, middle({ 'font-weight': 700 })),
    ),
    ...defaults.map((bps, row) =>
      label(grid.left - 16, y(row) + 48, `违约 ${percent(bps)}`, { 'text-anchor': 'end', 'font-weight': 700 }),
    ),
    ...cells.map((cell) => drawn(cell, x(recoveries.indexOf(cell.recoveryBps)), y(defaults.indexOf(cell.defaultBps)))),
    paragraph(40, below, sentences, signsPerLine),
  );
}

function drawn(cell: StressCell, x: number, y: number): Svg {
  const { fundLevel, paidFen, shortFen, fundLeftFen } = cell;
  const { fill, mark } = looks[fundLevel];
  const centre = x + grid.column / 2;
  return element(
    'g',
    {},
    element('rect', { x, y, width: grid.column - 6, height: grid.row - 6, fill, rx: 4 }),
    label(centre - 3, y + 22, mark, middle({ 'font-weight': 700 })),
    label(centre - 3, y + 44, `付 ${wanShort(paidFen)}${shortFen > 0n ? `，缺 ${wanShort(shortFen)}` : ''}`, middle()),
    label(centre - 3, y + 66, `最终剩 ${wanShort(fundLeftFen)}`, middle()),
  );
}

function legend(): Svg {
  const marks = Object.values(looks).flatMap(({ fill, mark }, place) => [
    element('rect', { x: grid.left + place * 110, y: 92, width: 24, height: 18, fill, rx: 3 }),
    label(grid.left + place * 110 + 32, 106, mark),
  ]);
  return element(
    'g',
    {},
    ...marks,
    label(grid.left + 340, 106, '金额为万元；颜色按回收之后的净赔付率；缺：资金付不清的'),
  );
}

function middle(more: Record<string, string | number> = {}): Record<string, string | number> {
  return { 'text-anchor': 'middle', ...more };
}
