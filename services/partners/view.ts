import type { Partner, PartnerKey } from './contract/schemas.ts';
import { proposalOf } from './proposal.ts';
import type { StoredKey, StoredPartner } from './store/partner.ts';

/** A partner as the contract shows it: without its keys, which have a list of their own, and without who did what. */
export function partnerView(partner: StoredPartner): Partner {
  const {
    keys: _keys,
    numbered: _numbered,
    proposedBy: _proposedBy,
    enteredBy: _enteredBy,
    reproposed: _reproposed,
    suspendedBy: _suspendedBy,
    ...view
  } = partner;
  const proposal = proposalOf(partner);
  return { ...view, ...(proposal !== undefined && { proposal }) };
}

/** A key past its last instant has expired, whether or not anybody has said so yet. */
export function keyView(key: StoredKey, now: Date): PartnerKey {
  const { submittedBy: _submittedBy, approvedBy: _approvedBy, noticed: _noticed, ...view } = key;
  return { ...view, state: keyStateAt(key, now) };
}

export function keyStateAt({ state, notAfter }: Pick<StoredKey, 'state' | 'notAfter'>, now: Date): StoredKey['state'] {
  const over = notAfter <= now.toISOString();
  return over && (state === 'active' || state === 'retiring') ? 'expired' : state;
}
