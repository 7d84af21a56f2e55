import type { Enterprise, WhitelistEntry } from './contract.ts';
import { consentStatus, stateOf } from './domain.ts';
import type { EnterpriseState, Head } from './store/enterprise.ts';

/** An enterprise as the contract shows it. The master entry is what the first county said; the others are named. */
export function enterpriseView(head: EnterpriseState, today: string): Enterprise {
  const [first] = head.nominations;
  if (first === undefined) throw new Error(`${head.uscc} has no nomination`);
  const { nominatedAt: _at, importId: _import, ...nomination } = first;
  const { consent, screening, entry } = head;
  return {
    ...nomination,
    state: stateOf(head, today),
    warnings: head.warnings,
    nominations: head.nominations.map(({ divisionCode, parkId, nominatedAt }) => ({
      divisionCode,
      nominatedAt,
      ...(parkId !== undefined && { parkId }),
    })),
    opinions: head.opinions.map(({ by: _by, ...opinion }) => opinion),
    disputes: head.disputes,
    ...(consent !== undefined && { consent: consentView(consent, today) }),
    ...(screening !== undefined && {
      screening: {
        screeningId: screening.screeningId,
        outcome: screening.outcome,
        policyVersion: screening.policyVersion,
        reasons: screening.reasons,
        decidedAt: screening.decidedAt,
      },
    }),
    ...(entry !== undefined && { listing: listingView(entry, today) }),
  };
}

export function consentView(consent: NonNullable<Head['consent']>, today: string) {
  const { consentId, purposes, recipients, grantedOn, expiresOn, evidenceDigest } = consent;
  const status = consentStatus(consent, today);
  return { consentId, status, purposes, recipients, grantedOn, expiresOn, evidenceDigest };
}

function listingView(entry: NonNullable<Head['entry']>, today: string) {
  const { version, listedOn, validUntil, reason } = entry;
  const status = entryStatus(entry.status, validUntil, today);
  return { status, version, listedOn, validUntil, ...(reason !== undefined && { reason }) };
}

/** A listed entry past its last day has expired, whether or not anybody has said so yet. */
export function entryStatus(
  status: WhitelistEntry['status'],
  validUntil: string,
  today: string,
): WhitelistEntry['status'] {
  return (status === 'listed' || status === 'suspended') && validUntil < today ? 'expired' : status;
}
