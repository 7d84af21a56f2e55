import { privateKeyOf } from '../../signature/keys.ts';
import { newKeyPair } from '../../signature/new-key.ts';
import { proofOf } from '../key-proof.ts';
import type { PartnerKey } from '../operations.ts';
import { type Check, type Group, type Seen, until } from './checks.ts';
import { newKey } from './retries.ts';
import { told } from './wire.ts';
import type { Found, World } from './world.ts';

const path = ({ partnerId }: World) => `/v1/partners/${partnerId}/keys`;
/** The longest there is: the key that the organisation goes on with must not end because of a check. */
const overlapDays = 90;
const worksWithinSeconds = 15;

const noSecond: Seen = { skipped: '没有第二把密钥' };
const notApproved: Seen = { skipped: '第二把密钥未获批准' };

async function keysOf({ client, partnerId }: World): Promise<PartnerKey[]> {
  const keys: PartnerKey[] = [];
  for await (const key of client.each.listKeys({ params: { partnerId } })) keys.push(key);
  return keys;
}

async function secondKey(world: World) {
  return (await keysOf(world)).find(({ keyid }) => keyid === world.found.second?.keyid);
}

function signerOf({ keyid, privateKeyPem }: NonNullable<Found['second']>) {
  return { keyid, key: privateKeyOf(privateKeyPem) };
}

async function calls(world: World, signer = world.signer): Promise<string> {
  return told(await world.send(world.signed({ method: 'GET', path: path(world), query: { pageSize: 1 } }, signer)));
}

const checks: readonly Check[] = [
  {
    name: '提交第二把公钥，应答丢失后以同一流水号重发：只有一把',
    expected: '201，重放 201，一把',
    run: async (world) => {
      const { client, partnerId, found, signer } = world;
      const { privateKeyPem, publicKeyPem } = newKeyPair(signer.key.alg);
      const idempotencyKey = newKey();
      const body = { publicKeyPem, overlapDays };
      const first = await world.send(world.signed({ method: 'POST', path: path(world), body, idempotencyKey }));
      if (first.status !== 201) return { seen: told(first), note: String(Object(first.body).detail ?? '') };
      const again = await client.submitKey({ params: { partnerId }, body, idempotencyKey });
      if (again.kind === 'problem') return { seen: `201，${again.status} ${again.code}` };
      const { keyid, challenge = '', fingerprints } = again.body;
      found.second = { keyid, privateKeyPem, publicKeyPem, challenge, fingerprint: fingerprints.sha256 };
      const same = (await keysOf(world)).filter((key) => key.fingerprints.sha256 === fingerprints.sha256);
      const count = same.length === 1 ? '一把' : `${same.length} 把`;
      return {
        seen: `201，${again.replayed ? '重放 ' : ''}${again.status}，${count}`,
        note: `${keyid}，指纹 SHA-256 ${fingerprints.sha256}`,
      };
    },
  },
  {
    name: '以另一把私钥证明',
    expected: '422 proof_invalid',
    run: async ({ client, partnerId, found: { second }, settings }) => {
      if (second === undefined) return noSecond;
      const signature = proofOf(second.challenge, settings.privateKeyPem);
      const answer = await client.proveKey({ params: { partnerId, keyid: second.keyid }, body: { signature } });
      return { seen: answer.kind === 'done' ? answer.body.state : `${answer.status} ${answer.code}` };
    },
  },
  {
    name: '以该密钥证明：对挑战签名',
    expected: 'proved',
    run: async ({ client, partnerId, found: { second } }) => {
      if (second === undefined) return noSecond;
      const signature = proofOf(second.challenge, second.privateKeyPem);
      const answer = await client.proveKey({ params: { partnerId, keyid: second.keyid }, body: { signature } });
      return { seen: answer.kind === 'done' ? answer.body.state : `${answer.status} ${answer.code}` };
    },
  },
  {
    name: '批准之前新密钥无效',
    expected: '401 signature_invalid',
    run: async (world) => {
      const { second } = world.found;
      return second === undefined ? noSecond : { seen: await calls(world, signerOf(second)) };
    },
  },
  {
    name: '批准（由市级复核人核对指纹）',
    expected: 'active',
    run: async (world) => {
      const { found, review, settings } = world;
      const { second } = found;
      if (second === undefined) return noSecond;
      if (review !== undefined) {
        const reply = await review(`${path(world)}/${second.keyid}/approvals`, { fingerprint: second.fingerprint });
        if (reply.status !== 200) return { seen: `${reply.status} ${String(Object(reply.body).code)}` };
      } else if ((settings.approvalSeconds ?? 0) === 0) {
        return {
          skipped: '需市级复核人批准：以 --approval-wait 等待，或在本机以 --approver-token-file 给出复核人令牌',
        };
      }
      const seconds = review === undefined ? (settings.approvalSeconds ?? 0) : worksWithinSeconds;
      const state = await until(
        async () => {
          const key = await secondKey(world);
          return key?.state === 'proved' ? undefined : key?.state;
        },
        { seconds, everyMs: 1_000 },
      );
      found.approved = state === 'active';
      const first = (await keysOf(world)).find(({ keyid }) => keyid === world.signer.keyid);
      const until_ = first?.state === 'retiring' ? `原密钥进入交接期，至 ${first.notAfter} 为止` : undefined;
      return { seen: state ?? 'proved', ...(until_ !== undefined && { note: until_ }) };
    },
  },
  {
    name: '新密钥在 10 秒内可用',
    expected: '200',
    run: async (world) => {
      const { second, approved } = world.found;
      if (second === undefined || approved !== true) return notApproved;
      let last = '';
      await until(
        async () => {
          last = await calls(world, signerOf(second));
          return last === '200' ? last : undefined;
        },
        { seconds: worksWithinSeconds, everyMs: 1_000 },
      );
      return { seen: last };
    },
  },
  {
    name: '原密钥仍可用',
    expected: '200',
    run: async (world) => (world.found.approved === true ? { seen: await calls(world) } : notApproved),
  },
  {
    name: '吊销第二把密钥',
    expected: 'revoked',
    run: async ({ client, partnerId, found: { second } }) => {
      if (second === undefined) return noSecond;
      const body = { reason: '一致性检查结束' };
      const answer = await client.revokeKey({ params: { partnerId, keyid: second.keyid }, body });
      return { seen: answer.kind === 'done' ? answer.body.state : `${answer.status} ${answer.code}` };
    },
  },
  {
    name: '吊销后 60 秒内失效',
    expected: '401 signature_invalid',
    run: async (world) => {
      const { found, settings } = world;
      const { second } = found;
      if (second === undefined || found.approved !== true) return notApproved;
      const seconds = settings.revocationSeconds ?? 0;
      if (seconds === 0) return { skipped: '未等待吊销生效' };
      let last = '';
      await until(
        async () => {
          last = await calls(world, signerOf(second));
          return last === '200' ? undefined : last;
        },
        { seconds, everyMs: 2_000 },
      );
      return { seen: last };
    },
  },
];

export const rotation: Group = { name: '密钥轮换', checks };
