import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { Provider } from 'oidc-provider';
import * as z from 'zod';
import { PersonRole } from '../roles.ts';
import { closeServer, listen } from './http-server.ts';

/** Who a token is for. `ttlSeconds` may be negative: then it has expired already. */
export const TokenRequest = z.strictObject({
  sub: z.string().min(1).max(256),
  role: PersonRole,
  divisionCode: z.string().optional(),
  parkId: z.string().optional(),
  uscc: z.string().optional(),
  ttlSeconds: z.int().default(24 * 60 * 60),
});
export type TokenRequest = z.input<typeof TokenRequest>;

/** The local issuer of people's access tokens. */
export type Issuer = {
  issuer: string;
  audience: string;
  jwksUrl: string;
  /** A signed access token (RFC 9068). */
  issueToken: (request: TokenRequest) => Promise<string>;
  close(): Promise<void>;
};

const audience = 'zhirong-api';
const algorithm = 'ES256';

const PrivateKey = z.object({
  kty: z.literal('EC'),
  crv: z.string(),
  x: z.string(),
  y: z.string(),
  d: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.string(),
});
const State = z.object({ port: z.number(), key: PrivateKey });

async function makeKey(): Promise<z.output<typeof PrivateKey>> {
  const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
  return PrivateKey.parse({ ...(await exportJWK(privateKey)), kid: randomUUID(), alg: algorithm, use: 'sig' });
}

/**
 * Starts `oidc-provider` on 127.0.0.1. Key and port are kept in `file`: a person is an issuer and a `sub`, so the
 * issuer's name must be the same after a restart, or yesterday's proposer could approve as another person today.
 */
export async function startIssuer(file: string): Promise<Issuer> {
  const kept = existsSync(file) ? State.parse(JSON.parse(readFileSync(file, 'utf8'))) : undefined;
  const key = kept?.key ?? (await makeKey());
  let handle: RequestListener | undefined;
  const server = createServer((request, response) => handle?.(request, response));
  const port = await listenAgain(kept?.port, (wanted) => listen(server, wanted));
  writeFileSync(file, JSON.stringify({ port, key }), { mode: 0o600 });

  const issuer = `http://127.0.0.1:${String(port)}`;
  const provider = new Provider(issuer, {
    adapter: () => nothingKept,
    jwks: { keys: [key] },
    clients: [],
    clientDefaults: { id_token_signed_response_alg: algorithm },
    enabledJWA: { idTokenSigningAlgValues: [algorithm] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    // Whoever is on this machine asks /__local/tokens; a page that signs anybody in has no place beside it.
    features: { devInteractions: { enabled: false } },
    interactions: { url: () => issuer },
  });
  const callback = provider.callback();
  handle = (request, response) => void callback(request, response);

  const signingKey = await importJWK(key, algorithm);
  return {
    issuer,
    audience,
    jwksUrl: `${issuer}/jwks`,
    async issueToken(request) {
      const { sub, ttlSeconds, ...claims } = TokenRequest.parse(request);
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ ...claims, client_id: 'local', jti: randomUUID() })
        .setProtectedHeader({ alg: algorithm, kid: key.kid, typ: 'at+jwt' })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(sub)
        .setIssuedAt(Math.min(now, now + ttlSeconds))
        .setExpirationTime(now + ttlSeconds)
        .sign(signingKey);
    },
    close: () => closeServer(server),
  };
}

/** Nobody signs in by a browser here, so the provider has no sessions, grants or clients to keep. */
const nothingKept = {
  upsert: async () => undefined,
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  destroy: async () => undefined,
  consume: async () => undefined,
  revokeByGrantId: async () => undefined,
};

/** The port of last time where it is still free, else any. */
async function listenAgain(kept: number | undefined, listenOn: (port: number) => Promise<number>): Promise<number> {
  if (kept === undefined) return listenOn(0);
  try {
    return await listenOn(kept);
  } catch {
    return listenOn(0);
  }
}
