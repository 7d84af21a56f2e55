import { callerId } from '#packages/access';
import { epochSeconds } from '#packages/epoch-seconds';
import { AnswerRecord, idempotencyItemKey } from '#packages/idempotency';
import type { Operation } from '#packages/lambda/http';
import { done } from '#packages/outcome';
import type { Item, Key } from '#packages/table';
import type { routes } from '../contract.ts';

/**
 * The fate of a request by its idempotency key, wherever it was answered: each service keeps the answers it gave in its
 * own table, and all are asked at once. The record is written with the effect, so `unknown` means that there is none.
 */
export function getRequest(answersOf: (key: Key) => Promise<Iterable<Item>>): Operation<typeof routes.getRequest> {
  return async ({ params: { idempotencyKey }, caller, now }) => {
    const items = await answersOf(idempotencyItemKey(callerId(caller), idempotencyKey));
    const records = [...items].map((item) => AnswerRecord.parse(item));
    const [record] = records
      .filter(({ expiresAt }) => expiresAt > epochSeconds(now))
      .toSorted((one, other) => (one.at < other.at ? 1 : -1));
    if (record === undefined) return done({ idempotencyKey, status: 'unknown' as const });
    const { status: httpStatus, path, at } = record;
    return done({ idempotencyKey, status: 'done' as const, httpStatus, path, at });
  };
}
