import { todayOf } from '#packages/calendar';
import { mayReach } from '#packages/access';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { KeptAnswer, Passport, routes, Screening } from '../contract.ts';
import { sources } from '../facts.ts';
import type { PolicyLookup } from '../policy-lookup.ts';
import { answersUntil, whenever } from '../store/answers.ts';
import { decisionsUntil } from '../store/decisions.ts';
import { getHead, type Head } from '../store/enterprise.ts';
import { openFacts, type SourceName, sourceNames, type SourceSpec } from '../store/facts.ts';
import { lastLooks } from '../store/look.ts';
import { enterpriseView } from '../view.ts';
import { type Deps } from './context.ts';
import { nominationFacts } from './stored-facts.ts';
import { mayAsk } from './hear-sources.ts';
import { explainDecision } from './explain-decision.ts';
import { belongs } from './record-consent.ts';

const answersTold = 20;
const looksTold = 100;
/** Which decisions rest on an answer is looked for in so many. */
const decisionsLookedAt = 100;

type PassportDeps = Pick<Deps, 'table' | 'vault'> & Pick<PolicyLookup, 'policyByVersion'>;

/** Everything known about an enterprise on one page, for itself, for those who decide about it and for the auditor. */
export function getPassport(deps: PassportDeps): Operation<typeof routes.getPassport> {
  const { table } = deps;
  return async ({ params, caller, now }) => {
    const head = await getHead(table, params.uscc);
    if (head === undefined || !mayReach(caller, belongs(head))) return refused('not_found');
    const today = todayOf(now);
    const [decisions, looks] = await Promise.all([
      decisionsUntil(table, head.uscc, whenever, decisionsLookedAt),
      lastLooks(table, head.uscc, looksTold),
    ]);
    const [latest] = decisions;
    const [credit, ip, decision] = await Promise.all([
      sourceView(deps, head, sources.credit, decisions, today),
      sourceView(deps, head, sources.ip, decisions, today),
      latest && explainDecision(deps, head, latest, today),
    ]);
    const { recordId, observedAt, data } = nominationFacts(head);
    const view = enterpriseView(head, today);
    const { name, state, nominations, opinions, disputes, listing } = view;
    const passport: Passport = {
      uscc: head.uscc,
      name,
      state,
      nomination: { recordId, observedAt, facts: data },
      nominations,
      sources: { credit, ip },
      ...(decision !== undefined && { decision }),
      ...consentOf(head, view.consent),
      opinions,
      disputes,
      ...(listing !== undefined && { listing }),
      looks: looks.map(({ at, actor, what, purpose }) => ({
        at,
        role: actor.role,
        actorId: actor.id,
        what,
        ...(purpose !== undefined && { purpose }),
      })),
      objection: { method: 'POST', path: '/v1/objections', recordRefs: recordRefs(recordId, [credit, ip], latest) },
    };
    return done(passport);
  };
}

function consentOf({ consent }: Head, view: ReturnType<typeof enterpriseView>['consent']): Pick<Passport, 'consent'> {
  if (consent === undefined || view === undefined) return {};
  const { since, withdrawnAt } = consent;
  return { consent: { ...view, since, ...(withdrawnAt !== undefined && { withdrawnAt }) } };
}

/** What a source has said: the answers that are kept, and those that decisions rest on though they are purged. */
async function sourceView<Data>(
  { table, vault }: PassportDeps,
  head: Head,
  source: SourceSpec<Data> & { title: string },
  decisions: readonly Screening[],
  today: string,
) {
  const { name, title } = source;
  const kept = await answersUntil(table, head.uscc, name, whenever, answersTold);
  // Without a live consent nothing is shown, whether or not it has been purged yet.
  const named = mayAsk(head, name, today) ? head.facts[name] : undefined;
  const current = kept.find(({ ref }) => ref.fetchedAt === named?.fetchedAt);
  const opened = current && (await openFacts(vault, head, source, current.item));
  const answers = kept.map(({ ref }): KeptAnswer => {
    const { kind: _kind, ...answer } = ref;
    const usedBy = usersOf(decisions, name, ref.fetchedAt);
    if (named === undefined) return { ...answer, usedBy, purged: true };
    return { ...answer, usedBy, ...(ref === current?.ref && { confirmedAt: named.confirmedAt }) };
  });
  const all = [...answers, ...purgedAnswers(decisions, name, answers)];
  return {
    title,
    answers: all.toSorted((one, other) => (one.fetchedAt < other.fetchedAt ? 1 : -1)).slice(0, answersTold),
    ...(opened?.kind === 'known' && { facts: opened.data }),
    ...(opened === undefined && all.length > 0 && { purged: true as const }),
  };
}

/** What decisions tell of answers that are not there any more. */
function purgedAnswers(decisions: readonly Screening[], source: SourceName, kept: readonly KeptAnswer[]): KeptAnswer[] {
  const gone = new Map<string, KeptAnswer>();
  for (const { facts, rules } of decisions) {
    const ref = facts?.[source];
    if (ref === undefined || kept.some(({ fetchedAt }) => fetchedAt === ref.fetchedAt)) continue;
    const evidence = rules
      .flatMap((rule) => rule.evidence)
      .find((one) => one.source === source && one.recordId === ref.recordId);
    gone.set(ref.fetchedAt, {
      ...ref,
      ...(evidence !== undefined && { observedAt: evidence.observedAt }),
      purged: true,
      usedBy: usersOf(decisions, source, ref.fetchedAt),
    });
  }
  return [...gone.values()];
}

function usersOf(decisions: readonly Screening[], source: SourceName, fetchedAt: string): string[] {
  const users = decisions.filter((one) => one.facts?.[source]?.fetchedAt === fetchedAt && rests(one, source));
  return users.map((one) => one.screeningId);
}

/** Whether a decision rests on what it names of a source; while a source is silent it names what was said before. */
function rests({ rules, unknowns }: Screening, source: SourceName): boolean {
  const evident = rules.some((rule) => rule.evidence.some((one) => one.source === source));
  return evident || unknowns?.some(({ path, cause }) => path.startsWith(source) && cause === 'unknown-there') === true;
}

/** What there is to object to: what the county says, what the sources say now, and what the last decision rests on. */
function recordRefs(
  nomination: string,
  views: readonly { answers: readonly KeptAnswer[] }[],
  decision: Screening | undefined,
): string[] {
  const current = views.flatMap(({ answers }) => answers[0]?.recordId ?? []);
  const decided = sourceNames.flatMap((source) => decision?.facts?.[source]?.recordId ?? []);
  return [...new Set([nomination, ...current, ...decided])];
}
