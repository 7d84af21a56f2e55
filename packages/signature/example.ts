import type { SignableRequest } from './request.ts';

/*
 * The example of the profile, which every implementer must reproduce: keys of RFC 9421, appendix B, and of GM/T 0003.5,
 * whose private halves everybody knows. Never keys of anybody.
 */

export const privateKeyPem = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
`;
export const ed25519Pem = `-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=
-----END PUBLIC KEY-----
`;
export const p256Pem = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEqIVYZVLCrPZHGHjP17CTW0/+D9Lf
w0EkjqF7xB4FivAxzic30tMM4GF+hR6Dxh71Z50VGGdldkkDXZCnTNnoXQ==
-----END PUBLIC KEY-----
`;

export const now = new Date('2026-11-23T02:15:30.000Z');
export const authority = 'api.ip-pledge.example.cn';
export const nonce = 'Zk3v9Qd1m0xT7cYh2LrPqA';
export const keyid = 'demo-bank.test.20261101.1';

const body =
  '{"applicationNo":"IPF-2026-000123","decision":"APPROVED","approvedAmount":"5000000.00","currency":"CNY","annualRate":"0.0345","termMonths":12,"decidedAt":"2026-11-23T10:15:30+08:00"}';

/** As it is before it is signed. */
export const post: SignableRequest = {
  method: 'POST',
  authority,
  path: '/bank/v1/applications/IPF-2026-000123/decisions',
  query: '',
  headers: new Map([
    ['content-type', 'application/json'],
    ['idempotency-key', '2026112310153000000000000042'],
  ]),
  body: Buffer.from(body),
};
export const get: SignableRequest = {
  method: 'GET',
  authority,
  path: '/bank/v1/applications',
  query: 'county=330106&pageSize=50&status=SUBMITTED',
  headers: new Map(),
  body: new Uint8Array(),
};
