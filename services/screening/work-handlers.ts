import type { Handlers } from '#packages/lambda/queue';
import type { Receipt } from '#packages/outcome';
import type { eventTypes } from './contract.ts';
import type { Context, Deps } from './operations/context.ts';
import { compareChunk, planImpact } from './operations/compare-policies.ts';
import { cutImport } from './operations/cut-import.ts';
import type { OpenSources } from './operations/hear-each.ts';
import { planPublication, publishChunk } from './operations/publish-entries.ts';
import { planRun } from './operations/plan-run.ts';
import { purgeFacts } from './operations/purge-facts.ts';
import { screenChunk } from './operations/screen-chunk.ts';
import { storedFacts } from './operations/stored-facts.ts';
import { takeDelivery } from './operations/take-delivery.ts';
import { takeImportChunk } from './operations/take-import-chunk.ts';
import type { PolicyBook } from './policy-book.ts';

export type WorkDeps = Deps & { book: PolicyBook; sources: OpenSources; clock: () => Date };

/** What the service's own queue hands it, each event with the operation that works on it. */
export function workHandlers(deps: WorkDeps): Handlers<typeof eventTypes> {
  const handling = (requestId: string, receipt: Receipt): Context => ({ now: deps.clock(), requestId, receipt });
  const [cut, take] = [cutImport(deps), takeImportChunk(deps)];
  const [plan, screen] = [planRun(deps), screenChunk(deps)];
  const [planList, publish] = [planPublication(deps), publishChunk(deps)];
  const [planComparison, compare] = [planImpact(deps), compareChunk({ ...deps, factsOf: storedFacts(deps) })];
  const [deliver, purge] = [takeDelivery(deps), purgeFacts(deps)];
  return {
    'import.received.v1': (event, receipt) => cut(event.data, handling(event.id, receipt)),
    'import.chunk.cut.v1': (event, receipt) => take(event.data, handling(event.id, receipt)),
    'run.planned.v1': (event, receipt, delivery) =>
      plan(event.data, event.sequence, handling(event.id, receipt), delivery),
    'run.chunk.cut.v1': (event, receipt, delivery) =>
      screen(event.data, event.sequence, handling(event.id, receipt), delivery),
    'delivery.received.v1': (event, receipt) => deliver(event.data, event.sequence, handling(event.id, receipt)),
    'facts.forgotten.v1': (event, receipt) => purge(event.data, handling(event.id, receipt)),
    'impact.planned.v1': (event, receipt) => planComparison(event.data, event.sequence, handling(event.id, receipt)),
    'impact.chunk.cut.v1': (event, receipt) => compare(event.data, handling(event.id, receipt)),
    'whitelist.published.v1': (event, receipt) => planList(event.data, event.sequence, handling(event.id, receipt)),
    'publication.chunk.cut.v1': (event, receipt) => publish(event.data, handling(event.id, receipt)),
  };
}
