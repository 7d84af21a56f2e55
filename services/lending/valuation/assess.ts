import * as z from 'zod';
import { sha256 } from '#packages/audit';
import { addDays, addMonths } from '#packages/calendar';
import { shareOf } from '#packages/money';
import type { FieldError } from '#packages/outcome';
import { type Assessment, type MethodResult, ValuationRequest } from '../contract/valuation-schemas.ts';
import { appraise } from './appraise.ts';
import { scoreIndicators } from './indicators.ts';
import { pledgeRatioCapBps, valuationPolicy } from './policy.ts';
import { reconcile } from './reconcile.ts';
import { tellAssessment } from './tell-assessment.ts';

export type Assessed = { kind: 'assessed'; assessment: Assessment } | { kind: 'wrong'; error: FieldError };

/**
 * A whole valuation: every method, the value concluded, the score beside it, and the words for it. Of its arguments
 * alone; `today` only refuses a day that has not come, or is so long ago that the value would not hold any more.
 */
export function assess(request: ValuationRequest, today: string): Assessed {
  const { inputs, inputsDigest } = inputsOf(request);
  const validUntil = addMonths(request.valuedOn, valuationPolicy.validMonths);
  if (request.valuedOn > today) return wrong('/valuedOn', 'in_future', '基准日不能晚于今天');
  if (validUntil < today) {
    return wrong('/valuedOn', 'too_old', `基准日已过 ${valuationPolicy.validMonths} 个月，评估不再有效`);
  }
  const legalMonths = legalMonthsOf(request);
  const results: MethodResult[] = [];
  for (const [at, method] of request.methods.entries()) {
    const result = appraise(method, legalMonths, inputs.seed);
    if (result === 'too-large') return wrong(`/methods/${at}`, 'too_large', '所得价值超出可表示的金额');
    results.push(result);
  }
  const concluded = reconcile(results, request.conclusion);
  if (concluded.kind === 'reason-needed') {
    return wrong('/conclusion/reason', 'required', '所定价值不在任何一种方法的区间内，须说明理由');
  }
  const { conclusion } = concluded;
  const { methodVersion, samples } = valuationPolicy;
  const ratioCapBps = pledgeRatioCapBps[request.right.kind];
  const untold = {
    inputs,
    methodVersion,
    inputsDigest,
    samples,
    results,
    conclusion,
    ...(request.indicators !== undefined && {
      indicators: {
        basis: 'project-template' as const,
        ...scoreIndicators(request.purpose, request.indicators),
      },
    }),
    pledge: { ratioCapBps, upToFen: shareOf(conclusion.valueFen, ratioCapBps) },
    validUntil,
  };
  return { kind: 'assessed', assessment: { ...untold, told: tellAssessment(untold) } };
}

/** All that the result follows from, and its digest. */
export function inputsOf(request: ValuationRequest): Pick<Assessment, 'inputs' | 'inputsDigest'> {
  const inputs = { ...request, seed: request.seed ?? seedOf(request) };
  const { methodVersion } = valuationPolicy;
  return { inputs, inputsDigest: sha256({ methodVersion, inputs: z.encode(ValuationRequest, inputs) }) };
}

/**
 * Of what is valued and how, not of what is concluded from it: whoever tries, and then chooses a value from what the
 * trial showed, meets the same ranges again.
 */
function seedOf(request: ValuationRequest): string {
  const { right, valuedOn, legalLife, methods } = z.encode(ValuationRequest, request);
  return sha256({ right, valuedOn, ...(legalLife !== undefined && { legalLife }), methods });
}

/** The whole months that the law leaves to the right. */
function legalMonthsOf({ legalLife, valuedOn }: ValuationRequest): bigint | undefined {
  if (legalLife === undefined) return undefined;
  return 'months' in legalLife ? legalLife.months : BigInt(monthsBetween(valuedOn, addDays(legalLife.expiresOn, 1)));
}

/** The most whole months that fit between two days. */
function monthsBetween(from: string, to: string): number {
  const months = monthNumber(to) - monthNumber(from);
  return addMonths(from, months) <= to ? months : months - 1;
}

function monthNumber(day: string): number {
  const [year = 0, month = 0] = day.split('-').map(Number);
  return year * 12 + month;
}

function wrong(pointer: string, code: string, message: string): Assessed {
  return { kind: 'wrong', error: { pointer, code, message } };
}
