import { yuanText } from '#packages/money';
import type { Stress } from '../contract/forecast-schemas.ts';
import { wan } from './tell-forecast.ts';

/** A stress test in words (中文), amounts in 万元. */
export function tellStress(stress: Omit<Stress, 'sentences'>): string[] {
  const { loans, outstandingFen, exposureFen, startFen, cells, reached, breaker } = stress;
  const byLeft = cells.toSorted((one, other) => (one.fundLeftFen < other.fundLeftFen ? -1 : 1));
  const [worst, best] = [byLeft[0], byLeft.at(-1)];
  const middle = reached[Math.floor(reached.length / 2)];
  return [
    `在保 ${loans} 笔，余额 ${wan(outstandingFen)}，基金应担 ${wan(exposureFen)}；已申请的全部付清后，可用 ${wan(startFen)}。`,
    ...[best, worst].flatMap((cell) =>
      cell === undefined
        ? []
        : [
            `若 ${percent(cell.defaultBps)} 违约、其后回收 ${percent(cell.recoveryBps)}：应付 ${wan(cell.owedFen)}${cell.shortFen > 0n ? `，资金不足 ${wan(cell.shortFen)}` : ''}，最终剩 ${wan(cell.fundLeftFen)}。`,
          ],
    ),
    ...(middle === undefined ? [] : [reachedSentence(middle)]),
    ...(breaker === null ? ['方案未设熔断。'] : [distanceSentence(breaker.fund), ...banksSentence(breaker.banks)]),
  ];
}

function reachedSentence({ recoveryBps, warnAtBps, stopAtBps, shortAtBps }: Stress['reached'][number]): string {
  const parts = [
    ...(warnAtBps === null ? [] : [`违约率到 ${percent(warnAtBps)} 预警`]),
    ...(stopAtBps === null ? [] : [`到 ${percent(stopAtBps)} 熔断`]),
    ...(shortAtBps === null ? [] : [`到 ${percent(shortAtBps)} 资金不足以即时付清`]),
  ];
  const outcome = parts.length === 0 ? '全部违约也不触及预警' : parts.join('，');
  return `回收率 ${percent(recoveryBps)} 时，${outcome}。`;
}

type Breaker = NonNullable<Stress['breaker']>;

function distanceSentence({ netPaidBps, warnBps, stopBps, untilWarnFen, untilStopFen }: Breaker['fund']): string {
  return `净赔付现为实收出资的 ${percent(netPaidBps)}：再净付 ${wan(untilWarnFen)}以内不到预警线 ${percent(warnBps)}，${wan(untilStopFen)}以内不到熔断线 ${percent(stopBps)}。`;
}

function banksSentence(banks: Breaker['banks']): string[] {
  const [worst] = banks.toSorted((one, other) => Number(other.nplBps - one.nplBps));
  if (worst === undefined) return [];
  const { bankId, nplBps, untilStopBps } = worst;
  const left = untilStopBps === 0n ? '已到熔断线' : `离熔断线还有 ${percent(untilStopBps)}`;
  return [`不良率最高的银行 ${bankId} 为 ${percent(nplBps)}，${left}。`];
}

export function percent(bps: bigint): string {
  return `${yuanText(bps).replace(/\.?0+$/, '')}%`;
}
