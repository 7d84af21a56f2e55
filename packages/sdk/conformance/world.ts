import { privateKeyOf } from '../../signature/keys.ts';
import { newNonce, type SignableRequest, signedRequest, type Signer } from '../../signature/request.ts';
import { type Call, requestOf } from '../calls.ts';
import { type Client, openClient } from '../client.ts';
import { fetchPlatformKeys, type PlatformKeys } from '../platform-keys.ts';
import type { Receiver } from './receiver.ts';
import { type Reply, sendRaw } from './wire.ts';

export type ConformanceSettings = {
  /** Of a test environment: keys are submitted, proved and revoked there. */
  baseUrl: string;
  keyid: string;
  privateKeyPem: string;
  fingerprints?: readonly string[] | undefined;
  /** The token of a city reviewer of the sandbox, who approves what this run submits. */
  reviewerToken?: string | undefined;
  /** Where this run listens for webhooks, and the address by which the platform reaches it. */
  webhook?: { port: number; url?: string | undefined } | undefined;
  /** How long a person may take to approve, in seconds; 0. */
  approvalSeconds?: number | undefined;
  /** How long a revocation may take to be heeded everywhere; nothing is waited for where it is 0. */
  revocationSeconds?: number | undefined;
};

/** What one check leaves to those after it. */
export type Found = {
  harmlessKey?: string;
  second?: { keyid: string; privateKeyPem: string; publicKeyPem: string; challenge: string; fingerprint: string };
  approved?: boolean;
  receiver?: Receiver;
  webhookId?: string;
  webhookActive?: boolean;
};

export type World = {
  settings: ConformanceSettings;
  client: Client;
  keys: PlatformKeys;
  signer: Signer;
  partnerId: string;
  unsigned: (call: Call) => SignableRequest;
  /** Signs as it should be, at this moment. */
  signed: (call: Call, signer?: Signer) => SignableRequest;
  /** Sends it as it is, once. */
  send: (request: SignableRequest) => Promise<Reply>;
  /** As a city reviewer, in JSON; undefined where there is none. */
  review: ((path: string, body: unknown) => Promise<{ status: number; body: unknown }>) | undefined;
  found: Found;
};

/** `<partner>.<test|prod>.<yyyymmdd>.<n>` */
const keyidParts = /^([a-z0-9-]+)\.([a-z]+)\.\d{8}\.\d+$/;

/** @throws RangeError on a key that is not of a test environment: what counts is not played with. */
export async function openWorld(settings: ConformanceSettings): Promise<World> {
  const { baseUrl, keyid, privateKeyPem, reviewerToken } = settings;
  const [, partnerId, environment] = keyidParts.exec(keyid) ?? [];
  if (partnerId === undefined || environment !== 'test') {
    throw new RangeError(`“${keyid}” 不是测试环境的密钥：一致性检查只在测试环境运行`);
  }
  const base = new URL(baseUrl);
  const { fingerprints } = settings;
  const keys = await fetchPlatformKeys(baseUrl, fingerprints === undefined ? {} : { fingerprints });
  const signer = { key: privateKeyOf(privateKeyPem), keyid };
  const unsigned = (call: Call) => requestOf(call, base.host, new Date());
  return {
    settings,
    client: openClient({ baseUrl, keyid, privateKeyPem, platformKeys: keys }),
    keys,
    signer,
    partnerId,
    unsigned,
    signed: (call, by = signer) => signedRequest(unsigned(call), by, { now: new Date(), nonce: newNonce() }),
    send: (request) => sendRaw(base, request, keys),
    review:
      reviewerToken === undefined
        ? undefined
        : async (path, body) => {
            const reply = await fetch(new URL(path, base), {
              method: 'POST',
              headers: {
                authorization: `Bearer ${reviewerToken.trim()}`,
                'content-type': 'application/json',
                'idempotency-key': `conformance-${crypto.randomUUID()}`,
              },
              body: JSON.stringify(body),
              signal: AbortSignal.timeout(30_000),
            });
            return { status: reply.status, body: await reply.json() };
          },
    found: {},
  };
}
