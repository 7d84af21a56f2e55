import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Write } from '#packages/table';
import { nextLook, restsOnConsent } from '../domain.ts';
import type { ScreeningFacts } from '../facts.ts';
import { entryMachine } from '../machines.ts';
import type { CompiledPolicy, Evaluation } from '../rules/engine.ts';
import { factsDigest } from '../rules/facts-digest.ts';
import { nextTurningDay } from '../rules/turning-days.ts';
import { dueNever, dueNow } from '../store/due.ts';
import { type EnterpriseEvent, enterprisePk, enterpriseWrites, type Head } from '../store/enterprise.ts';
import { decisionWrite, toldOf } from '../store/decisions.ts';
import { type FactsRefs, factsWrite, type SourceName, sourceNames } from '../store/facts.ts';
import type { Vault } from '../vault.ts';
import { type Context, worker } from './context.ts';
import { actEvent } from './entry-acts.ts';
import type { Heard } from './hear-sources.ts';
import { forgetFacts } from './purge-facts.ts';
import { dataKeyOf, nominationFacts } from './stored-facts.ts';

/** `unchanged`: the enterprise kept the decision it had before this run. Often there is nothing to write then. */
export type Decided = { uscc: string; outcome: Evaluation['outcome']; unchanged: boolean; writes: Write[] };

/** What a decision is made by: the policy in force for the enterprise, on which legal date, in which run. */
export type Deciding = { policy: CompiledPolicy; day: string; runId: string; vault: Vault };

/** Decides by the policy and makes the steps that write the decision down, with all that it rested on. */
export async function decideEnterprise(
  head: Head,
  heard: Heard,
  { policy, day, runId, vault }: Deciding,
  context: Context,
  /** Steps that belong to whatever is written: marks that are dealt with. */
  settled: Write[] = [],
): Promise<Decided> {
  const { uscc } = head;
  const facts: ScreeningFacts = {
    nomination: nominationFacts(head),
    credit: heard.credit.answer,
    ip: heard.ip.answer,
  };
  const evaluation = policy.evaluate(facts, day);
  const { outcome } = evaluation;
  const refs = refsAfter(head, heard, day);
  const state = { ...head, facts: refs, dueOn: dueAgain(head, refs, facts, policy, day) };
  const digest = factsDigest(policy.version, facts);
  const reasons = evaluation.rules.filter((rule) => rule.outcome !== 'pass').map((rule) => rule.id);
  const kept = await keepAnswers(head, heard, vault);
  const forgotten = forgetFacts(head, noConsentTo(head, heard), context);
  if (sameDecision(head, outcome, policy.version, digest, reasons)) {
    // A chunk that is started again finds its own decisions: they were changes of this run.
    const unchanged = head.screening?.runId !== runId;
    const settledOnly = isDeepStrictEqual(refs, head.facts) && state.dueOn === head.dueOn;
    if (settledOnly) return { uscc, outcome, unchanged, writes: settled };
    // The same facts, observed anew: the decision stands, and the answer is kept as any other.
    const audit = { actor: worker, action: 'facts.confirm', outcome, reason: runId };
    const change = { state: { ...state, ...kept.state }, audit, beside: [...kept.writes, ...forgotten, ...settled] };
    return { uscc, outcome, unchanged, writes: enterpriseWrites(head, change, context) };
  }

  const decidedAt = context.now.toISOString();
  const screeningId = createHash('sha256').update(`${uscc}\n${runId}\n${decidedAt}`).digest('hex').slice(0, 20);
  const decision = { screeningId, outcome, policyVersion: policy.version, factsDigest: digest, decidedAt, runId };
  const { secondOpinion } = policy.data;
  const screening = { ...decision, reasons, ...(secondOpinion !== undefined && { secondOpinion }) };
  const hit = outcome === 'exclude' ? suspendOn(head, decidedAt) : undefined;
  return {
    uscc,
    outcome,
    unchanged: false,
    writes: enterpriseWrites(
      head,
      {
        state: { ...state, screening, ...kept.state, ...hit?.state },
        events: hit?.events ?? [],
        audit: { actor: worker, action: 'screening.decide', outcome, reason: runId },
        beside: [
          decisionWrite(uscc, { ...decision, ...record(evaluation, day, refs, heard) }),
          ...kept.writes,
          ...forgotten,
          ...settled,
        ],
      },
      context,
    ),
  };
}

