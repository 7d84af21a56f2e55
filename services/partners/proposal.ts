import { sha256 } from '#packages/audit';
import type { StoredPartner } from './store/partner.ts';

/** What waits for a second person, as one digest: who approves can say what was seen. Undefined where nothing waits. */
export function proposalOf(partner: StoredPartner): string | undefined {
  if (partner.proposedBy === undefined) return undefined;
  const { partnerId, role, name, networks, webhookHosts, clientCertificate } = { ...partner, ...partner.proposed };
  const certificate = clientCertificate === undefined ? {} : { clientCertificate };
  return sha256({ partnerId, role, name, networks, webhookHosts, ...certificate });
}
