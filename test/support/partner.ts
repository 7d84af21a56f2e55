import { openClient } from '#packages/sdk/client';
import { signBytes } from '#packages/signature/algorithms';
import { privateKeyOf } from '#packages/signature/keys';
import { newKeyPair } from '#packages/signature/new-key';
import type { Algorithm } from '#packages/signature/profile';
import type { City } from './city.ts';

export type PartnerKeyPair = { keyid: string; privateKeyPem: string };

/** The platform's published keys, as a client is given them. */
export async function platformKeys(city: City): Promise<Record<string, string>> {
  const { body } = await city.get('/.well-known/ippf-keys');
  return Object.fromEntries(body.keys.map((key: any) => [key.keyid, key.publicKeyPem]));
}

/** A client that signs as an organisation of `credentials.json`, or with a key of its own. */
export async function partnerClient(city: City, partnerId: string, own?: PartnerKeyPair) {
  const key = own ?? city.cloud.credentials.partners[partnerId];
  if (key === undefined) throw new Error(`no partner ${partnerId}`);
  const { keyid, privateKeyPem } = key;
  return openClient({ baseUrl: city.baseUrl, keyid, privateKeyPem, platformKeys: await platformKeys(city) });
}

export function proofOf(privateKeyPem: string, challenge: string): string {
  return signBytes(privateKeyOf(privateKeyPem), Buffer.from(challenge)).toString('base64');
}

/** A new key pair, and the body that submits it. */
export function newKey(alg: Algorithm = 'ecdsa-p256-sha256') {
  const pair = newKeyPair(alg);
  return { ...pair, body: { publicKeyPem: pair.publicKeyPem } };
}
