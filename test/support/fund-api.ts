import { PersonRole } from '#packages/roles';
import { httpFunction } from '#packages/lambda/http';
import { partnerGate } from '#packages/lambda/signed';
import { takeNonce } from '#packages/nonces';
import { newKeys } from '#packages/signature/sample-keys';
import { newNonce, signedRequest } from '#packages/signature/request';
import type { Table } from '#packages/table';
import { routes } from '../../services/fund/contract.ts';
import { bookOperations } from '../../services/fund/operations/book-operations.ts';
import { contributionReturns } from '../../services/fund/operations/contribution-returns.ts';
import { claimOperations } from '../../services/fund/operations/claim-operations.ts';
import { programmeOperations } from '../../services/fund/operations/programme-operations.ts';
import { proxyContext, proxyEvent } from './proxy-event.ts';

const authority = 'api.example.cn';
const bankKeys = newKeys('ed25519');
const ourKeys = newKeys('ed25519');
const bankKeyid = 'bank-a.test.20261101.1';
let calls = 0;

export type FundAnswer = { status: number; headers: Record<string, unknown>; body: any };
export type FundSend = {
  as?: string;
  json?: unknown;
  text?: string;
  query?: Record<string, string>;
  key?: string | null;
};

/**
 * The fund service behind its real pipeline, on this table. People are `role.sub`, proved by just that as their token;
 * `bank` signs its messages. `at` is the time on the clock.
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
      keyOf: async (keyid) =>
        keyid === bankKeyid
          ? {
              partner: { kind: 'partner', partnerId: 'bank-a', role: 'bank' },
              key: bankKeys.publicKey,
              state: 'active',
              notBefore: '2026-01-01T00:00:00.000Z',
              notAfter: '2030-01-01T00:00:00.000Z',
              suspended: false,
              addresses: 'anywhere' as const,
            }
          : undefined,
      takeNonce: (nonce, at) => takeNonce(table, nonce, at),
      signer: async () => ({ key: ourKeys.privateKey, keyid: 'ippf.test.20261101.1' }),
    }),
    operations: {
      ...programmeOperations({ table }),
      ...bookOperations({ table }),
      ...contributionReturns({ table }),
      ...claimOperations({ table }),
    },
  });

  return async (method: string, path: string, send: FundSend = {}): Promise<FundAnswer> => {
    calls += 1;
    const { as = 'city-admin.first', json, text, query = {}, key = `key-of-a-fund-test-${calls}` } = send;
    const body = Buffer.from(text ?? (json === undefined ? '' : JSON.stringify(json)));
    const headers = new Map<string, string>();
    if (method === 'POST') headers.set('content-type', 'application/json');
    if (method === 'POST' && key !== null) headers.set('idempotency-key', key);
    if (as !== 'bank') headers.set('authorization', `Bearer ${as}`);
    const plain = { method, path, query: new URLSearchParams(query).toString(), body, headers, authority };
    const means = { now: clock(), nonce: newNonce() };
    const request = as === 'bank' ? signedRequest(plain, { key: bankKeys.privateKey, keyid: bankKeyid }, means) : plain;
    const event = proxyEvent({
      method,
      path,
      query: Object.entries(query),
      headers: [['host', authority], ...request.headers],
      body,
      requestId: `request-${calls}`,
    });
    const reply = await handler(event, proxyContext());
    return { status: reply.statusCode, headers: reply.headers ?? {}, body: JSON.parse(reply.body) };
  };
}
