import { divideDown, divideUp } from '#packages/money';
import type { Forecast } from '../contract/forecast-schemas.ts';
import { element, label, lineHeight, linesOf, paragraph, picture, type Svg } from './svg.ts';
import { wan, wanShort } from './tell-forecast.ts';

const width = 960;
const plot = { left: 120, right: 920, top: 120, bottom: 440 };
const signsPerLine = 60;
const colours = { band: '#a9cce3', median: '#1b4f72', expected: '#b9770e', money: '#b03a2e', grid: '#d5d8dc' };

/** What may have been paid by the end of each month, as a fan, against the money at hand. */
export function forecastPicture(forecast: Forecast): string {
  const { fundId, asOf, months, p90Fen, expectedFen, availableFen, sentences } = forecast;
  const most = [p90Fen, expectedFen].reduce((one, other) => (one > other ? one : other), 1n);
  // Money that is far beyond what may be paid would press the fan flat: then it is told, not drawn.
  const moneyDrawn = availableFen >= 0n && availableFen <= most * 3n;
  const step = stepFor(moneyDrawn && availableFen > most ? availableFen : most);
  const top = step * divideUp(moneyDrawn && availableFen > most ? availableFen : most, step);
  const y = (fen: bigint) => plot.bottom - Number(divideDown(fen * BigInt(plot.bottom - plot.top), top));
  const x = (place: number) => plot.left + Math.floor(((plot.right - plot.left) * place) / months.length);
  const line = (amounts: readonly bigint[]) => [0n, ...amounts].map((fen, place) => `${x(place)},${y(fen)}`).join(' ');
  const upper = months.map((month) => month.p90Fen);
  const lower = [0n, ...months.map((month) => month.p10Fen)];
  const back = lower.map((fen, place) => `${x(place)},${y(fen)}`).toReversed();

  const height = 520 + linesOf(sentences, signsPerLine) * lineHeight;
  return picture(
    { width, height, title: `${fundId} 未来十二个月代偿支出预测（${asOf}）`, description: sentences.join('') },
    label(40, 44, '未来十二个月代偿支出（累计，万元）', { 'font-size': 22, 'font-weight': 700 }),
    label(40, 70, `${fundId} · 截至 ${asOf} · 只计现有在保贷款与申请`, { fill: '#5d6d7e' }),
    legend(moneyDrawn, availableFen),
    ...amountAxis(step, top, y),
    ...months.map(({ through }, place) =>
      label(x(place + 1), plot.bottom + 24, through.slice(2, 7).replace('-', '/'), { 'text-anchor': 'middle' }),
    ),
    element('polygon', { points: `${line(upper)} ${back.join(' ')}`, fill: colours.band }),
    element('polyline', {
      points: line(months.map((month) => month.p50Fen)),
      fill: 'none',
      stroke: colours.median,
      'stroke-width': 3,
    }),
    element('polyline', {
      points: line(months.map((month) => month.expectedSoFarFen)),
      fill: 'none',
      stroke: colours.expected,
      'stroke-width': 3,
      'stroke-dasharray': '8 5',
    }),
    ...(moneyDrawn
      ? [
          element('line', {
            x1: plot.left,
            x2: plot.right,
            y1: y(availableFen),
            y2: y(availableFen),
            stroke: colours.money,
            'stroke-width': 3,
            'stroke-dasharray': '2 4',
          }),
        ]
      : []),
    paragraph(40, 500, sentences, signsPerLine),
  );
}

function legend(moneyDrawn: boolean, availableFen: bigint): Svg {
  const mark = (x: number, colour: string, thick: number, text: string, dashes = 'none') => [
    element('line', {
      x1: x,
      x2: x + 32,
      y1: 95,
      y2: 95,
      stroke: colour,
      'stroke-width': thick,
      'stroke-dasharray': dashes,
    }),
    label(x + 40, 100, text),
  ];
  return element(
    'g',
    {},
    ...mark(120, colours.band, 14, '十次中有八次在此之间'),
    ...mark(330, colours.median, 3, '中位数'),
    ...mark(460, colours.expected, 3, '期望值', '8 5'),
    ...mark(580, moneyDrawn ? colours.money : '#ffffff', 3, `可用余额 ${wan(availableFen)}`, '2 4'),
  );
}

function amountAxis(step: bigint, top: bigint, y: (fen: bigint) => number): Svg[] {
  const lines: Svg[] = [];
  for (let fen = 0n; fen <= top; fen += step) {
    const at = y(fen);
    lines.push(
      element('line', { x1: plot.left, x2: plot.right, y1: at, y2: at, stroke: colours.grid }),
      label(plot.left - 12, at + 5, wanShort(fen), { 'text-anchor': 'end' }),
    );
  }
  return lines;
}

/** A round amount of which at most six reach so high. */
export function stepFor(mostFen: bigint): bigint {
  for (let unit = 100n; ; unit *= 10n) {
    const step = [1n, 2n, 5n].map((times) => unit * times).find((one) => one * 6n >= mostFen);
    if (step !== undefined) return step;
  }
}
