import { constants, createPublicKey, sign, verify } from 'node:crypto';
import type { PrivateKey, PublicKey } from './keys.ts';
import { signSm2, verifySm2 } from './sm2.ts';

/** Two numbers of 32 bytes each, or Ed25519's R and S. */
const shortSignature = 64;
const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 64 };

/** Whether the signature is the key's. Never throws: what cannot be a signature is none. */
export function verifyBytes({ alg, key, point }: PublicKey, message: Uint8Array, signature: Uint8Array): boolean {
  try {
    if (alg === 'sm2') return point !== undefined && verifySm2(point, message, signature);
    if (key === undefined) return false;
    if (alg === 'rsa-pss-sha512') return verify('sha512', message, { key, ...pss }, signature);
    if (signature.length !== shortSignature) return false;
    return alg === 'ed25519'
      ? verify(null, message, key, signature)
      : verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature);
  } catch {
    return false;
  }
}

export function signBytes(privateKey: PrivateKey, message: Uint8Array): Buffer {
  const { alg, key } = privateKey;
  if (alg === 'sm2') return signSm2(privateKey, message);
  switch (alg) {
    case 'ed25519':
      return sign(null, message, key);
    case 'ecdsa-p256-sha256':
      return sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' });
    case 'rsa-pss-sha512':
      return sign('sha512', message, { key, ...pss });
  }
}

/** The Ed25519 test key of RFC 9421, whose private half everybody knows: it proves nothing, and takes as long. */
const nobodys = createPublicKey({
  key: Buffer.from('302a300506032b657003210026b40b8f93fff3d897112f7ebc582b232dbd72517d082fe83cfb30ddce43d1bb', 'hex'),
  format: 'der',
  type: 'spki',
});

/** Takes about the time of a verification, so that the time of an answer does not tell which keys there are. */
export function pretendToVerify(message: Uint8Array): void {
  verify(null, message, nobodys, Buffer.alloc(shortSignature));
}
