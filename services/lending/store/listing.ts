import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import { allBanks } from '#packages/roles';
import type { Key, Table, Write } from '#packages/table';

/* What screening tells of an enterprise, as far as a loan to it rests on that. */

const Listing = z.object({
  status: z.enum(['listed', 'suspended', 'removed', 'expired']),
  /** The day since which this is so. */
  since: LegalDate,
  /** The last day of its entry, and where it was nominated: as the last listing said. */
  validUntil: LegalDate,
  divisionCode: z.string(),
  parkId: z.string().optional(),
});
export type Listing = z.output<typeof Listing>;

const Consent = z.object({
  status: z.enum(['granted', 'withdrawn']),
  expiresOn: LegalDate,
  recipients: z.array(z.string()),
});
export type Consent = z.output<typeof Consent>;

const enterprisePk = (uscc: string) => `ENTERPRISE#${uscc}`;
const listingKey = (uscc: string): Key => ({ pk: enterprisePk(uscc), sk: 'LISTING' });
const consentKey = (uscc: string): Key => ({ pk: enterprisePk(uscc), sk: 'CONSENT' });

export async function getListing(table: Table, uscc: string): Promise<Listing | undefined> {
  const item = await table.get(listingKey(uscc));
  return item && Listing.parse(item);
}

export async function getConsent(table: Table, uscc: string): Promise<Consent | undefined> {
  const item = await table.get(consentKey(uscc));
  return item && Consent.parse(item);
}

export function putListing(uscc: string, listing: Listing): Write {
  return { kind: 'put', item: { ...listingKey(uscc), ...listing } };
}

export function putConsent(uscc: string, consent: Consent): Write {
  return { kind: 'put', item: { ...consentKey(uscc), ...consent } };
}

/** Whether the enterprise is on the list on that day; what is past its last day is off it before anybody says so. */
export function isListedOn(listing: Listing | undefined, day: string): listing is Listing {
  return listing?.status === 'listed' && day <= listing.validUntil;
}

/** Whether a bank may see the entry: the consent that it rests on names the bank, or all. */
export function isShownTo(consent: Consent | undefined, partnerId: string, day: string): boolean {
  if (consent === undefined || consent.status === 'withdrawn' || consent.expiresOn < day) return false;
  return consent.recipients.includes(partnerId) || consent.recipients.includes(allBanks);
}
