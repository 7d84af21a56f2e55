import { randomBytes } from 'node:crypto';
import { fieldOf } from '../answers.ts';
import type { Call } from '../calls.ts';
import { type Check, type Group, until } from './checks.ts';
import { type Reply, told } from './wire.ts';
import type { World } from './world.ts';

/** A serial number as a bank makes it: the time first. */
export function newKey(): string {
  return `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${randomBytes(9).toString('hex')}`;
}

/**
 * A POST that leaves nothing behind, however often it is made: the key that signs is submitted again, which is refused as
 * taken, and a refusal of the operation is kept under its serial number like a good answer.
 */
async function harmless({ client, partnerId, signer }: World, idempotencyKey: string): Promise<Call> {
  for await (const { keyid, publicKeyPem } of client.each.listKeys({ params: { partnerId } })) {
    if (keyid !== signer.keyid) continue;
    return { method: 'POST', path: `/v1/partners/${partnerId}/keys`, body: { publicKeyPem }, idempotencyKey };
  }
  throw new Error(`${signer.keyid} 不在本机构的密钥之列`);
}

const withReplay = (reply: Reply) => `${told(reply)}${reply.replayed ? '（重放）' : ''}`;

/** What the platform says became of a call, once it is no longer running. */
async function fateOf({ client }: World, idempotencyKey: string): Promise<string> {
  const fate = await until(
    async () => {
      const answer = await client.getRequest({ params: { idempotencyKey } });
      if (answer.kind === 'problem') return `${answer.status} ${answer.code}`;
      const { status, httpStatus } = answer.body;
      return status === 'running' ? undefined : `${status}${httpStatus === undefined ? '' : ` ${httpStatus}`}`;
    },
    { seconds: 30 },
  );
  return fate ?? 'running';
}

const checks: readonly Check[] = [
  {
    name: '有流水号的 POST（重复提交本机构现用公钥，不留痕迹）',
    expected: '409 key_taken',
    run: async (world) => {
      world.found.harmlessKey = newKey();
      return { seen: withReplay(await world.send(world.signed(await harmless(world, world.found.harmlessKey)))) };
    },
  },
  {
    name: '同一流水号、新随机数：给出当初的应答',
    expected: '409 key_taken（重放）',
    run: async (world) => {
      const { harmlessKey = newKey() } = world.found;
      return { seen: withReplay(await world.send(world.signed(await harmless(world, harmlessKey)))) };
    },
  },
  {
    name: '同一流水号、其他内容',
    expected: '422 idempotency_key_reused',
    run: async (world) => {
      const { harmlessKey = newKey() } = world.found;
      const call = await harmless(world, harmlessKey);
      const body = { publicKeyPem: `${String(fieldOf(call.body, 'publicKeyPem'))}\n` };
      return { seen: withReplay(await world.send(world.signed({ ...call, body }))) };
    },
  },
  {
    name: '按流水号查询',
    expected: 'done 409',
    run: async (world) => ({ seen: await fateOf(world, world.found.harmlessKey ?? newKey()) }),
  },
  {
    name: '应答丢失：凭流水号问明结果',
    expected: 'done 409',
    run: async (world) => {
      const key = newKey();
      // The answer is thrown away unread, as if the line had been cut.
      await world.send(world.signed(await harmless(world, key)));
      return { seen: await fateOf(world, key), note: key };
    },
  },
  {
    name: '从未收到的流水号',
    expected: 'unknown',
    run: async (world) => ({ seen: await fateOf(world, newKey()) }),
  },
];

export const retries: Group = { name: '重试与流水号', checks };
