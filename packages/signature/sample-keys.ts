import { type PrivateKey, privateKeyOf, type PublicKey, publicKeyOf } from './keys.ts';
import { newKeyPair } from './new-key.ts';
import type { Algorithm } from './profile.ts';

/** A new pair of each algorithm, for tests and measurements. */
export function newKeys(alg: Algorithm): { privateKey: PrivateKey; publicKey: PublicKey } {
  const { privateKeyPem, publicKeyPem } = newKeyPair(alg);
  return { privateKey: privateKeyOf(privateKeyPem), publicKey: publicKeyOf(publicKeyPem) };
}
