import { generateKeyPairSync } from 'node:crypto';
import type { Algorithm } from './profile.ts';

const rsaBits = 3_072;

/** A new pair in PEM: PKCS #8 and SPKI. */
export function newKeyPair(alg: Algorithm): { privateKeyPem: string; publicKeyPem: string } {
  const { privateKey, publicKey } = generate(alg);
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

function generate(alg: Algorithm) {
  switch (alg) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'rsa-pss-sha512':
      return generateKeyPairSync('rsa', { modulusLength: rsaBits });
    case 'sm2-sm3':
      return generateKeyPairSync('ec', { namedCurve: 'SM2' });
  }
}
