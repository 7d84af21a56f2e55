import type { Item, Table } from '#packages/table';
import { type ScreeningFacts, type SourceAnswer, sources as specs } from '../facts.ts';
import { enterprisePk, type Head } from '../store/enterprise.ts';
import {
  type BelievedAnswer,
  factsKey,
  openFacts,
  type SourceName,
  sourceNames,
  type SourceSpec,
} from '../store/facts.ts';
import type { Vault } from '../vault.ts';
import type { Deps } from './context.ts';
import { mayAsk } from './hear-sources.ts';

/** What is kept of enterprises: of each source the answer that the head names, as it lies there sealed. */
export type KeptItems = ReadonlyMap<string, Item>;

/** In one request for fifty enterprises. */
export async function readKept(table: Pick<Table, 'getMany'>, heads: readonly Head[]): Promise<KeptItems> {
  const keys = heads.flatMap((head) => sourceNames.flatMap((source) => keptKey(head, source) ?? []));
  const items = keys.length === 0 ? [] : await table.getMany(keys);
  return new Map(items.map((item) => [`${String(item['pk'])}|${String(item['sk'])}`, item]));
}

/** What is kept of one source, opened; undefined where it has to be fetched anew. */
export async function openKept<Data>(
  { vault }: Pick<Deps, 'vault'>,
  head: Head,
  source: SourceSpec<Data>,
  kept: KeptItems,
): Promise<BelievedAnswer<Data> | undefined> {
  const key = keptKey(head, source.name);
  const item = key && kept.get(`${key.pk}|${key.sk}`);
  return item && openFacts(vault, head, source, item);
}

/** The key to seal an enterprise's facts with: its own, or a new one where it has none that can be used. */
export async function dataKeyOf(vault: Vault, { uscc, dataKey }: Pick<Head, 'uscc' | 'dataKey'>): Promise<string> {
  return dataKey !== undefined && (await vault.holds(uscc, dataKey)) ? dataKey : vault.newKey(uscc);
}

function keptKey({ uscc, facts }: Head, source: SourceName) {
  const ref = facts[source];
  return ref && factsKey(enterprisePk(uscc), source, ref.fetchedAt);
}

/** The facts there are about enterprises, as a decision on that day would take them, by `uscc`. */
export type FactsOf = (heads: readonly Head[], today: string) => Promise<Map<string, ScreeningFacts>>;

/** Takes what the sources last said. Nobody is asked. */
export function storedFacts(deps: Pick<Deps, 'table' | 'vault'>): FactsOf {
  return async (heads, today) => {
    const kept = await readKept(deps.table, heads);
    const answerOf = async <Data>(head: Head, source: SourceSpec<Data>): Promise<SourceAnswer<Data>> => {
      if (!mayAsk(head, source.name, today)) return { kind: 'no-consent' };
      // What is not there, or can no longer be opened, was not said.
      return (await openKept(deps, head, source, kept)) ?? silent(head.createdAt);
    };
    const facts = heads.map(async (head): Promise<[string, ScreeningFacts]> => {
      const [credit, ip] = await Promise.all([answerOf(head, specs.credit), answerOf(head, specs.ip)]);
      return [head.uscc, { nomination: nominationFacts(head), credit, ip }];
    });
    return new Map(await Promise.all(facts));
  };
}

/** How exactly a source failed is told neither by a digest nor by a rule. */
export function silent(at: string): { kind: 'unavailable'; reason: 'unreachable'; fetchedAt: string } {
  return { kind: 'unavailable', reason: 'unreachable', fetchedAt: at };
}

/** The master entry's own facts; a company that moved has several divisions. */
export function nominationFacts(head: Head): ScreeningFacts['nomination'] {
  const [first] = head.nominations;
  if (first === undefined) throw new Error(`${head.uscc} has no nomination`);
  const { sizeClass, industryCode, foundedOn, nominatedAt } = first;
  const divisionCodes = head.nominations.map((nomination) => nomination.divisionCode);
  const recordId = `nomination-${head.uscc}`;
  return { recordId, observedAt: nominatedAt, data: { sizeClass, industryCode, foundedOn, divisionCodes } };
}
