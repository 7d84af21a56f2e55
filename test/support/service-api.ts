import type { Routes } from '#packages/contract';
import { httpFunction, type Operations } from '#packages/lambda/http';
import { partnerGate } from '#packages/lambda/signed';
import { takeNonce } from '#packages/nonces';
import { type PartnerRole, PersonRole } from '#packages/roles';
import { newNonce, signedRequest } from '#packages/signature/request';
import { newKeys } from '#packages/signature/sample-keys';
import type { Table } from '#packages/table';
import { proxyContext, proxyEvent } from './proxy-event.ts';

const authority = 'api.example.cn';
const ours = newKeys('ed25519');
const organisations: Record<string, PartnerRole> = {
  'bank-a': 'bank',
  'bank-b': 'bank',
  insurer: 'insurer',
  guarantor: 'guarantor',
};
/** Each has one key. */
const signers = new Map(
  Object.entries(organisations).map(([partnerId, role]) => [
    partnerId,
    {
      partner: { kind: 'partner' as const, partnerId, role },
      keyid: `${partnerId}.test.20261101.1`,
      ...newKeys('ed25519'),
    },
  ]),
);
let calls = 0;

export type ServiceAnswer = { status: number; headers: Record<string, unknown>; body: any };
export type ServiceSend = {
  as?: string;
  json?: unknown;
  text?: string;
  /** Instead of JSON, a file. */
  csv?: string;
  query?: Record<string, string>;
  /** Each call has a key of its own; `null` sends none. */
  key?: string | null;
};

/**
 * A service's routes behind their real pipeline, on this table. Organisations sign their messages (`bank-a`, `bank-b`,
 * `insurer`, `guarantor`); people are `role.sub`, or `role.sub.uscc`, proved by just that as their token.
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
      keyOf: async (asked) => {
        const signer = [...signers.values()].find(({ keyid }) => keyid === asked);
        return (
          signer && {
            partner: signer.partner,
            key: signer.publicKey,
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
    const { as = 'bank-a', json, csv, text = csv, query = {}, key = `key-of-a-service-test-${calls}` } = send;
    const body = Buffer.from(text ?? (json === undefined ? '' : JSON.stringify(json)));
    const headers = new Map<string, string>();
    if (method !== 'GET') headers.set('content-type', csv === undefined ? 'application/json' : 'text/csv');
    if (method !== 'GET' && key !== null) headers.set('idempotency-key', key);
    const signer = signers.get(as);
    if (signer === undefined) headers.set('authorization', `Bearer ${as}`);
    const plain = { method, path, query: new URLSearchParams(query).toString(), body, headers, authority };
    const means = { now: clock(), nonce: newNonce() };
    const request =
      signer === undefined ? plain : signedRequest(plain, { key: signer.privateKey, keyid: signer.keyid }, means);
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
