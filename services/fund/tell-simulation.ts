import { yuanText } from '#packages/money';
import { basisOf } from './arithmetic/basis.ts';
import type { SimulationAnswer, SimulationRequest } from './contract.ts';
import { bankId } from './contract/programme-problems.ts';

type Payment = SimulationAnswer['payments'][number];
type EventAnswer = SimulationAnswer['events'][number];
type Recovery = Extract<EventAnswer, { type: 'recovery' }>;

/**
 * A simulation in words, for the office and the terminal: one sentence (中文) for the loss, for each party's payment, for
 * each event and for what everybody bears in the end. Amounts in 元, every fen of the answer among them.
 */
export function tellSimulation(request: SimulationRequest, answer: SimulationAnswer): string[] {
  if (!answer.eligible) {
    const least = percent(request.programme.minIpPartBps ?? 0n);
    return [
      `不予分担：贷款中以知识产权质押的部分占 ${percent(request.case.ipPartBps ?? 0n)}，低于方案要求的 ${least}。`,
    ];
  }
  return [
    lossSentence(request, answer),
    ...answer.payments.map(paymentSentence),
    ...answer.events.map((event, place) => `第 ${place + 1} 步，${eventSentence(event)}`),
    `最后各方承担：${answer.burdens.map(({ partyId, burdenFen }) => `${nameOf(partyId)} ${yuan(burdenFen)}`).join('，')}。`,
  ];
}

function lossSentence({ programme, case: facts }: SimulationRequest, { baseFen }: SimulationAnswer): string {
  const { ipFen, eligibleFen, coveredInterestFen } = basisOf(programme, facts);
  const parts = [
    `贷款余额 ${yuan(facts.outstandingFen)}`,
    ...(ipFen < facts.outstandingFen ? [`知识产权质押部分 ${yuan(ipFen)}`] : []),
    ...(eligibleFen < ipFen ? [`方案每户最多认 ${yuan(eligibleFen)}，其余在方案之外由银行承担`] : []),
    ...((facts.netRecoveredBeforeFen ?? 0n) > 0n ? [`此前已净回收 ${yuan(facts.netRecoveredBeforeFen ?? 0n)}`] : []),
    ...(coveredInterestFen > 0n ? [`含利息 ${yuan(coveredInterestFen)}`] : []),
  ];
  return `分担的基数为 ${yuan(baseFen)}（${parts.join('，')}）。`;
}

function paymentSentence({ partyId, entitledFen, paidFen, pendingFen = 0n, split }: Payment): string {
  if (entitledFen === undefined) return `其余 ${yuan(paidFen)}由银行承担。`;
  const parts = [`${partyId} 应分担 ${yuan(entitledFen)}，现付 ${yuan(paidFen)}`];
  if (split !== undefined) {
    parts.push(`其中市级 ${yuan(split.cityFen)}、县区 ${yuan(split.countyFen)}`);
    if (split.cityClaimOnCountyFen > 0n) parts.push(`市级代县区付了 ${yuan(split.cityClaimOnCountyFen)}，可向县区追回`);
  }
  if (pendingFen > 0n) parts.push(`余额不足，待拨 ${yuan(pendingFen)}`);
  return `${parts.join('，')}。`;
}

function eventSentence(event: EventAnswer): string {
  switch (event.type) {
    case 'recovery':
      return recoverySentence(event);
    case 'settle':
      return event.topUpFen === 0n && event.clawBackFen === 0n
        ? '按剩余损失结算：不补不退。'
        : `按剩余损失结算：各方补付 ${yuan(event.topUpFen)}，银行退回 ${yuan(event.clawBackFen)}。`;
    case 'replenish':
      return `资金到账，补付此前待拨的 ${yuan(event.paidFen)}。`;
  }
}

function recoverySentence({ netFen, shortfallFen, allocations, surplusToPledgorFen }: Recovery): string {
  if (shortfallFen > 0n) return `回收所得不抵费用，差 ${yuan(shortfallFen)}，不增加任何一方的承担。`;
  const shares = allocations.flatMap(({ partyId, principalFen, interestFen, penaltyFen, split }) => {
    const toBank = [
      ...(interestFen > 0n ? [`利息 ${yuan(interestFen)}`] : []),
      ...(penaltyFen > 0n ? [`罚息 ${yuan(penaltyFen)}`] : []),
    ];
    if (principalFen === 0n && toBank.length === 0) return [];
    const levels = split === undefined ? '' : `（市级 ${yuan(split.cityFen)}、县区 ${yuan(split.countyFen)}）`;
    return [`${nameOf(partyId)} 得本金 ${yuan(principalFen)}${levels}${toBank.map((one) => `、${one}`).join('')}`];
  });
  if (surplusToPledgorFen > 0n) shares.push(`剩余 ${yuan(surplusToPledgorFen)}归出质人`);
  return `净回收 ${yuan(netFen)}${shares.length === 0 ? '' : `：${shares.join('；')}`}。`;
}

function nameOf(partyId: string): string {
  return partyId === bankId ? '银行' : partyId;
}

function yuan(fen: bigint): string {
  return `${yuanText(fen)} 元`;
}

/** Basis points as a percentage, exactly. */
function percent(bps: bigint): string {
  return `${yuanText(bps)} %`;
}
