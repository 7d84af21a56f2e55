import type { Answer } from './source-faults.ts';
import type { SourceChange, SourceStore } from './source-store.ts';

const limits = { default: 500, most: 1_000 };

/** `c-123`: all up to the 123rd change was read. Whoever reads the feed need not know that. */
const cursorOf = (sequence: number) => `c-${sequence}`;

/** One page of the feed of what changed: for each enterprise its latest change only. */
export function readChanges(store: SourceStore, query: URLSearchParams): Answer {
  const limit = query.has('limit') ? numberIn(query.get('limit')) : limits.default;
  if (limit === undefined || limit < 1 || limit > limits.most) return { status: 400, body: { code: 'limit_invalid' } };
  const end = store.lastSequence();
  const since = query.get('since');
  if (since === null) return { status: 200, body: { changes: [], next: cursorOf(end), more: false } };
  const after = since.startsWith('c-') ? numberIn(since.slice(2)) : undefined;
  if (after === undefined || after > end) return { status: 410, body: { code: 'cursor_unknown' } };

  const page: SourceChange[] = [];
  for (const change of store.changesAfter(after)) {
    page.push(change);
    // One more than fits says that there is more.
    if (page.length > limit) break;
  }
  const more = page.length > limit;
  const sent = page.slice(0, limit);
  const changes = sent.map((change) => {
    const { uscc, recordId } = change;
    return { uscc, recordId, ...('removed' in change && { removed: true }) };
  });
  return { status: 200, body: { changes, next: cursorOf(sent.at(-1)?.sequence ?? after), more } };
}

function numberIn(text: string | null): number | undefined {
  return text !== null && /^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined;
}
