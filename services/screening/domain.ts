import { addDays, legalDateOf } from '#packages/calendar';
import type { Department, EntryStatus } from './contract.ts';
import { type ConsentGrant, Nomination } from './nomination.ts';
import { confirmDays } from './policy.ts';
import type { EnterpriseState } from './store/enterprise.ts';
import type { FactsRef, FactsRefs } from './store/facts.ts';

/** An enterprise's facets in one word, the most telling first. */
export function stateOf(enterprise: EnterpriseState, today: string): string {
  const { entry, screening, opinions, consent } = enterprise;
  if (entry !== undefined && entry.status !== 'removed') {
    return entry.status === 'listed' && entry.validUntil < today ? 'expired' : entry.status;
  }
  if (entry?.status === 'removed') return 'removed';
  if (screening === undefined) return consentLives(enterprise, today) ? 'consented' : 'nominated';
  if (consent?.withdrawnAt !== undefined) return 'consent-withdrawn';
  const settled = opinions.filter((opinion) => opinion.outcome === screening.outcome);
  if (settled.some((opinion) => opinion.opinion === 'reject')) return 'county-rejected';
  if (settled.some((opinion) => opinion.opinion === 'recommend')) return 'county-recommended';
  return `screened-${screening.outcome}`;
}

/** The county whose rules judge an enterprise: the one that nominated it first. */
export function homeDivision({ uscc, nominations: [first] }: Pick<EnterpriseState, 'uscc' | 'nominations'>): string {
  if (first === undefined) throw new Error(`${uscc} has no nomination`);
  return first.divisionCode;
}

/** A consent is live from the day it was granted to the day it expires, both included, unless withdrawn. */
export function consentLives(enterprise: Pick<EnterpriseState, 'consent'>, today: string): boolean {
  const { consent } = enterprise;
  if (consent === undefined || consent.withdrawnAt !== undefined) return false;
  return consent.grantedOn <= today && today <= consent.expiresOn;
}

/** Whether the latest screening was decided under the consent there is now, not under one that was withdrawn since. */
export function restsOnConsent({ screening, consent }: Pick<EnterpriseState, 'screening' | 'consent'>): boolean {
  return screening === undefined || consent === undefined || screening.decidedAt >= consent.since;
}

/** Whether consent has been there without a break since that instant. */
export function consentHeld(
  { consent }: { consent?: { since: string; withdrawnAt?: string | undefined } | undefined },
  since: string,
): boolean {
  return consent !== undefined && consent.withdrawnAt === undefined && consent.since <= since;
}

export function consentStatus(
  consent: NonNullable<EnterpriseState['consent']>,
  today: string,
): 'live' | 'not-begun' | 'expired' | 'withdrawn' {
  if (consent.withdrawnAt !== undefined) return 'withdrawn';
  if (today < consent.grantedOn) return 'not-begun';
  return today <= consent.expiresOn ? 'live' : 'expired';
}

/**
 * Whether a consent that stands in a county's list is to be recorded. A list is sent again and again: it must not revive
 * what the enterprise has withdrawn, nor undo what it has said itself since. So a list grants where nothing is known,
 * where its paper is newer than what is known or than the withdrawal, or where it corrects what a list said before.
 */
export function listGrants(known: EnterpriseState['consent'], grant: ConsentGrant): boolean {
  if (known === undefined) return true;
  if (known.withdrawnAt !== undefined) return grant.grantedOn > legalDateOf(known.withdrawnAt);
  const correction = known.importId !== undefined && grant.grantedOn === known.grantedOn;
  return correction || grant.grantedOn > known.grantedOn;
}

/**
 * The day on which what a source said has to be confirmed, though the source reports no change. Enterprises that were
 * asked about together come due over a week, so that no day asks about all.
 */
export function nextConfirmation(uscc: string, { confirmedAt }: Pick<FactsRef, 'confirmedAt'>): string {
  const { least, spread } = confirmDays;
  // The last characters of a code are as good as thrown dice.
  const own = Number.parseInt(uscc.slice(-5), 36) % spread;
  return addDays(legalDateOf(confirmedAt), least + own);
}

/** The first day after `day` on which an enterprise has to be looked at again, if nothing is reported before. */
export function nextLook(
  enterprise: Pick<EnterpriseState, 'uscc' | 'consent'>,
  facts: FactsRefs,
  turnsOn: string | undefined,
  day: string,
): string | undefined {
  const { uscc, consent } = enterprise;
  // One that was not given when it was due is due tomorrow.
  const confirmations = [facts.credit, facts.ip]
    .flatMap((ref) => (ref === undefined ? [] : nextConfirmation(uscc, ref)))
    .map((due) => (due > day ? due : addDays(day, 1)));
  const granted =
    consent === undefined || consent.withdrawnAt !== undefined
      ? []
      : [consent.grantedOn, addDays(consent.expiresOn, 1)];
  const days = [...confirmations, ...granted, ...(turnsOn === undefined ? [] : [turnsOn])];
  return days.filter((one) => one > day).toSorted()[0];
}

