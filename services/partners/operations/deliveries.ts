import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import { inPartition, type Page, type Query } from '#packages/table';
import { challengeType } from '../challenge.ts';
import type { Delivery } from '../contract/webhook-schemas.ts';
import type { routes } from '../contract.ts';
import { deliveryMachine } from '../machines.ts';
import { deliveriesPk, deliveryWrites, getDelivery, readDelivery } from '../store/delivery.ts';
import { getWebhook, webhookWrites } from '../store/webhook.ts';
import { deliveryView } from '../webhook-view.ts';
import { reachedPartner } from './context.ts';
import type { WebhookDeps } from './webhook-context.ts';

/** A filter that fits little is looked through so many pages per call; the cursor goes on from there. */
const pagesPerCall = 20;

export function listDeliveries({ table }: Pick<WebhookDeps, 'table'>): Operation<typeof routes.listDeliveries> {
  return async ({ params, query, caller, position, seal }) => {
    const partner = await reachedPartner(table, caller, params.partnerId);
    if (partner === undefined) return refused('not_found');
    const found: Query = { condition: inPartition(deliveriesPk(params.partnerId)), newestFirst: true };
    const filter = filterOf({ status: query.status, webhookId: query.webhookId });
    const items: Delivery[] = [];
    let page: Page = { items: [], ...lastOf(startOf(position)) };
    for (let pages = 0; pages < pagesPerCall && items.length < query.pageSize; pages += 1) {
      page = await table.page({ ...found, ...filter }, query.pageSize - items.length, page.last);
      items.push(...page.items.map((item) => deliveryView(readDelivery(item).delivery)));
      if (page.last === undefined) break;
    }
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

function lastOf(last: Page['last']): Pick<Page, 'last'> {
  return last === undefined ? {} : { last };
}

/** Attributes that must have these values, where one is given. */
function filterOf(wanted: Record<string, string | undefined>): Pick<Query, 'filter'> {
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  if (given.length === 0) return {};
  return {
    filter: {
      expression: given.map(([name]) => `#${name} = :${name}`).join(' AND '),
      names: Object.fromEntries(given.map(([name]) => [`#${name}`, name])),
      values: Object.fromEntries(given.map(([name, value]) => [`:${name}`, value])),
    },
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
