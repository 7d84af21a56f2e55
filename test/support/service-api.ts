import type { Routes } from '#packages/contract';
import { httpFunction, type Operations } from '#packages/lambda/http';
import { partnerGate } from '#packages/lambda/signed';
import { takeNonce } from '#packages/nonces';
import { PersonRole } from '#packages/roles';
import { newNonce, signedRequest } from '#packages/signature/request';
import { newKeys } from '#packages/signature/sample-keys';
import type { Table } from '#packages/table';
import { proxyContext, proxyEvent } from './proxy-event.ts';

const authority = 'api.example.cn';
const ours = newKeys('ed25519');
const banks = new Map(
  ['bank-a', 'bank-b'].map((partnerId) => [`${partnerId}.test.20261101.1`, { partnerId, ...newKeys('ed25519') }]),
);
let calls = 0;

export type ServiceAnswer = { status: number; headers: Record<string, unknown>; body: any };
export type ServiceSend = { as?: string; json?: unknown; query?: Record<string, string>; key?: string };

/**
 * A service's routes behind their real pipeline, on this table. `bank-a` and `bank-b` sign their messages; people are
 * `role.sub`, or `role.sub.uscc`, proved by just that as their token.
 */
export function serviceApi<All extends Routes>(
  service: { routes: All; operations: Operations<All>; table: Table },
  clock: () => Date,
) {
  const handler = httpFunction({
    ...service,
    clock,
    cursorSecret: async () => 'secret',
    tokens: async (token) => {
      const [name, sub = '', uscc] = token.split('.');
      const role = PersonRole.safeParse(name).data;
      return role === undefined
        ? 'token_invalid'
        : { kind: 'person', issuer: 'test', sub, role, ...(uscc !== undefined && { uscc }) };
    },
    partners: partnerGate({
      authorities: [authority],
      keyOf: async (keyid) => {
        const bank = banks.get(keyid);
        return (
          bank && {
            partner: { kind: 'partner', partnerId: bank.partnerId, role: 'bank' },
            key: bank.publicKey,
            state: 'active',
            notBefore: '2026-01-01T00:00:00.000Z',
            notAfter: '2030-01-01T00:00:00.000Z',
            suspended: false,
            addresses: 'anywhere' as const,
          }
        );
      },
      takeNonce: (nonce, at) => takeNonce(service.table, nonce, at),
      signer: async () => ({ key: ours.privateKey, keyid: 'ippf.test.20261101.1' }),
    }),
  });

  return async (method: string, path: string, send: ServiceSend = {}): Promise<ServiceAnswer> => {
    calls += 1;
    const { as = 'bank-a', json, query = {}, key = `key-of-a-service-test-${calls}` } = send;
    const body = Buffer.from(json === undefined ? '' : JSON.stringify(json));
    const headers = new Map<string, string>();
    if (method !== 'GET') headers.set('content-type', 'application/json').set('idempotency-key', key);
    const keyid = `${as}.test.20261101.1`;
    const bank = banks.get(keyid);
    if (bank === undefined) headers.set('authorization', `Bearer ${as}`);
    const plain = { method, path, query: new URLSearchParams(query).toString(), body, headers, authority };
    const means = { now: clock(), nonce: newNonce() };
    const request = bank === undefined ? plain : signedRequest(plain, { key: bank.privateKey, keyid }, means);
    const reply = await handler(
      proxyEvent({
        method,
        path,
        query: Object.entries(query),
        headers: [['host', authority], ...request.headers],
        body,
        requestId: `request-${calls}`,
      }),
      proxyContext(),
    );
    return { status: reply.statusCode, headers: reply.headers ?? {}, body: JSON.parse(reply.body) };
  };
}
