import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Write } from '#packages/table';
import { consentLives, restsOnConsent } from '../domain.ts';
import {
  type CreditFacts,
  type IpFacts,
  type ScreeningFacts,
  type SourceAnswer,
  sources as sourceTable,
} from '../facts.ts';
import { entryMachine } from '../machines.ts';
import type { CompiledPolicy, Evaluation } from '../rules/engine.ts';
import { factsDigest } from '../rules/facts-digest.ts';
import type { SourceClient } from '../source.ts';
import { type EnterpriseEvent, enterpriseWrites, factsKey, type Head, screeningKey } from '../store/enterprise.ts';
import { type Context, todayOf, worker } from './context.ts';
import { actEvent } from './entry-acts.ts';

export type Pulled = { credit: SourceAnswer<CreditFacts>; ip: SourceAnswer<IpFacts> };

/** `unchanged`: the enterprise kept the decision it had before this run. No writes then. */
export type Decided = { uscc: string; outcome: Evaluation['outcome']; unchanged: boolean; writes: Write[] };

/** Asks each source that a live consent lets us ask. */
export async function pullFacts(
  sources: { credit: SourceClient<CreditFacts>; ip: SourceClient<IpFacts> },
  head: Head,
  today: string,
): Promise<Pulled> {
  const allowed = (purpose: 'credit' | 'ip') =>
    consentLives(head, today) && head.consent?.purposes.includes(purpose) === true;
  const [credit, ip] = await Promise.all([
    allowed(sourceTable.credit.purpose) ? sources.credit.pull(head.uscc) : ({ kind: 'no-consent' } as const),
    allowed(sourceTable.ip.purpose) ? sources.ip.pull(head.uscc) : ({ kind: 'no-consent' } as const),
  ]);
  return { credit, ip };
}

/** Decides by the policy and makes the steps that write the decision down, with all that it rested on. */
export function decideEnterprise(
  head: Head,
  pulled: Pulled,
  policy: CompiledPolicy,
  runId: string,
  context: Context,
): Decided {
  const { uscc } = head;
  const facts: ScreeningFacts = { nomination: nominationFacts(head), ...pulled };
  const evaluation = policy.evaluate(facts, todayOf(context.now));
  const reasons = evaluation.rules.filter((rule) => rule.outcome !== 'pass').map((rule) => rule.id);
  const digest = factsDigest(policy.version, facts);
  const { outcome } = evaluation;
  const { screening } = head;
  const same =
    screening?.outcome === outcome &&
    screening.policyVersion === policy.version &&
    screening.factsDigest === digest &&
    restsOnConsent(head) &&
    isDeepStrictEqual(screening.reasons, reasons);
  // A chunk that is started again finds its own decisions: they were changes of this run.
  if (same) return { uscc, outcome, unchanged: screening.runId !== runId, writes: [] };

  const decidedAt = context.now.toISOString();
  const screeningId = createHash('sha256').update(`${uscc}\n${runId}\n${decidedAt}`).digest('hex').slice(0, 20);
  const decision = { screeningId, outcome, policyVersion: policy.version, factsDigest: digest, decidedAt, runId };
  const rules = evaluation.rules.map(({ id, outcome: verdict, reason, evidence }) => ({
    id,
    outcome: verdict,
    reason,
    evidence,
  }));
  const hit = outcome === 'exclude' ? suspendOn(head, decidedAt) : undefined;
  return {
    uscc,
    outcome,
    unchanged: false,
    writes: enterpriseWrites(
      head,
      {
        state: { ...head, screening: { ...decision, reasons }, ...hit?.state },
        events: hit?.events ?? [],
        audit: { actor: worker, action: 'screening.decide', outcome, reason: runId },
        beside: [
          { kind: 'put', item: { ...screeningKey(uscc, decidedAt, screeningId), ...decision, rules } },
          ...factsWrites(uscc, pulled),
        ],
      },
      context,
    ),
  };
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
  return { state: { entry: suspended }, events: [actEvent('suspend', suspended, head.uscc, suspended.reason)] };
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

/** Facts lie in the enterprise's partition only. A source that failed leaves what it last said; it is not used again. */
function factsWrites(uscc: string, pulled: Pulled): Write[] {
  return Object.entries(pulled).flatMap(([source, answer]): Write[] => {
    const key = factsKey(uscc, source);
    if (answer.kind === 'known') return [{ kind: 'put', item: { ...key, ...answer } }];
    return answer.kind === 'unavailable' ? [] : [{ kind: 'delete', key }];
  });
}
