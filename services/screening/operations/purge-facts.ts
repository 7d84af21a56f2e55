import { commit } from '#packages/commit';
import { outboxWrite } from '#packages/messaging/outbox';
import { done, type Outcome } from '#packages/outcome';
import { maxTransactionSteps, type Write } from '#packages/table';
import { enterprisePk, type Head } from '../store/enterprise.ts';
import { factsHistory, factsKey, type SourceName } from '../store/facts.ts';
import type { Context, Deps } from './context.ts';

/**
 * The steps by which facts are forgotten in the write that ends their consent: the last answers go at once, the older
 * ones by the event. What a key of its own sealed cannot be read from the moment the head has lost that key.
 */
export function forgetFacts(
  { uscc, facts }: Pick<Head, 'uscc' | 'facts'>,
  sources: readonly SourceName[],
  { now }: Pick<Context, 'now'>,
): Write[] {
  if (sources.length === 0) return [];
  const pk = enterprisePk(uscc);
  const last = sources.flatMap((source): Write[] => {
    const ref = facts[source];
    return ref === undefined ? [] : [{ kind: 'delete', key: factsKey(pk, source, ref.fetchedAt) }];
  });
  const purge = outboxWrite({
    pk: `${pk}#PURGE#${now.getTime()}`,
    service: 'screening',
    subject: `facts-purge/${uscc}.${now.getTime()}`,
    sequence: 1,
    type: 'facts.forgotten.v1',
    time: now.toISOString(),
    data: { uscc, sources, before: now.toISOString() },
  });
  return [...last, purge];
}

/** Deletes what was fetched before consent ended. What came under a new consent since is younger and stays. */
export function purgeFacts({ table }: Pick<Deps, 'table'>) {
  return async (
    { uscc, sources, before }: { uscc: string; sources: SourceName[]; before: string },
    context: Context,
  ): Promise<Outcome<undefined>> => {
    const outcome = done(undefined);
    const pk = enterprisePk(uscc);
    const histories = await Promise.all(sources.map((source) => factsHistory(table, pk, source)));
    const old = histories.flat().filter(({ fetchedAt }) => typeof fetchedAt === 'string' && fetchedAt <= before);
    const writes = old.map((item): Write => ({ kind: 'delete', key: { pk, sk: String(item['sk']) } }));
    // Room for the receipt: what is left over is deleted before.
    const room = maxTransactionSteps - 10;
    while (writes.length > room) await table.transact(writes.splice(0, room));
    await commit(table, writes, context.receipt, outcome);
    return outcome;
  };
}
