import { legalDateOf } from '#packages/calendar';
import { commit } from '#packages/commit';
import type { Handlers } from '#packages/lambda/queue';
import type { Event } from '#packages/messaging/envelope';
import { done, type Outcome, type Receipt } from '#packages/outcome';
import type { eventTypes } from '#services/screening/contract';
import { getConsent, getListing, type Listing, putConsent, putListing } from '../store/listing.ts';
import { borrowerMark } from '../store/servicing.ts';
import type { Deps } from './context.ts';

type Listed = {
  uscc: string;
  validUntil: string;
  divisionCode: string;
  parkId?: string | undefined;
};

/** Keeps of each enterprise whether it is listed and to whom its entry is shown. */
export function hearEnterprises({ table, clock }: Deps & { clock: () => Date }): Handlers<typeof eventTypes> {
  async function listed({ data, time }: Event<Listed>, receipt: Receipt): Promise<Outcome<undefined>> {
    const { uscc, validUntil, divisionCode, parkId } = data;
    const since = legalDateOf(time);
    const listing: Listing = {
      status: 'listed',
      since,
      validUntil,
      divisionCode,
      ...(parkId !== undefined && { parkId }),
    };
    return kept(receipt, [putListing(uscc, listing), borrowerMark(uscc, clock())]);
  }

  const gone =
    (status: Exclude<Listing['status'], 'listed'>) =>
    async ({ data: { uscc }, time }: Event<{ uscc: string }>, receipt: Receipt): Promise<Outcome<undefined>> => {
      const known = await getListing(table, uscc);
      // Never listed here: there is nothing that could end.
      return kept(
        receipt,
        known === undefined
          ? []
          : [putListing(uscc, { ...known, status, since: legalDateOf(time) }), borrowerMark(uscc, clock())],
      );
    };

  async function kept(receipt: Receipt, writes: Parameters<typeof commit>[1]): Promise<Outcome<undefined>> {
    const outcome = done(undefined);
    await commit(table, writes, receipt, outcome);
    return outcome;
  }

  return {
    'whitelist.entry.listed.v1': listed,
    'whitelist.entry.reinstated.v1': listed,
    'whitelist.entry.suspended.v1': gone('suspended'),
    'whitelist.entry.removed.v1': gone('removed'),
    'whitelist.entry.expired.v1': gone('expired'),
    'consent.granted.v1': ({ data: { uscc, expiresOn, recipients } }, receipt) =>
      kept(receipt, [putConsent(uscc, { status: 'granted', expiresOn, recipients })]),
    'consent.withdrawn.v1': async ({ data: { uscc } }, receipt) => {
      const known = await getConsent(table, uscc);
      return kept(receipt, known === undefined ? [] : [putConsent(uscc, { ...known, status: 'withdrawn' })]);
    },
  };
}
