import type { Item, Key, Table } from '#packages/table';
import type { PolicyLine } from '../policy-line.ts';
import { markKey, MarkItem, markPrefix } from '../store/due.ts';
import { type Head, headKey, headOf } from '../store/enterprise.ts';
import { type SourceName, sourceNames } from '../store/facts.ts';
import { policiesKey, readPolicies } from '../store/policy.ts';
import { breakerKey } from '../store/source.ts';

/** That a source has told of a change which nobody has looked at. */
export type Mark = { key: Key; source: SourceName; markId: string; recordId: string; removed: boolean };

/** What a chunk of enterprises has to know before it asks anybody, read in one request. */
export type ChunkFacts = {
  heads: Head[];
  /** Changes that sources have told of and nobody has looked at. */
  marks: ReadonlyMap<string, Mark[]>;
  policies: PolicyLine;
  /** What other workers have found of a source that is down. */
  breakers: ReadonlyMap<SourceName, Item>;
};

export async function readChunk(table: Table, usccs: readonly string[]): Promise<ChunkFacts> {
  const named = [...new Set(usccs)];
  const own = named.flatMap((uscc) => [headKey(uscc), ...sourceNames.map((source) => markKey(uscc, source))]);
  const items = await table.getMany([...own, policiesKey, ...sourceNames.map(breakerKey)]);
  const at = new Map(items.map((item) => [placeOf(item), item]));
  const marks = new Map<string, Mark[]>();
  for (const item of items) {
    const { pk, sk } = item;
    if (typeof pk !== 'string' || typeof sk !== 'string' || !sk.startsWith(markPrefix)) continue;
    const { uscc, source: told, markId, recordId, removed } = MarkItem.parse(item);
    const source = sourceNames.find((one) => one === told);
    if (source === undefined) continue;
    marks.set(uscc, [...(marks.get(uscc) ?? []), { key: { pk, sk }, source, markId, recordId, removed }]);
  }
  return {
    heads: named.flatMap((uscc) => {
      const item = at.get(placeOf(headKey(uscc)));
      return item === undefined ? [] : [headOf(item)];
    }),
    marks,
    policies: readPolicies(at.get(placeOf(policiesKey))),
    breakers: new Map(
      sourceNames.flatMap((source): [SourceName, Item][] => {
        const item = at.get(placeOf(breakerKey(source)));
        return item === undefined ? [] : [[source, item]];
      }),
    ),
  };
}

function placeOf({ pk, sk }: Item | Key): string {
  return `${String(pk)}|${String(sk)}`;
}
