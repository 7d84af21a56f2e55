import { todayOf } from '#packages/calendar';
import { type Caller, mayReach } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { IpFactsView, routes } from '../contract.ts';
import { consentLives } from '../domain.ts';
import { type CreditFacts, IpFacts, sources } from '../facts.ts';
import { getHead, type Head } from '../store/enterprise.ts';
import type { SourceName, SourceSpec } from '../store/facts.ts';
import { type Deps } from './context.ts';
import { mayAsk } from './hear-sources.ts';
import { isRecipient } from './read-whitelist.ts';
import { belongs } from './record-consent.ts';
import { openKept, readKept } from './stored-facts.ts';

type Cause = 'no-consent' | 'not-answered' | 'unknown-there';
type Origin = { source: SourceName; recordId: string; observedAt: string; confirmedAt: string };
/** What a source said last, with where it comes from, or why nothing is known of it. */
type Told<Data> = { kind: 'told'; data: Data; origin: Origin } | { kind: 'unknown'; cause: Cause };

/**
 * The answer to a bank's question before and after a loan. A GET, so that no copy of facts lies under an idempotency
 * key. Only a live consent that names the bank opens it; without one there is nothing here, as for a code nobody has.
 */
export function getIpFacts(deps: Pick<Deps, 'table' | 'vault'>): Operation<typeof routes.getIpFacts> {
  return async ({ params, query, caller, now }) => {
    const today = todayOf(now);
    const head = await getHead(deps.table, params.uscc);
    if (head === undefined || !mayAskOf(caller, head, today)) return refused('not_found');
    const [ip, credit] = await Promise.all([
      tellSource(deps, head, sources.ip, today),
      tellSource(deps, head, sources.credit, today),
    ]);
    const answer: IpFactsView = {
      uscc: head.uscc,
      purpose: query.purpose,
      validRights: rightsOf(ip),
      validInventions: inventionsOf(ip),
      ipCredit: ipCreditOf(credit, today),
      abnormalFilings: { status: 'unknown', cause: 'no-source' },
    };
    return done(answer);
  };
}

function mayAskOf(caller: Caller, head: Head, today: string): boolean {
  const reaches = caller.kind === 'partner' ? isRecipient(caller, head) : mayReach(caller, belongs(head));
  return reaches && consentLives(head, today) && mayAsk(head, 'ip', today);
}

async function tellSource<Data>(
  deps: Pick<Deps, 'table' | 'vault'>,
  head: Head,
  source: SourceSpec<Data>,
  today: string,
): Promise<Told<Data>> {
  if (!mayAsk(head, source.name, today)) return { kind: 'unknown', cause: 'no-consent' };
  const named = head.facts[source.name];
  const answer = await openKept(deps, head, source, await readKept(deps.table, [head]));
  if (named === undefined || answer === undefined) return { kind: 'unknown', cause: 'not-answered' };
  if (answer.kind === 'unknown-there') return { kind: 'unknown', cause: 'unknown-there' };
  const { recordId, observedAt, data } = answer;
  const { confirmedAt } = named;
  return { kind: 'told', data, origin: { source: source.name, recordId, observedAt, confirmedAt } };
}

function rightsOf(ip: Told<IpFacts>): IpFactsView['validRights'] {
  if (ip.kind === 'unknown') return { status: 'unknown', cause: ip.cause };
  const valid = validOf(ip.data);
  const byKind = IpFacts.shape.assets.element.shape.kind.options
    .map((kind) => ({ kind, count: valid.filter((asset) => asset.kind === kind).length }))
    .filter(({ count }) => count > 0);
  return { status: 'known', total: valid.length, byKind, origin: ip.origin };
}

function inventionsOf(ip: Told<IpFacts>): IpFactsView['validInventions'] {
  if (ip.kind === 'unknown') return { status: 'unknown', cause: ip.cause };
  const valid = validOf(ip.data).filter(({ kind }) => kind === 'invention');
  const unpledged = valid.filter(({ pledged }) => !pledged).length;
  return { status: 'known', total: valid.length, unpledged, origin: ip.origin };
}

function validOf({ assets }: IpFacts) {
  return assets.filter(({ status }) => status === 'in-force');
}

/** An entry counts from the day it is listed until the day before it is removed. */
function ipCreditOf(credit: Told<CreditFacts>, today: string): IpFactsView['ipCredit'] {
  if (credit.kind === 'unknown') return { status: 'unknown', cause: credit.cause };
  const listed = credit.data.lists.some(
    ({ kind, listedOn, removedOn }) =>
      kind === 'ip-serious' && listedOn <= today && (removedOn === undefined || removedOn > today),
  );
  return { status: listed ? 'listed' : 'clear', origin: credit.origin };
}
