import { PersonRole } from '#packages/roles';
import { httpFunction } from '#packages/lambda/http';
import { partnerGate } from '#packages/lambda/signed';
import { takeNonce } from '#packages/nonces';
import { newKeys } from '#packages/signature/sample-keys';
import { newNonce, signedRequest } from '#packages/signature/request';
import type { Table } from '#packages/table';
import { routes } from '../../services/fund/contract.ts';
import { fundOperations } from '../../services/fund/operations/fund-operations.ts';
import { proxyContext, proxyEvent } from './proxy-event.ts';

const authority = 'api.example.cn';
const ourKeys = newKeys('ed25519');
/** Who signs, by the name under which a test sends; each has one key. */
const signers = new Map(
  (
    [
      ['bank', 'bank-a', 'bank'],
      ['other-bank', 'bank-b', 'bank'],
      ['insurer', 'insurer', 'insurer'],
      ['guarantor', 'guarantor', 'guarantor'],
    ] as const
  ).map(([name, partnerId, role]) => [
    name as string,
    {
      partner: { kind: 'partner' as const, partnerId, role },
      keys: newKeys('ed25519'),
      keyid: `${partnerId}.test.20261101.1`,
    },
  ]),
);
let calls = 0;

export type FundAnswer = { status: number; headers: Record<string, unknown>; body: any };
export type FundSend = {
  as?: string;
  json?: unknown;
  text?: string;
  /** Instead of JSON, a file. */
  csv?: string;
  query?: Record<string, string>;
  key?: string | null;
};

/**
 * The fund service behind its real pipeline, on this table. People are `role.sub`, proved by just that as their token;
 * partners sign their messages (`bank` is bank-a). `at` is the time on the clock.
 */
export function fundApi(table: Table, clock: () => Date) {
  const handler = httpFunction({
    routes,
    table,
    clock,
    cursorSecret: async () => 'secret',
    tokens: async (token) => {
      const [role, sub = ''] = token.split('.');
      const known = PersonRole.safeParse(role).data;
      return known === undefined ? 'token_invalid' : { kind: 'person', issuer: 'test', sub, role: known };
    },
    partners: partnerGate({
      authorities: [authority],
      keyOf: async (keyid) => {
        const signer = [...signers.values()].find((one) => one.keyid === keyid);
        if (signer === undefined) return undefined;
        return {
          partner: signer.partner,
          key: signer.keys.publicKey,
          state: 'active' as const,
          notBefore: '2026-01-01T00:00:00.000Z',
          notAfter: '2030-01-01T00:00:00.000Z',
          suspended: false,
          addresses: 'anywhere' as const,
        };
      },
      takeNonce: (nonce, at) => takeNonce(table, nonce, at),
      signer: async () => ({ key: ourKeys.privateKey, keyid: 'ippf.test.20261101.1' }),
    }),
    operations: fundOperations({ table }),
  });

  return async (method: string, path: string, send: FundSend = {}): Promise<FundAnswer> => {
    calls += 1;
    const { as = 'city-admin.first', json, csv, text = csv, query = {}, key = `key-of-a-fund-test-${calls}` } = send;
    const body = Buffer.from(text ?? (json === undefined ? '' : JSON.stringify(json)));
    const headers = new Map<string, string>();
    if (method === 'POST') headers.set('content-type', csv === undefined ? 'application/json' : 'text/csv');
    if (method === 'POST' && key !== null) headers.set('idempotency-key', key);
    const signer = signers.get(as);
    if (signer === undefined) headers.set('authorization', `Bearer ${as}`);
    const plain = { method, path, query: new URLSearchParams(query).toString(), body, headers, authority };
    const means = { now: clock(), nonce: newNonce() };
    const request =
      signer === undefined ? plain : signedRequest(plain, { key: signer.keys.privateKey, keyid: signer.keyid }, means);
    const event = proxyEvent({
      method,
      path,
      query: Object.entries(query),
      headers: [['host', authority], ...request.headers],
      body,
      requestId: `request-${calls}`,
    });
    const reply = await handler(event, proxyContext());
    // A file comes as base64.
    const content = reply.isBase64Encoded === true ? Buffer.from(reply.body, 'base64').toString() : reply.body;
    const isJson = String(reply.headers?.['content-type']).endsWith('json');
    return { status: reply.statusCode, headers: reply.headers ?? {}, body: isJson ? JSON.parse(content) : content };
  };
}
