import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod';
import { signBytes } from '../signature/algorithms.ts';
import { privateKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import type { Algorithm } from '../signature/profile.ts';
import { connect } from './patient-client.ts';

/** The organisations there are from the start, with keys of the algorithms that banks bring most. */
const organisations: readonly { partnerId: string; name: string; role: string; algorithm: Algorithm }[] = [
  { partnerId: 'bank-a', name: '示例银行甲', role: 'bank', algorithm: 'ed25519' },
  { partnerId: 'bank-b', name: '示例银行乙', role: 'bank', algorithm: 'ecdsa-p256-sha256' },
  { partnerId: 'bank-c', name: '示例银行丙', role: 'bank', algorithm: 'sm2' },
  { partnerId: 'insurer-a', name: '示例保险甲', role: 'insurer', algorithm: 'ed25519' },
  { partnerId: 'guarantor-a', name: '示例担保甲', role: 'guarantor', algorithm: 'ecdsa-p256-sha256' },
];

const LocalPartner = z.object({
  partnerId: z.string(),
  role: z.string(),
  keyid: z.string(),
  alg: z.string(),
  privateKeyPem: z.string(),
});
export type LocalPartner = z.output<typeof LocalPartner>;
const Kept = z.record(z.string(), LocalPartner);

const Submitted = z.object({
  keyid: z.string(),
  challenge: z.string(),
  fingerprints: z.object({ sha256: z.string() }),
});

/**
 * Enters the organisations through the API, as the city's two people would, and keeps their keys in `file`. Where the
 * file is there the organisations are too: it is written last.
 */
export async function setUpPartners(options: {
  baseUrl: string;
  file: string;
  admin: string;
  reviewer: string;
}): Promise<Record<string, LocalPartner>> {
  const { baseUrl, file, admin, reviewer } = options;
  if (existsSync(file)) return Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
  const api = connect(baseUrl);
  const post = async (token: string, path: string, json: unknown) => {
    const key = `local-${crypto.randomUUID()}`;
    // What an interrupted start has done already is no refusal here.
    const { body } = await api.call({ method: 'POST', path, token, key, json }, [409]);
    return body;
  };
  const entered = await Promise.all(
    organisations.map(async ({ algorithm, ...organisation }): Promise<LocalPartner> => {
      const { partnerId, role } = organisation;
      await post(admin, '/v1/partners', organisation);
      await post(reviewer, `/v1/partners/${partnerId}/approvals`, {});
      const { privateKeyPem, publicKeyPem } = newKeyPair(algorithm);
      const path = `/v1/partners/${partnerId}/keys`;
      const { keyid, challenge, fingerprints } = Submitted.parse(await post(admin, path, { publicKeyPem }));
      const signature = signBytes(privateKeyOf(privateKeyPem), Buffer.from(challenge)).toString('base64');
      await post(admin, `${path}/${keyid}/proofs`, { signature });
      await post(reviewer, `${path}/${keyid}/approvals`, { fingerprint: fingerprints.sha256 });
      return { partnerId, role, keyid, alg: algorithm, privateKeyPem };
    }),
  );
  const kept = Object.fromEntries(entered.map((partner) => [partner.partnerId, partner]));
  writeFileSync(file, JSON.stringify(kept, undefined, 2), { mode: 0o600 });
  return kept;
}