/** The same nomination again changes nothing; only what the county says counts, not when or how it said it. */
export function sameNomination(known: Nomination, given: Nomination): boolean {
  return Nomination.keyof().options.every((field) => known[field] === given[field]);
}

/**
 * Whether an enterprise could enter the next whitelist: its latest screening is `pass` or `review`, a county that
 * nominated it recommends it on that outcome and none rejects it, and its consent is not withdrawn. Where the policy
 * asks for a second department, a county recommends only with both. `review` enters only where the city confirms it by
 * name.
 */
export function candidacy(enterprise: EnterpriseState): 'pass' | 'review' | undefined {
  const { screening, opinions, consent } = enterprise;
  if (screening === undefined || consent === undefined || consent.withdrawnAt !== undefined) return undefined;
  if (!restsOnConsent(enterprise)) return undefined;
  if (screening.outcome !== 'pass' && screening.outcome !== 'review') return undefined;
  // An opinion on another outcome is on another question.
  const valid = opinions.filter((opinion) => opinion.outcome === screening.outcome);
  if (valid.some((opinion) => opinion.opinion === 'reject')) return undefined;
  const recommends = (divisionCode: string, department: Department) =>
    valid.some(
      (one) => one.opinion === 'recommend' && one.divisionCode === divisionCode && one.department === department,
    );
  const { secondOpinion } = screening;
  const recommended = valid.some(
    ({ divisionCode }) =>
      recommends(divisionCode, 'ip-office') && (secondOpinion === undefined || recommends(divisionCode, secondOpinion)),
  );
  return recommended ? screening.outcome : undefined;
}

/** Why an enterprise named in `confirm` does not enter, in the reader's words. */
export function whyNot(enterprise: EnterpriseState | undefined, today: string): string {
  if (enterprise === undefined) return '没有这家企业';
  if (enterprise.screening === undefined) return '尚未筛选';
  if (!consentLives(enterprise, today)) return '没有有效授权';
  if (enterprise.screening.outcome === 'exclude' || enterprise.screening.outcome === 'stale') {
    return `最近一次筛选结论为 ${enterprise.screening.outcome}`;
  }
  return '所属县区未推荐';
}

/** Takes part in the next version: fresh, or kept from the version in force. */
export type Standing = 'enters' | 'stays' | 'out';

/**
 * How an enterprise stands towards the next version. One already listed stays, with the validity it has, through a
 * screening that is stale or in review: missing facts never remove anybody. An exclusion, a county's rejection, a
 * withdrawn consent, a hold, an expiry take it off.
 */
export function standing(enterprise: EnterpriseState, confirmed: boolean, held: boolean, today: string): Standing {
  if (held || !consentLives(enterprise, today)) return 'out';
  const on = enterprise.entry?.status === 'listed' || enterprise.entry?.status === 'suspended';
  // What is disputed may suspend, never remove.
  if (enterprise.screening?.outcome === 'exclude') return on && enterprise.disputes.length > 0 ? 'stays' : 'out';
  if (enterprise.entry?.status === 'suspended') return 'stays';
  const candidate = candidacy(enterprise);
  if (candidate === 'pass' || (candidate === 'review' && confirmed)) return 'enters';
  const listed = enterprise.entry?.status === 'listed' && enterprise.entry.validUntil >= today;
  if (!listed) return 'out';
  const rejected = enterprise.opinions.some(
    (opinion) => opinion.opinion === 'reject' && opinion.outcome === enterprise.screening?.outcome,
  );
  return rejected ? 'out' : 'stays';
}

/**
 * Whether a line lands at its enterprise as suspended: a hard hit that came before found nothing to suspend. An entry that
 * is listed in spite of an exclusion was reinstated by a person, whose word stands.
 */
export function landsSuspended(
  line: { status: EntryStatus },
  known: { status: EntryStatus } | undefined,
  isExcluded: boolean,
): boolean {
  return isExcluded && line.status === 'listed' && known?.status !== 'listed';
}

/** One line of a version: what its digest is made over. */
export type ListLine = { uscc: string; listedOn: string; validUntil: string };

export function digestLines(lines: readonly ListLine[]): string {
  return lines
    .toSorted((left, right) => (left.uscc < right.uscc ? -1 : 1))
    .map(({ uscc, listedOn, validUntil }) => `${uscc},${listedOn},${validUntil}\n`)
    .join('');
}
