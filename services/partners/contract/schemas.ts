import * as z from 'zod';
import { Instant, LegalDate } from '#packages/calendar';
import { Network } from '#packages/networks';
import { Digest, Id, Reason } from '#packages/words';
import { allBanks } from '#packages/roles';
import { keyMachine, partnerMachine } from '../machines.ts';
import { keyPolicy } from '../policy.ts';

/** What a partner's keys begin with; no dot, because a key's id has dots between its parts. */
export const PartnerId = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{2,31}$/, { error: '机构编号应为 3 至 32 位小写字母、数字或连字符' })
  .meta({ description: '机构编号', example: 'bank-a' });

export const KeyId = z.string().regex(/^[a-z0-9][a-z0-9.-]{3,63}$/, { error: '密钥编号有误' });

/** Organisations that are entered here; the operations platform is not one of them. */
export const OrganisationRole = z.enum(['bank', 'guarantor', 'insurer']);

const HostName = z
  .string()
  .max(253)
  .regex(/^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, {
    error: '应为小写的主机名，例如 hooks.bank.example.cn',
  });

/** From where a partner calls, and to which hosts its webhooks may go; both are a second person's to approve. */
const Access = {
  name: z.string().trim().min(1).max(100),
  /** None means any: for a test environment. */
  networks: z
    .array(Network)
    .max(50)
    .meta({ description: '来源网段；空即不限', example: ['203.0.113.0/24'] }),
  webhookHosts: z
    .array(HostName)
    .max(10)
    .meta({ description: '回调主机', example: ['hooks.bank.example.cn'] }),
  /** SHA-256 (hex) of the DER of the certificate that its calls must come with (mTLS); left out of a change, as it was. */
  clientCertificate: Digest.optional().meta({ description: '客户端证书 SHA-256 指纹' }),
};

/** `all-banks` names recipients that no one partner may pass for; our own keys begin with `ippf-`. */
const NewPartnerId = PartnerId.refine((id) => id !== allBanks && !id.startsWith('ippf-'), {
  error: '该编号另有含义，不能用作机构编号',
});

export const NewPartner = z.strictObject({
  partnerId: NewPartnerId,
  role: OrganisationRole,
  ...Access,
  networks: Access.networks.default([]),
  webhookHosts: Access.webhookHosts.default([]),
});
/** Replaces all of it, so that nothing is opened by being left out. */
export const PartnerAccess = z.strictObject(Access);

export const Partner = z.strictObject({
  partnerId: PartnerId,
  role: OrganisationRole,
  status: z.enum(partnerMachine.states),
  ...Access,
  /** What is asked for and waits for another person's approval. */
  proposed: PartnerAccess.optional(),
  /** Digest of what waits for approval, be it the registration or a change; an approval can name it. */
  proposal: Digest.optional(),
  createdAt: Instant,
  suspendedReason: z.string().optional(),
});
export type Partner = z.output<typeof Partner>;

export const NewKey = z.strictObject({
  /** SPKI or X.509 in PEM. The algorithm is the key's own. */
  publicKeyPem: z.string().min(1).max(16_384),
  /** The last day on which it holds. */
  validUntil: LegalDate.optional(),
  overlapDays: z.int().min(keyPolicy.overlapDays.min).max(keyPolicy.overlapDays.max).optional(),
});

export const PartnerKey = z.strictObject({
  keyid: KeyId,
  alg: z.string(),
  state: z.enum(keyMachine.states),
  publicKeyPem: z.string(),
  fingerprints: z.strictObject({ sha256: Digest, sm3: Digest }),
  notBefore: Instant.optional(),
  notAfter: Instant,
  submittedAt: Instant,
  /** So long, in days, the key before goes on once this one is approved. */
  overlapDays: z.int(),
  /** The bytes to sign with this key, as text; gone once they are signed. */
  challenge: z.string().optional(),
  challengeExpiresAt: Instant.optional(),
  approvedAt: Instant.optional(),
  revokedAt: Instant.optional(),
  reason: z.string().optional(),
});
export type PartnerKey = z.output<typeof PartnerKey>;

export const Because = z.strictObject({ reason: Reason });
export const ofPartner = z.strictObject({ partnerId: Id });
export const ofKey = z.strictObject({ partnerId: Id, keyid: Id });

/** A public key of the platform's own. */
export const OwnKey = z.strictObject({
  keyid: KeyId,
  use: z.enum(['answers', 'webhooks']),
  alg: z.string(),
  publicKeyPem: z.string(),
  state: z.enum(['next', 'active', 'retired']),
  notBefore: Instant,
  notAfter: Instant,
});
