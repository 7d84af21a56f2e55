import type { ScreeningFacts } from '../../../services/screening/facts.ts';
import { limitOn } from '../../../services/screening/rules/conditions.ts';
import type { Comparison } from '../../../services/screening/rules/policy-schema.ts';

/*
 * What the peers are given. They have no dates without a time and no missing sources, so both are prepared for them,
 * outside the time that is measured: dates become numbers, and what is missing becomes null.
 */

/** What every engine must answer alike. */
export type Answer = {
  outcome: string;
  /** Each rule of the policy, in its order. */
  rules: string[];
  points: number;
};

/** `2026-11-23` as 20261123. */
export function dayNumber(date: string): number {
  return Number(date.replaceAll('-', ''));
}

/** The number that a date is compared with on the day: a date up to it is in time, a later one is not. */
export function limitNumber(
  comparison: Extract<Comparison, { op: 'on-or-before' | 'on-or-after' }>,
  today: string,
): number {
  return dayNumber(limitOn(comparison, today));
}

export type PlainFacts = {
  nomination: unknown;
  credit: unknown;
  ip: unknown;
  consent: boolean;
  available: boolean;
};

export function plainFacts(facts: ScreeningFacts): PlainFacts {
  const kinds = [facts.credit.kind, facts.ip.kind];
  return {
    nomination: plain(facts.nomination.data),
    credit: facts.credit.kind === 'known' ? plain(facts.credit.data) : null,
    ip: facts.ip.kind === 'known' ? plain(facts.ip.data) : null,
    consent: !kinds.includes('no-consent'),
    available: !kinds.includes('unavailable'),
  };
}

function plain(value: unknown): unknown {
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? dayNumber(value) : value;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
