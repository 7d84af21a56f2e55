import { generateKeyPairSync } from 'node:crypto';
import { type PrivateKey, privateKeyOf, type PublicKey, publicKeyOf } from './keys.ts';
import type { Algorithm } from './profile.ts';

/** A new pair of each algorithm, for tests and measurements. */
export function newKeys(alg: Algorithm): { privateKey: PrivateKey; publicKey: PublicKey } {
  const { privateKey, publicKey } = generate(alg);
  return {
    privateKey: privateKeyOf(privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()),
    publicKey: publicKeyOf(publicKey.export({ format: 'pem', type: 'spki' }).toString()),
  };
}

function generate(alg: Algorithm) {
  switch (alg) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'rsa-pss-sha512':
      return generateKeyPairSync('rsa', { modulusLength: 3_072 });
    case 'sm2-sm3':
      return generateKeyPairSync('ec', { namedCurve: 'SM2' });
  }
}

export const algorithms: readonly Algorithm[] = ['ed25519', 'ecdsa-p256-sha256', 'rsa-pss-sha512', 'sm2-sm3'];
