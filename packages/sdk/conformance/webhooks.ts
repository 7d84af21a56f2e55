import type { NewWebhook, Webhook } from '../operations.ts';
import { verifyWebhook, type WebhookMessage } from '../webhooks.ts';
import { type Check, type Group, type Seen, until } from './checks.ts';
import { type Delivered, startReceiver } from './receiver.ts';
import type { World } from './world.ts';

/** What the rotation brings about. */
const eventTypes: NewWebhook['eventTypes'] = ['partner.key.activated.v1', 'partner.key.revoked.v1'];
const arrivesWithinSeconds = 60;

const noAddress: Seen = { skipped: '没有已登记的回调地址' };

async function statusOf({ client, partnerId }: World, webhookId: string): Promise<Webhook['status']> {
  const answer = await client.getWebhook({ params: { partnerId, webhookId } });
  if (answer.kind === 'problem') throw new Error(`${answer.status} ${answer.code}`);
  return answer.body.status;
}

function firstOf(world: World, kind: WebhookMessage['kind']): Delivered | undefined {
  return world.found.receiver?.delivered.find(({ webhook }) => webhook.kind === kind);
}

const address: readonly Check[] = [
  {
    name: '登记回调地址',
    expected: '201',
    run: async (world) => {
      const { settings, keys, found, client, partnerId } = world;
      if (settings.webhook === undefined) return { skipped: '未给出 --webhook-port' };
      found.receiver = await startReceiver(settings.webhook, () => keys.webhookKeys());
      const body = { url: found.receiver.url, eventTypes };
      const answer = await client.registerWebhook({ params: { partnerId }, body });
      if (answer.kind === 'problem')
        return { seen: `${answer.status} ${answer.code}`, note: answer.problem.detail ?? '' };
      found.webhookId = answer.body.webhookId;
      return { seen: String(answer.status), note: `${found.webhookId} ${found.receiver.url}` };
    },
  },
  {
    name: '收到归属挑战，签名成立，已答复',
    expected: '已答复',
    run: async (world) => {
      if (world.found.webhookId === undefined) return noAddress;
      const got = await until(async () => firstOf(world, 'challenge'), { seconds: arrivesWithinSeconds });
      return { seen: got === undefined ? '没有收到' : '已答复' };
    },
  },
  {
    name: '平台认可归属',
    expected: 'proved',
    run: async (world) => {
      const { webhookId } = world.found;
      if (webhookId === undefined) return noAddress;
      const status = await until(
        async () => {
          const now = await statusOf(world, webhookId);
          return now === 'pending' ? undefined : now;
        },
        { seconds: arrivesWithinSeconds },
      );
      return { seen: status ?? 'pending' };
    },
  },
  {
    name: '批准回调地址',
    expected: 'active',
    run: async (world) => {
      const { found, review, settings, partnerId } = world;
      const { webhookId } = found;
      if (webhookId === undefined) return noAddress;
      if (review !== undefined) await review(`/v1/partners/${partnerId}/webhooks/${webhookId}/approvals`, {});
      else if ((settings.approvalSeconds ?? 0) === 0) return { skipped: '需市级复核人批准' };
      const status = await until(
        async () => {
          const now = await statusOf(world, webhookId);
          return now === 'proved' ? undefined : now;
        },
        { seconds: review === undefined ? (settings.approvalSeconds ?? 0) : 5 },
      );
      found.webhookActive = status === 'active';
      return { seen: status ?? 'proved' };
    },
  },
];

/** Given to a verifier, a message with something changed about it. */
function forged(name: string, expected: string, change: (real: Delivered, world: World) => WebhookMessage): Check {
  return {
    name,
    expected,
    run: async (world) => {
      const real = firstOf(world, 'event') ?? firstOf(world, 'challenge');
      if (real === undefined) return { skipped: '没有收到过消息' };
      const webhook = change(real, world);
      return { seen: webhook.kind === 'refused' ? webhook.reason : `被当作 ${webhook.kind}` };
    },
  };
}

const events: readonly Check[] = [
  {
    name: '收到签名的通知',
    expected: 'event',
    run: async (world) => {
      const { found } = world;
      if (found.webhookId === undefined || found.webhookActive !== true) return noAddress;
      if (found.second === undefined) return { skipped: '没有密钥轮换，便没有通知' };
      const got = await until(async () => firstOf(world, 'event'), { seconds: arrivesWithinSeconds });
      const webhook = got?.webhook;
      if (webhook?.kind !== 'event') return { seen: '没有收到' };
      return { seen: 'event', note: `${webhook.event.type} ${webhook.event.subject} 第 ${webhook.event.sequence} 号` };
    },
  },
  {
    name: '请平台重发：正文与 webhook-id 不变',
    expected: '不变',
    run: async (world) => {
      const { client, partnerId, found } = world;
      const first = firstOf(world, 'event');
      if (first?.webhook.kind !== 'event') return { skipped: '没有收到过通知' };
      const { id } = first.webhook;
      const again = await until(
        async () => {
          // What is not done with yet cannot be sent again: its answer may be on its way.
          const answer = await client.replayDelivery({ params: { partnerId, deliveryId: id } });
          return answer.kind === 'problem' && answer.code === 'state_conflict' ? undefined : answer;
        },
        { seconds: 10, everyMs: 1_000 },
      );
      if (again?.kind !== 'done') return { seen: again === undefined ? '409 state_conflict' : again.code };
      const isCopy = ({ webhook }: Delivered) => webhook.kind === 'event' && webhook.id === id;
      const copies = await until(
        async () => {
          const all = found.receiver?.delivered.filter(isCopy) ?? [];
          return all.length > 1 ? all : undefined;
        },
        { seconds: arrivesWithinSeconds },
      );
      if (copies === undefined) return { seen: '没有再收到' };
      return { seen: copies.every(({ body }) => body.equals(first.body)) ? '不变' : '正文不同', note: id };
    },
  },
  forged('改了一个字节：自己的验证应拒绝', 'signature_invalid', ({ headers, body }, { keys }) => {
    const changed = Buffer.from(body);
    changed[changed.length - 1] = 0x20;
    return verifyWebhook({ headers, body: changed, keys: keys.webhookKeys() });
  }),
  forged('一小时前的消息：自己的验证应拒绝', 'timestamp_too_old', ({ headers, body }, { keys }) =>
    verifyWebhook({ headers, body, keys: keys.webhookKeys(), now: new Date(Date.now() + 3_600_000) }),
  ),
  {
    name: '终止回调地址',
    expected: '204',
    run: async (world) => {
      const { found, client, partnerId } = world;
      const { webhookId } = found;
      if (webhookId === undefined) return noAddress;
      const answer = await client.endWebhook({ params: { partnerId, webhookId } });
      return { seen: answer.kind === 'done' ? String(answer.status) : `${answer.status} ${answer.code}` };
    },
  },
];

export const webhookAddress: Group = { name: '回调：登记与归属', checks: address };
/** Behind the rotation, which is what there is to be told. */
export const webhookEvents: Group = { name: '回调：通知', checks: events };
