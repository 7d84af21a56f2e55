import type * as z from 'zod';
import type { Item, Table } from '#packages/table';
import { consentLives } from '../domain.ts';
import { type ScreeningFacts, sourceAnswer, type SourceAnswer, sources } from '../facts.ts';
import { factsKey, type Head } from '../store/enterprise.ts';
import { nominationFacts } from './decide-enterprise.ts';

/** The facts there are about enterprises, as a decision on that day would take them, by `uscc`. */
export type FactsOf = (heads: readonly Head[], today: string) => Promise<Map<string, ScreeningFacts>>;

/** Reads what the sources last said, as it lies with each enterprise. Nobody is asked. */
export function storedFacts(table: Pick<Table, 'getMany'>): FactsOf {
  return async (heads, today) => {
    const keys = heads.flatMap(({ uscc }) => [factsKey(uscc, 'credit'), factsKey(uscc, 'ip')]);
    const items = await table.getMany(keys);
    const stored = new Map(items.map((item) => [`${String(item['pk'])}|${String(item['sk'])}`, item]));
    return new Map(
      heads.map((head) => {
        const answer = <Data>(source: 'credit' | 'ip', schema: z.ZodType<Data>): SourceAnswer<Data> => {
          const { pk, sk } = factsKey(head.uscc, source);
          const allowed = consentLives(head, today) && head.consent?.purposes.includes(source) === true;
          return allowed ? answerIn(stored.get(`${pk}|${sk}`), schema, head.createdAt) : { kind: 'no-consent' };
        };
        const [credit, ip] = [answer('credit', sources.credit.schema), answer('ip', sources.ip.schema)];
        return [head.uscc, { nomination: nominationFacts(head), credit, ip }];
      }),
    );
  };
}

/** What is not there, or is not to be believed any more, was not said. */
function answerIn<Data>(item: Item | undefined, schema: z.ZodType<Data>, since: string): SourceAnswer<Data> {
  const { pk: _pk, sk: _sk, ...answer } = item ?? {};
  const parsed = sourceAnswer(schema).safeParse(answer);
  return parsed.success ? parsed.data : { kind: 'unavailable', reason: 'unreachable', fetchedAt: since };
}
