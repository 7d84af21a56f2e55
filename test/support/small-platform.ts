import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { privateKeyOf } from '#packages/signature/keys';
import { type KeyPair, newKeyPair } from '#packages/signature/new-key';
import { signResponse } from '#packages/signature/response';

export type OwnKey = KeyPair & { keyid: string; use: 'answers' | 'webhooks'; notBefore: string; notAfter: string };

export function ownKey(keyid: string, use: OwnKey['use'], changes: Partial<OwnKey> = {}): OwnKey {
  const [notBefore, notAfter] = ['2020-01-01T00:00:00.000Z', '9999-01-01T00:00:00.000Z'];
  return { ...newKeyPair('ed25519'), keyid, use, notBefore, notAfter, ...changes };
}

export type SmallPlatform = Awaited<ReturnType<typeof startSmallPlatform>>;

/**
 * As much of the platform as an SDK without a city needs: it publishes keys and answers every call alike, signed. Whose
 * signature a request has is not looked at.
 */
export async function startSmallPlatform() {
  const state = {
    keys: [ownKey('ippf-answers.test.20261101.1', 'answers'), ownKey('ippf-webhooks.test.20261101.1', 'webhooks')],
    /** The key that signs answers, by its id; and the one that signs the list, if that is another. */
    signs: 'ippf-answers.test.20261101.1',
    signsList: undefined as OwnKey | undefined,
    answer: { items: [] as unknown[], nextCursor: null as string | null } as object,
    reads: 0,
    isDown: false,
    now: () => new Date(),
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://platform');
    const isList = url.pathname === '/.well-known/ippf-keys';
    if (isList) state.reads += 1;
    if (isList && state.isDown) return void response.writeHead(503).end();
    const keys = state.keys.map(({ privateKeyPem: _secret, ...key }) => ({ ...key, alg: 'ed25519', state: 'active' }));
    const body = Buffer.from(JSON.stringify(isList ? { keys } : state.answer));
    const signer = (isList ? state.signsList : undefined) ?? state.keys.find(({ keyid }) => keyid === state.signs)!;
    const headers = new Map([
      ['content-type', 'application/json'],
      ['x-request-id', 'r-1'],
    ]);
    const signature = signResponse(
      { status: 200, headers, body },
      {
        method: request.method ?? '',
        authority: request.headers.host ?? '',
        path: url.pathname,
        query: url.search.slice(1),
        headers: new Map(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
      },
      { key: privateKeyOf(signer.privateKeyPem), keyid: signer.keyid },
      state.now(),
    );
    response.writeHead(200, { ...Object.fromEntries(headers), ...signature }).end(body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    state,
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
