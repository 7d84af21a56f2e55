import { createHash } from 'node:crypto';
import { authority, ed25519Pem, get, keyid, nonce, now, p256Pem, post, privateKeyPem } from '../signature/example.ts';
import { privateKeyOf } from '../signature/keys.ts';
import { readRequest, type SignableRequest, signedRequest } from '../signature/request.ts';
import { knownAnswer, userId } from '../signature/sm2.ts';

/*
 * The example of the profile as data, for who implements it in another language: `vectors.json` beside this file is what
 * this makes. Ed25519 is deterministic, so its signatures have to be reproduced byte for byte.
 */

const signer = { key: privateKeyOf(privateKeyPem), keyid };

export function vectors() {
  return {
    profile: 'ippf-bank-v1',
    now: now.toISOString(),
    authority,
    keys: {
      warning: 'RFC 9421 与 GM/T 0003.5 的公开测试密钥，任何人都有私钥，不得用于任何环境',
      [keyid]: { alg: 'ed25519', publicKeyPem: ed25519Pem, privateKeyPem },
      'demo-bank.test.20261101.2': { alg: 'ecdsa-p256-sha256', publicKeyPem: p256Pem },
    },
    requests: { post: vectorOf(post), get: vectorOf(get) },
    sm2: { userId, ...knownAnswer },
  };
}

function vectorOf(request: SignableRequest) {
  const signed = signedRequest(request, signer, { now, nonce });
  const read = readRequest(signed, { now, authorities: [authority] });
  if (read.kind === 'refused') throw new Error(read.reason);
  const { method, path, query, body } = request;
  return {
    method,
    path,
    query,
    body: Buffer.from(body).toString('utf8'),
    headers: Object.fromEntries(signed.headers),
    base: read.base.toString('utf8'),
    baseSha256: createHash('sha256').update(read.base).digest('hex'),
  };
}
