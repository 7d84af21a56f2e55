import { contentDigest } from '../../signature/digest.ts';
import { privateKeyOf } from '../../signature/keys.ts';
import { newKeyPair } from '../../signature/new-key.ts';
import { newNonce, type SignableRequest, signedRequest } from '../../signature/request.ts';
import type { Check, Group } from './checks.ts';
import { signedOddly, told, withHeaders } from './wire.ts';
import type { World } from './world.ts';

type Refusal = [name: string, expected: string, request: (world: World) => SignableRequest];

const path = ({ partnerId }: World) => `/v1/partners/${partnerId}/keys`;
const query = { pageSize: 1 };
const minutes = 60_000;

const get = (world: World) => world.unsigned({ method: 'GET', path: path(world), query });
const signedGet = (world: World) => world.signed({ method: 'GET', path: path(world), query });
/** Nothing that is refused for its signature gets as far as its meaning. */
const signedPost = (world: World) => world.signed({ method: 'POST', path: path(world), body: { publicKeyPem: 'x' } });

const signedAt = (world: World, offsetMs: number) =>
  signedRequest(get(world), world.signer, { now: new Date(Date.now() + offsetMs), nonce: newNonce() });
const header = (request: SignableRequest, name: string) => request.headers.get(name) ?? '';
const otherBody = Buffer.from('{"publicKeyPem":"y"}');

const refusals: readonly Refusal[] = [
  ['没有签名', '401 signature_missing', get],
  ['签名已过期（10 分钟前）', '401 signature_expired', (world) => signedAt(world, -10 * minutes)],
  ['签名时间在 10 分钟后', '401 signature_not_yet_valid', (world) => signedAt(world, 10 * minutes)],
  [
    '有效期长于 300 秒',
    '401 signature_components',
    (world) => signedOddly(get(world), world.signer, { holdsSeconds: 600 }),
  ],
  [
    '未覆盖 @query',
    '401 signature_components',
    (world) => signedOddly(get(world), world.signer, { without: '@query' }),
  ],
  ['tag 不是 ippf-bank-v1', '401 signature_components', (world) => signedOddly(get(world), world.signer, { tag: 'x' })],
  [
    '密钥编号未登记',
    '401 signature_invalid',
    (world) => world.signed({ method: 'GET', path: path(world) }, { ...world.signer, keyid: 'nobody.test.20260101.1' }),
  ],
  [
    '以另一把私钥签名',
    '401 signature_invalid',
    (world) => {
      const key = privateKeyOf(newKeyPair('ed25519').privateKeyPem);
      return world.signed({ method: 'GET', path: path(world) }, { ...world.signer, key });
    },
  ],
  [
    '签名后改了路径',
    '401 signature_invalid',
    (world) => ({ ...signedGet(world), path: `/v1/partners/${world.partnerId}` }),
  ],
  ['签名后改了参数', '401 signature_invalid', (world) => ({ ...signedGet(world), query: 'pageSize=2' })],
  ['签名后改了正文', '400 digest_mismatch', (world) => ({ ...signedPost(world), body: otherBody })],
  [
    '摘要不是正文的',
    '400 digest_mismatch',
    (world) => withHeaders(signedPost(world), { 'content-digest': contentDigest(otherBody) }),
  ],
  [
    '正文与摘要一同改了',
    '401 signature_invalid',
    (world) => withHeaders({ ...signedPost(world), body: otherBody }, { 'content-digest': contentDigest(otherBody) }),
  ],
  [
    '两个签名标签',
    '400 signature_malformed',
    (world) => {
      const request = signedGet(world);
      const twice = (name: string) => `${header(request, name)}, ${header(request, name).replace('sig1', 'sig2')}`;
      return withHeaders(request, { 'signature-input': twice('signature-input'), signature: twice('signature') });
    },
  ],
  [
    '签名头不是规范写法（多一个空格）',
    '400 signature_malformed',
    (world) => {
      const request = signedGet(world);
      return withHeaders(request, { 'signature-input': header(request, 'signature-input').replace('("', '( "') });
    },
  ],
  [
    '同名参数两次：不是规范写法',
    '400 target_not_canonical',
    (world) => {
      const twice = { ...get(world), query: 'pageSize=1&pageSize=1' };
      return signedRequest(twice, world.signer, { now: new Date(), nonce: newNonce() });
    },
  ],
  [
    '签名与令牌并用',
    '400 credentials_ambiguous',
    (world) => withHeaders(signedGet(world), { authorization: 'Bearer x' }),
  ],
  [
    '流水号过短',
    '400 idempotency_key_malformed',
    (world) => {
      const request = world.unsigned({ method: 'POST', path: path(world), body: { publicKeyPem: 'x' } });
      const short = withHeaders(request, { 'idempotency-key': 'short' });
      return signedRequest(short, world.signer, { now: new Date(), nonce: newNonce() });
    },
  ],
];

const checks: readonly Check[] = [
  ...refusals.map(([name, expected, request]): Check => ({
    name,
    expected,
    run: async (world) => ({ seen: told(await world.send(request(world))) }),
  })),
  {
    name: '同样的字节再发一次（随机数已用过）',
    expected: '401 signature_replayed',
    run: async (world) => {
      const request = signedGet(world);
      const first = await world.send(request);
      if (first.status !== 200) return { seen: told(first), note: '第一次就未被接受' };
      return { seen: told(await world.send(request)) };
    },
  },
];

export const refusedCalls: Group = { name: '应被拒绝的请求', checks };
