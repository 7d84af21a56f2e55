import type { Screening } from '../contract.ts';
import { type CreditFacts, type IpFacts, type ScreeningFacts, type SourceAnswer, sources } from '../facts.ts';
import { factsDigest } from '../rules/facts-digest.ts';
import { answersUntil } from '../store/answers.ts';
import { decisionsUntil, nominationsSince, nominatedAt } from '../store/decisions.ts';
import type { Head } from '../store/enterprise.ts';
import { type BelievedAnswer, openFacts, type SourceName, type SourceSpec } from '../store/facts.ts';
import type { Deps } from './context.ts';
import { nominationFacts, silent } from './stored-facts.ts';
import { mayAsk } from './hear-sources.ts';

/** Without a live consent of today nothing of the past is opened either. */
type Stores = Pick<Deps, 'table' | 'vault'> & { today: string };

/** Facts of a past moment; `purged` where there were some and their key or they themselves are gone. */
export type PastFacts = { kind: 'found'; facts: ScreeningFacts } | { kind: 'purged' } | { kind: 'none' };

/** A nomination that was changed while its enterprise was being decided about: so many at most. */
const nominationsTried = 5;
/** Whether a source had said something by a day is looked for in so many decisions. */
const decisionsLookedAt = 20;

/** What is kept of a source's last answer by an instant: opened, gone, or never there. */
type Kept<Data> = { kind: 'opened'; answer: BelievedAnswer<Data> } | { kind: 'sealed' } | { kind: 'none' };

/** The last answer of a source by an instant. After a withdrawal what is left of it cannot be opened any more. */
export async function keptBy<Data>(
  { table, vault, today }: Stores,
  head: Head,
  source: SourceSpec<Data>,
  until: string,
): Promise<Kept<Data>> {
  const [last] = await answersUntil(table, head.uscc, source.name, until, 1);
  if (last === undefined) return { kind: 'none' };
  const answer = mayAsk(head, source.name, today) ? await openFacts(vault, head, source, last.item) : undefined;
  return answer === undefined ? { kind: 'sealed' } : { kind: 'opened', answer };
}

/** All that was known of an enterprise by an instant. A source that had not answered by then gave no answer. */
export async function factsKnownBy(stores: Stores, head: Head, until: string): Promise<PastFacts> {
  const [named, credit, ip, decisions] = await Promise.all([
    nominatedAt(stores.table, head, until),
    keptBy(stores, head, sources.credit, until),
    keptBy(stores, head, sources.ip, until),
    decisionsUntil(stores.table, head.uscc, until, decisionsLookedAt),
  ]);
  if (named === undefined) return { kind: 'none' };
  const gone = (source: SourceName, { kind }: Kept<unknown>) =>
    kind === 'sealed' || (kind === 'none' && decisions.some(({ facts }) => facts?.[source] !== undefined));
  if (gone('credit', credit) || gone('ip', ip)) return { kind: 'purged' };
  const answerOf = <Data>(kept: Kept<Data>): SourceAnswer<Data> =>
    kept.kind === 'opened' ? kept.answer : silent(until);
  const facts = { nomination: nominationFacts(named), credit: answerOf(credit), ip: answerOf(ip) };
  return { kind: 'found', facts };
}

/**
 * The facts that a decision rests on, found by its digest: the answers it names, or none where a source was not asked or
 * gave none, which the decision does not say apart from its digest. `none`: nothing that is kept has that digest.
 */
export async function factsOfDecision(stores: Stores, head: Head, decision: Screening): Promise<PastFacts> {
  const { decidedAt, policyVersion } = decision;
  const [nominations, credit, ip] = await Promise.all([
    nominationsSince(stores.table, head, decidedAt, nominationsTried),
    answersOf<CreditFacts>(stores, head, decision, sources.credit),
    answersOf<IpFacts>(stores, head, decision, sources.ip),
  ]);
  for (const nomination of nominations.map(nominationFacts)) {
    for (const creditAnswer of credit.possible) {
      for (const ipAnswer of ip.possible) {
        const facts = { nomination, credit: creditAnswer, ip: ipAnswer };
        if (factsDigest(policyVersion, facts) === decision.factsDigest) return { kind: 'found', facts };
      }
    }
  }
  return { kind: credit.gone || ip.gone ? 'purged' : 'none' };
}

async function answersOf<Data>(
  stores: Stores,
  head: Head,
  decision: Screening,
  source: SourceSpec<Data>,
): Promise<{ possible: SourceAnswer<Data>[]; gone: boolean }> {
  const ref = decision.facts?.[source.name];
  const kept = ref === undefined ? undefined : await keptBy(stores, head, source, ref.fetchedAt);
  const believed: SourceAnswer<Data>[] = kept?.kind === 'opened' ? [kept.answer] : [];
  const possible: SourceAnswer<Data>[] = [...believed, { kind: 'no-consent' }, silent(decision.decidedAt)];
  return { possible, gone: ref !== undefined && believed.length === 0 };
}
