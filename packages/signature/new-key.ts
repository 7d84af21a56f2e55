import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Algorithm } from './profile.ts';
import { type Engine, sm2Engine, sm2PrivateKey } from './sm2.ts';
import { half, isPrivateNumber, partsOf, spkiOfPoint } from './sm2-key.ts';

const rsaBits = 3_072;

export type KeyPair = { privateKeyPem: string; publicKeyPem: string };

/** A new pair in PEM: PKCS #8 and SPKI. */
export function newKeyPair(alg: Algorithm, sm2By: Engine = sm2Engine()): KeyPair {
  if (alg === 'sm2') return newSm2Pair(sm2By);
  const { privateKey, publicKey } = generate(alg);
  return {
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKeyPem: publicKey.export({ format: 'pem', type: 'spki' }).toString(),
  };
}

function generate(alg: Exclude<Algorithm, 'sm2'>) {
  switch (alg) {
    case 'ed25519':
      return generateKeyPairSync('ed25519');
    case 'ecdsa-p256-sha256':
      return generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    case 'rsa-pss-sha512':
      return generateKeyPairSync('rsa', { modulusLength: rsaBits });
  }
}

function newSm2Pair(by: Engine): KeyPair {
  let scalar = randomBytes(half);
  // Of 2³² draws one is out of range.
  while (!isPrivateNumber(scalar)) scalar = randomBytes(half);
  const { pkcs8 } = sm2PrivateKey(scalar, by);
  return {
    privateKeyPem: pemOf('PRIVATE KEY', pkcs8),
    publicKeyPem: pemOf('PUBLIC KEY', spkiOfPoint(partsOf(pkcs8).point)),
  };
}

function pemOf(kind: string, der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${kind}-----`, ...lines, `-----END ${kind}-----`, ''].join('\n');
}
