import { legalDateOf } from '#packages/calendar';
import { keyFor, type Api } from '#packages/local/patient-client';
import { openClient } from '#packages/sdk/client';
import { startReceiver } from '#packages/sdk/conformance/receiver';
import { fetchPlatformKeys } from '#packages/sdk/platform-keys';
import type { Credentials, TokenOf } from './people.ts';

type Log = (line: string) => void;
export type BankDay = { baseUrl: string; credentials: Credentials; api: Api; tokenOf: TokenOf; log: Log };

/**
 * What a bank's programs do: they read the list by signed calls and believe only signed answers, and hear by webhook what
 * changes on it. Each bank signs with another algorithm; the receiver is a server of this process, gone afterwards.
 */
export async function showBanks(day: BankDay, uscc: string): Promise<void> {
  const { baseUrl, credentials, log } = day;
  const platformKeys = await fetchPlatformKeys(baseUrl);
  const clients = Object.values(credentials.partners)
    .filter(({ role }) => role === 'bank')
    .map(({ partnerId, alg, keyid, privateKeyPem }) => ({
      partnerId,
      alg,
      client: openClient({ baseUrl, keyid, privateKeyPem, platformKeys }),
    }));
  for (const { partnerId, alg, client } of clients) {
    let entries = 0;
    for await (const _entry of client.each.listWhitelist({ query: { status: 'listed', pageSize: 200 } })) entries += 1;
    log(`  ${partnerId}（${alg}）签名取得名单 ${entries} 家，每页应答的平台签名均已核对`);
  }
  const [first] = clients;
  if (first !== undefined) await hear(day, first, platformKeys, uscc);
}

type BankClient = { partnerId: string; client: ReturnType<typeof openClient> };

/** An address is registered, proves itself, is approved by a second person, and is told what happens to one entry. */
async function hear(
  { api, tokenOf, log }: BankDay,
  { partnerId, client }: BankClient,
  platformKeys: Awaited<ReturnType<typeof fetchPlatformKeys>>,
  uscc: string,
): Promise<void> {
  const receiver = await startReceiver({ port: 0 }, () => platformKeys.webhookKeys());
  const idempotencyKey = keyFor('webhook', receiver.url, new Date().toISOString());
  const eventTypes = ['whitelist.entry.suspended.v1', 'whitelist.entry.reinstated.v1'] as const;
  try {
    const registered = await client.registerWebhook({
      params: { partnerId },
      body: { url: receiver.url, eventTypes: [...eventTypes] },
      idempotencyKey,
    });
    if (registered.kind === 'problem') throw new Error(`回调地址未登记：${registered.code}`);
    const { webhookId } = registered.body;
    await settle(api);
    const path = `/v1/partners/${partnerId}/webhooks/${webhookId}/approvals`;
    const token = await tokenOf('city-reviewer');
    await api.call({ method: 'POST', path, token, key: keyFor('webhook-approval', webhookId), json: {} });
    for (const act of ['suspensions', 'reinstatements']) {
      const key = keyFor(act, webhookId);
      const json = { reason: '示例：核对联系信息' };
      await api.call({ method: 'POST', path: `/v1/whitelist/${uscc}/${act}`, token, key, json });
    }
    await settle(api);
    const heard = receiver.delivered.flatMap(({ webhook }) => (webhook.kind === 'event' ? [webhook.event.type] : []));
    log(
      `  ${partnerId} 的回调地址经挑战与另一人批准后启用；暂停、恢复一家企业，收到 ${heard.join('、')}（签名已核对）`,
    );
    const fate = await client.getRequest({ params: { idempotencyKey } });
    const date = legalDateOf(new Date().toISOString());
    const file = await client.getReconciliation({ params: { date } });
    if (fate.kind === 'problem' || file.kind === 'problem') throw new Error('查询未成');
    const { rows, digest } = file.body;
    log(
      `  按流水号查登记请求：${fate.body.status}（${fate.body.httpStatus}）；当日对账单 ${rows} 笔，摘要 ${digest.slice(0, 16)}…`,
    );
    await client.endWebhook({ params: { partnerId, webhookId } });
  } finally {
    await receiver.stop();
  }
}

async function settle(api: Api): Promise<void> {
  await api.call({ method: 'POST', path: '/__local/drain', json: { timeoutMs: 60_000 } });
}
