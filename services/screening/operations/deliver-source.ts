import { actorOf } from '#packages/audit';
import { commit } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { routes } from '../contract.ts';
import {
  deliveryEvent,
  deliveryFile,
  getDelivery as readDeliveryHead,
  putDelivery,
  receivedDelivery,
} from '../store/delivery.ts';
import { type Deps } from './context.ts';

/** Takes in a file of a source that grants no interface; reading it is the worker's. */
export function receiveDelivery({ table, files, newId }: Deps): Operation<typeof routes.receiveDelivery> {
  return async (call) => {
    const deliveryId = newId('delivery');
    const { bytes, mediaType } = call.file;
    // A file whose delivery was never recorded is an orphan that nothing refers to; the bucket's lifecycle clears it.
    await files.put(deliveryFile(deliveryId), bytes, mediaType);
    const { type: _type, ...receivedFrom } = actorOf(call.caller);
    const head = receivedDelivery(deliveryId, call.params.source, bytes, receivedFrom, call.now);
    const outcome = done({ deliveryId }, `/v1/source-deliveries/${head.source}/${deliveryId}`);
    const writes = [putDelivery(head, true), deliveryEvent(deliveryId, 1, 0, call.now)];
    await commit(table, writes, call.receipt, outcome);
    return outcome;
  };
}

export function getDelivery({ table }: Deps): Operation<typeof routes.getDelivery> {
  return async ({ params }) => {
    const head = await readDeliveryHead(table, params.deliveryId);
    if (head === undefined || head.source !== params.source) return refused('not_found');
    const { receivedFrom: _from, ...view } = head;
    return done(view);
  };
}
