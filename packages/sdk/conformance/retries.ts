import { randomBytes } from 'node:crypto';
import { type Call, callOf } from '../calls.ts';
import { operations, type SimulationRequest } from '../operations.ts';
import { type Check, type Group, until } from './checks.ts';
import { type Reply, told } from './wire.ts';
import type { World } from './world.ts';

/** A serial number as a bank makes it: the time first. */
export function newKey(): string {
  return `${new Date().toISOString().replaceAll(/\D/g, '').slice(0, 14)}-${randomBytes(9).toString('hex')}`;
}

/** A POST that leaves nothing behind, however often it is made: what a loss would come to. Its answer is kept all the same. */
function harmless(idempotencyKey: string, outstandingFen = 100_000): Call {
  const body: SimulationRequest = {
    programme: { parties: [{ id: 'fund', kind: 'public', shareBps: 4_000 }], recoveryOrder: 'principal-first' },
    case: { outstandingFen },
    events: [],
  };
  return callOf(operations.simulateClaim, { body, idempotencyKey });
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
    name: '有流水号的 POST（代偿试算，不留痕迹）',
    expected: '200',
    run: async (world) => {
      world.found.harmlessKey = newKey();
      return { seen: withReplay(await world.send(world.signed(harmless(world.found.harmlessKey)))) };
    },
  },
  {
    name: '同一流水号、新随机数：给出当初的应答',
    expected: '200（重放）',
    run: async (world) => {
      const { harmlessKey = newKey() } = world.found;
      return { seen: withReplay(await world.send(world.signed(harmless(harmlessKey)))) };
    },
  },
  {
    name: '同一流水号、其他内容',
    expected: '422 idempotency_key_reused',
    run: async (world) => {
      const { harmlessKey = newKey() } = world.found;
      return { seen: withReplay(await world.send(world.signed(harmless(harmlessKey, 100_001)))) };
    },
  },
  {
    name: '按流水号查询',
    expected: 'done 200',
    run: async (world) => ({ seen: await fateOf(world, world.found.harmlessKey ?? newKey()) }),
  },
  {
    name: '应答丢失：凭流水号问明结果',
    expected: 'done 200',
    run: async (world) => {
      const key = newKey();
      // The answer is thrown away unread, as if the line had been cut.
      await world.send(world.signed(harmless(key)));
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
