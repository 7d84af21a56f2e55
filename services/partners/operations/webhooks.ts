import { callerId } from '#packages/access';
import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { newChallenge } from '../challenge.ts';
import type { routes } from '../contract.ts';
import { endpointWords, partnerEndpoint } from '../endpoint.ts';
import { webhookMachine } from '../machines.ts';
import { webhookPolicy } from '../policy.ts';
import { deliveryWrites } from '../store/delivery.ts';
import {
  getHealth,
  registrationsOf,
  registrationWrite,
  type StoredWebhook,
  webhooksOf,
  webhookWrites,
} from '../store/webhook.ts';
import { webhookSecret } from '../webhook-secret.ts';
import { webhookView } from '../webhook-view.ts';
import { reachedPartner } from './context.ts';
import { reachedWebhook, type WebhookDeps } from './webhook-context.ts';

/** An address is entered with the challenge to it, which is sent like any other message. */
export function registerWebhook(deps: WebhookDeps): Operation<typeof routes.registerWebhook> {
  const { table, newId, localhost } = deps;
  return async (call) => {
    const webhookId = newId('webhook');
    return untilSettled(async () => {
      const { body, caller, now, params } = call;
      const partner = await reachedPartner(table, caller, params.partnerId);
      if (partner === undefined) return refused('not_found');
      const { partnerId, status, webhookHosts } = partner.state;
      if (status !== 'active') return refused('state_conflict', '机构尚未获批准，或已被暂停');
      const endpoint = partnerEndpoint(body.url, webhookHosts, localhost);
      if (endpoint.kind === 'refused') {
        const message = endpointWords[endpoint.reason];
        return refused('url_refused', message, [{ pointer: '/url', code: endpoint.reason, message }]);
      }
      const registrations = await registrationsOf(table, partnerId);
      const others = await webhooksOf(table, partnerId);
      const url = endpoint.url.href;
      if (others.some(({ state }) => state.url === url)) return refused('already_exists', '该地址已登记，且未终止');
      if (others.length >= webhookPolicy.maxPerPartner) {
        return refused('state_conflict', `一家机构至多 ${webhookPolicy.maxPerPartner} 个回调地址，请先终止一个`);
      }
      const at = now.toISOString();
      const delivery = newChallenge({ partnerId, webhookId }, 1, now);
      const state: StoredWebhook = {
        webhookId,
        partnerId,
        url,
        eventTypes: body.eventTypes,
        signature: body.signature,
        status: webhookMachine.initial,
        createdAt: at,
        challengedAt: at,
        registeredBy: callerId(caller),
        challenge: { number: 1, deliveryId: delivery.deliveryId },
        secrets: body.signature === 'v1' ? [{ number: 1, createdAt: at }] : [],
      };
      const outcome = done(webhookView(state), `/v1/partners/${partnerId}/webhooks/${webhookId}`);
      const audit = { actor: actorOf(caller), action: 'webhook.register', outcome: state.status };
      const writes = [
        ...webhookWrites(undefined, { state, audit }, call),
        ...deliveryWrites(undefined, delivery),
        registrationWrite(partnerId, registrations),
      ];
      const secret = await toldSecret(deps, state);
      if ((await commit(table, writes, call.receipt, outcome)) === 'moved') return 'moved';
      return telling(outcome, secret);
    });
  };
}

/** The newest secret of an address that has one. */
export async function toldSecret({ secret }: WebhookDeps, webhook: StoredWebhook): Promise<{ secret?: string }> {
  const newest = webhook.secrets.at(-1);
  return newest === undefined ? {} : { secret: webhookSecret(await secret(), webhook.webhookId, newest.number) };
}

/**
 * Adds the secret to an answer that was kept without it: the same outcome, so that it counts as the one that was kept. An
 * answer that is lost on the way is replayed without the secret; a new one can be asked for.
 */
export function telling<Result extends object, Done extends { result: Result }>(
  outcome: Done,
  secret: { secret?: string },
): Done {
  return Object.assign(outcome, { result: { ...outcome.result, ...secret } });
}

export function getWebhookView({ table }: Pick<WebhookDeps, 'table'>): Operation<typeof routes.getWebhook> {
  return async ({ params, caller }) => {
    const [reached, health] = await Promise.all([
      reachedWebhook(table, caller, params),
      getHealth(table, params.webhookId),
    ]);
    return reached === undefined ? refused('not_found') : done(webhookView(reached.webhook.state, health));
  };
}

export function listWebhooks({ table }: Pick<WebhookDeps, 'table'>): Operation<typeof routes.listWebhooks> {
  return async ({ params, query, caller, position, seal }) => {
    const partner = await reachedPartner(table, caller, params.partnerId);
    if (partner === undefined) return refused('not_found');
    const webhooks = (await webhooksOf(table, params.partnerId)).map(({ state }) => state);
    const from =
      position === undefined ? 0 : webhooks.findIndex(({ webhookId }) => webhookId === position['after']) + 1;
    const page = webhooks.slice(from, from + query.pageSize);
    const last = page.at(-1);
    const more = last !== undefined && from + page.length < webhooks.length;
    const items = await Promise.all(
      page.map(async (webhook) => webhookView(webhook, await getHealth(table, webhook.webhookId))),
    );
    return done({ items, nextCursor: more ? seal({ after: last.webhookId }) : null });
  };
}
