import { consentLives, nextConfirmation } from '../domain.ts';
import type { VouchedSince } from '../contract/run-work.ts';
import { type CreditFacts, type IpFacts, type SourceAnswer, sources } from '../facts.ts';
import type { Head } from '../store/enterprise.ts';
import { type BelievedAnswer, type FactsRef, refOf, type SourceName } from '../store/facts.ts';

/** What one source says of an enterprise, and what is to be remembered of it. */
export type Said<Data> = {
  answer: SourceAnswer<Data>;
  /** What the head names from now on; without it, the head keeps what it had. */
  ref?: FactsRef;
  /** An answer that is not kept yet. */
  toKeep?: BelievedAnswer<Data>;
  /** What was kept was not vouched for: that it was confirmed has to be written down. */
  renews?: boolean;
};
export type Heard = { credit: Said<CreditFacts>; ip: Said<IpFacts> };

/** Whether a live consent lets us ask the source about the enterprise. */
export function mayAsk(head: Head, source: SourceName, day: string): boolean {
  return consentLives(head, day) && head.consent?.purposes.includes(sources[source].purpose) === true;
}

/**
 * Whether what is kept of a source can stand for asking it: the source confirmed it while it told us of every change, has
 * told of no change since, and that is not so long ago that it has to confirm it anew.
 */
export function stillStands(head: Head, source: SourceName, vouchedSince: VouchedSince, day: string): boolean {
  const ref = head.facts[source];
  const isVouched = vouchedSince[source] !== undefined && !isFromBefore(ref, vouchedSince[source]);
  return ref !== undefined && isVouched && nextConfirmation(head.uscc, ref) > day;
}

/** Whether something is from before the source told us of every change. */
export function isFromBefore(ref: FactsRef | undefined, vouchedSince: string | undefined): boolean {
  return ref !== undefined && vouchedSince !== undefined && ref.confirmedAt < vouchedSince;
}

/** A source's answer to a question. The same answer as before only confirms what is kept. */
export function saidNow<Data>(
  head: Head,
  source: SourceName,
  answer: SourceAnswer<Data>,
  etag: string | undefined,
): Said<Data> {
  if (answer.kind === 'unavailable' || answer.kind === 'no-consent') return { answer };
  const ref = refOf(answer, etag);
  const before = head.facts[source];
  if (before === undefined || !sameAnswer(before, ref)) return { answer, ref, toKeep: answer };
  return { answer, ref: { ...before, confirmedAt: ref.confirmedAt, ...(etag !== undefined && { etag }) } };
}

/** What is kept, where nobody had to ask, or where the source said at that instant that nothing has changed. */
export function saidBefore<Data>(ref: FactsRef, kept: BelievedAnswer<Data>, checkedAt?: string): Said<Data> {
  return { answer: kept, ref: checkedAt === undefined ? ref : { ...ref, confirmedAt: checkedAt } };
}

/** The same bytes about the same record, observed at the same time. */
function sameAnswer(before: FactsRef, now: FactsRef): boolean {
  const same = (name: 'kind' | 'recordId' | 'digest' | 'observedAt') => before[name] === now[name];
  return same('kind') && same('recordId') && same('digest') && same('observedAt');
}
