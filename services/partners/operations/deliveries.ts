import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { filledPage } from '#packages/paging';
import { filterBy, inPartition } from '#packages/table';
import { challengeType } from '../challenge.ts';
import type { routes } from '../contract.ts';
import { deliveryMachine } from '../machines.ts';
import { deliveriesPk, deliveryWrites, getDelivery, readDelivery } from '../store/delivery.ts';
import { getWebhook, webhookWrites } from '../store/webhook.ts';
import { deliveryView } from '../webhook-view.ts';
import { reachedPartner } from './context.ts';
import type { WebhookDeps } from './webhook-context.ts';

export function listDeliveries({ table }: Pick<WebhookDeps, 'table'>): Operation<typeof routes.listDeliveries> {
  return async ({ params, query, caller, position, seal }) => {
    const partner = await reachedPartner(table, caller, params.partnerId);
    if (partner === undefined) return refused('not_found');
    const { pageSize, status, webhookId } = query;
    const wanted = {
      condition: inPartition(deliveriesPk(params.partnerId)),
      newestFirst: true,
      ...filterBy({ status, webhookId }),
    };
    const found = await filledPage(table, wanted, { pageSize, position, seal }, (items) =>
      items.map((item) => deliveryView(readDelivery(item).delivery)),
    );
    return done(found);
  };
}

/** The same text under the same id, due at once; it goes before what waits for it. The address's record says who asked. */
export function replayDelivery({ table }: Pick<WebhookDeps, 'table'>): Operation<typeof routes.replayDelivery> {
  return async (call) =>
    untilSettled(async () => {
      const { params, caller, now } = call;
      const [partner, held] = await Promise.all([
        reachedPartner(table, caller, params.partnerId),
        getDelivery(table, params.partnerId, params.deliveryId),
      ]);
      if (partner === undefined || held === undefined) return refused('not_found');
      const webhook = await getWebhook(table, held.delivery.webhookId);
      const status = deliveryMachine.next(held.delivery.status, 'replay');
      if (status === undefined) return refused('state_conflict', '该投递尚在进行');
      if (held.delivery.type === challengeType) return refused('state_conflict', '归属挑战请在回调地址处再次发送');
      if (webhook === undefined || !['active', 'disabled'].includes(webhook.state.status)) {
        return refused('state_conflict', '回调地址已终止');
      }
      const { deliveredAt: _before, ...rest } = held.delivery;
      const delivery = { ...rest, status, tries: 0, nextAttemptAt: now.toISOString() };
      const outcome = done(deliveryView(delivery));
      const reason = delivery.deliveryId;
      const audit = { actor: actorOf(caller), action: 'webhook.replay', outcome: webhook.state.status, reason };
      const writes = [
        ...webhookWrites(webhook, { state: webhook.state, audit }, call),
        ...deliveryWrites(held, delivery),
      ];
      return (await commit(table, writes, call.receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
}