function sameDecision(head: Head, outcome: string, policyVersion: string, digest: string, reasons: string[]): boolean {
  const { screening } = head;
  return (
    screening?.outcome === outcome &&
    screening.policyVersion === policyVersion &&
    screening.factsDigest === digest &&
    restsOnConsent(head) &&
    isDeepStrictEqual(screening.reasons, reasons)
  );
}

/** The decision as it is kept: outcomes, reasons and what they rest on; the facts themselves are kept apart, sealed. */
function record(evaluation: Evaluation, day: string, refs: FactsRefs, heard: Heard) {
  return {
    day,
    ...toldOf(evaluation),
    facts: Object.fromEntries(
      sourceNames.flatMap((source) => {
        const ref = refs[source];
        // What a source had said before it failed is not what this rests on.
        return ref === undefined || heard[source].answer.kind === 'unavailable'
          ? []
          : [[source, { fetchedAt: ref.fetchedAt, recordId: ref.recordId }]];
      }),
    ),
  };
}

/**
 * What the head names of each source from now on. A source that failed leaves what it last said, which is not used until
 * it is confirmed; without consent nothing is left. An answer that only confirms is written down when it has to be.
 */
function refsAfter(head: Head, heard: Heard, day: string): FactsRefs {
  const refs: FactsRefs = {};
  for (const source of sourceNames) {
    const before = head.facts[source];
    const { answer, ref = before, toKeep, renews = false } = heard[source];
    if (answer.kind === 'no-consent' || ref === undefined) continue;
    const isNews = toKeep !== undefined || before === undefined || before.etag !== ref.etag;
    const needless = !isNews && !renews && head.dueOn > day;
    refs[source] = needless ? before : ref;
  }
  return refs;
}

/** A source that gave no believable answer is asked again whenever anybody looks; all else has its day. */
function dueAgain(head: Head, refs: FactsRefs, facts: ScreeningFacts, policy: CompiledPolicy, day: string): string {
  if (facts.credit.kind === 'unavailable' || facts.ip.kind === 'unavailable') return dueNow;
  return nextLook(head, refs, nextTurningDay(policy.data, facts, day), day) ?? dueNever;
}

function noConsentTo(head: Head, heard: Heard): SourceName[] {
  return sourceNames.filter((source) => heard[source].answer.kind === 'no-consent' && head.facts[source] !== undefined);
}

/** New answers, sealed with the enterprise's key; its first ones with a new key. */
async function keepAnswers(
  head: Head,
  heard: Heard,
  vault: Vault,
): Promise<{ state: Pick<Head, 'dataKey'>; writes: Write[] }> {
  const { uscc } = head;
  const answers = sourceNames.flatMap((source) => {
    const { toKeep } = heard[source];
    return toKeep === undefined ? [] : [{ source, answer: toKeep }];
  });
  const nothingLeft = sourceNames.every((source) => heard[source].answer.kind === 'no-consent');
  if (nothingLeft) return { state: { dataKey: undefined }, writes: [] };
  if (answers.length === 0) return { state: {}, writes: [] };
  const dataKey = await dataKeyOf(vault, head);
  const place = { pk: enterprisePk(uscc), uscc, dataKey };
  const writes = await Promise.all(answers.map(({ source, answer }) => factsWrite(vault, place, source, answer)));
  return { state: { dataKey }, writes };
}

/**
 * A hard hit takes a listed enterprise off the banks' list at once, as a suspension: that an enterprise is removed for
 * it is confirmed by a person.
 */
function suspendOn(head: Head, at: string): { state: Pick<Head, 'entry'>; events: EnterpriseEvent[] } | undefined {
  const { entry } = head;
  const status = entry && entryMachine.next(entry.status, 'suspend');
  if (entry === undefined || status === undefined) return undefined;
  const suspended = { ...entry, status, reason: 'screening-exclude', at };
  return { state: { entry: suspended }, events: [actEvent('suspend', suspended, head, suspended.reason)] };
}
