import { consentLives, nextConfirmation } from '../domain.ts';
import type { Following } from '../contract/run-work.ts';
import { type CreditFacts, type IpFacts, type SourceAnswer, sources } from '../facts.ts';
import type { Head } from '../store/enterprise.ts';
import type { Mark } from './read-chunk.ts';
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
 * Whether what is kept of a source can stand for asking it: the source confirmed it while we followed its changes, we have
 * followed them without a break since, and that is not so long ago that it has to confirm it anew. Marks are not looked
 * at here.
 */
export function stillStands(head: Head, source: SourceName, following: Following, day: string): boolean {
  const ref = head.facts[source];
  return ref !== undefined && isFollowed(ref, following[source]) && nextConfirmation(head.uscc, ref) > day;
}

/** Whether an answer was given while we followed the source as we still do; by what was asked when, not by clocks. */
export function isFollowed(ref: FactsRef | undefined, following: string | undefined): boolean {
  return following !== undefined && ref?.following === following;
}

/**
 * A source's answer to a question. The same answer as before only confirms what is kept, if that is there to be kept.
 * `following` names our following of the source at the time of the question.
 */
export function saidNow<Data>(
  head: Head,
  source: SourceName,
  answer: SourceAnswer<Data>,
  { etag, following, isKept }: { etag?: string | undefined; following?: string | undefined; isKept: boolean },
): Said<Data> {
  if (answer.kind === 'unavailable' || answer.kind === 'no-consent') return { answer };
  const ref = { ...refOf(answer, etag), ...(following !== undefined && { following }) };
  const before = head.facts[source];
  if (before === undefined || !isKept || !sameAnswer(before, ref)) return { answer, ref, toKeep: answer };
  const { confirmedAt } = ref;
  return { answer, ref: { ...before, ...ref, fetchedAt: before.fetchedAt, confirmedAt } };
}

/** What is kept, where nobody had to ask. */
export function saidBefore<Data>(ref: FactsRef, kept: BelievedAnswer<Data>): Said<Data> {
  return { answer: kept, ref };
}

/** What is kept, of which the source says now that nothing has changed. */
export function saidAgain<Data>(
  ref: FactsRef,
  kept: BelievedAnswer<Data>,
  confirmedAt: string,
  following: string | undefined,
): Said<Data> {
  return { answer: kept, ref: { ...ref, confirmedAt, ...(following !== undefined && { following }) } };
}

/**
 * Whether a mark is dealt with: its source was asked and told what the mark tells of, or something else than was known
 * before. A source that failed, or whose records lag behind its own feed, is asked again.
 */
export function settles(mark: Pick<Mark, 'source' | 'recordId' | 'removed'>, head: Head, heard: Heard): boolean {
  const { answer } = heard[mark.source];
  const before = head.facts[mark.source];
  switch (answer.kind) {
    case 'no-consent':
      return true;
    case 'unavailable':
      return false;
    case 'unknown-there':
      return mark.removed || before?.kind !== 'unknown-there';
    case 'known':
      return (!mark.removed && answer.recordId === mark.recordId) || answer.recordId !== before?.recordId;
  }
}

/** The same bytes about the same record, observed at the same time. */
function sameAnswer(before: FactsRef, now: FactsRef): boolean {
  const same = (name: 'kind' | 'recordId' | 'digest' | 'observedAt') => before[name] === now[name];
  return same('kind') && same('recordId') && same('digest') && same('observedAt');
}
