import { wanYuanText } from '#packages/money';
import type { Forecast } from '../contract/forecast-schemas.ts';

/** A forecast in words (中文), amounts in 万元. */
export function tellForecast(forecast: Omit<Forecast, 'sentences'>): string[] {
  const { loans, outstandingFen, expectedFen, p10Fen, p90Fen, beyondFen, availableFen, firstShort } = forecast;
  const { approvedFen, underClaimFen, rates } = forecast;
  const known = [
    ...(approvedFen > 0n ? [`已核准待付 ${wan(approvedFen)}`] : []),
    ...(underClaimFen > 0n ? [`已申请待定 ${wan(underClaimFen)}`] : []),
  ];
  return [
    `在保 ${loans} 笔，余额 ${wan(outstandingFen)}。`,
    `未来十二个月预计代偿 ${wan(expectedFen)}；十次中有八次在 ${wan(p10Fen)}至 ${wan(p90Fen)}之间${known.length > 0 ? `（含${known.join('、')}）` : ''}。`,
    ...(beyondFen > 0n ? [`同样的违约另有 ${wan(beyondFen)}预计在十二个月之后支付。`] : []),
    shortSentence(availableFen, firstShort),
    ownSentence(rates),
  ];
}

function shortSentence(availableFen: bigint, { expected, atP90 }: Forecast['firstShort']): string {
  const now = `可用余额 ${wan(availableFen)}`;
  if (expected !== null) return `${now}：按预计支出，到 ${expected} 资金不足。`;
  if (atP90 !== null) return `${now}：按预计支出够用；支出若高到只有一成可能超过的程度，到 ${atP90} 资金不足。`;
  return `${now}：十二个月内，支出即使高到只有一成可能超过的程度也够用。`;
}

function ownSentence({ template, bands, lossAtClaim }: Forecast['rates']): string {
  const own = bands.filter(({ source }) => source === 'own');
  const rates = own.map(({ name, seen, of }) => `${name}贷款的违约率取自本基金（${of} 笔中 ${seen} 笔）`);
  if (lossAtClaim.source === 'own') rates.push(`损失率取自本基金的 ${lossAtClaim.of} 件申请`);
  return rates.length === 0 ? `违约率与损失率为${template}。` : `${rates.join('，')}；其余为本项目模板。`;
}

export function wan(fen: bigint): string {
  return `${wanYuanText(fen).replace(/\.?0+$/, '')} 万元`;
}

/** 万元 with one decimal at most, rounded, for pictures. */
export function wanShort(fen: bigint): string {
  const tenths = (fen + 50_000n) / 100_000n;
  return tenths % 10n === 0n ? String(tenths / 10n) : `${tenths / 10n}.${tenths % 10n}`;
}
