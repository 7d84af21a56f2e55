import { todayOf } from '#packages/calendar';
import { actorOf } from '#packages/audit';
import { createHash } from 'node:crypto';
import { mayReach } from '#packages/access';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { Write } from '#packages/table';
import type { routes } from '../contract.ts';
import { consentLives } from '../domain.ts';
import { sources } from '../facts.ts';
import { entryMachine } from '../machines.ts';
import type { ConsentGrant } from '../nomination.ts';
import {
  type EnterpriseEvent,
  type EnterpriseState,
  enterpriseWrites,
  getHead,
  type Head,
} from '../store/enterprise.ts';
import { dueNow } from '../store/due.ts';
import { sourceNames } from '../store/facts.ts';
import { consentView } from '../view.ts';
import { type Deps } from './context.ts';
import { aboutEntry } from './entry-acts.ts';
import { forgetFacts } from './purge-facts.ts';

/** An enterprise lets us ask the sources about it, and tells which banks may see the result. */
export function recordConsent({ table }: Deps): Operation<typeof routes.recordConsent> {
  return async (call) =>
    untilSettled(async () => {
      const head = await getHead(table, call.params.uscc);
      if (head === undefined || !mayReach(call.caller, belongs(head))) return refused('not_found');
      const granted = withConsent(head, call.body, call.now);
      if (granted.events.length === 0) return done(consentAnswer(head, call.now));
      const outcome = done(consentAnswer(granted.state, call.now));
      const audit = { actor: actorOf(call.caller), action: 'consent.record', outcome: 'done' };
      const writes = enterpriseWrites(head, { ...granted, audit }, call);
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

/** Withdrawal works at once: the facts go with their key, the entry leaves the list, no source is asked again. */
export function withdrawConsent({ table }: Deps): Operation<typeof routes.withdrawConsent> {
  return async (call) =>
    untilSettled(async (): Promise<Outcome<undefined, 'not_found'> | 'moved'> => {
      const head = await getHead(table, call.params.uscc);
      if (head === undefined || !mayReach(call.caller, belongs(head))) return refused('not_found');
      const outcome = done(undefined);
      const { consent } = head;
      if (consent === undefined || consent.withdrawnAt !== undefined) return outcome;
      const at = call.now.toISOString();
      const { dataKey: _forgotten, ...rest } = head;
      const state: EnterpriseState = { ...rest, consent: { ...consent, withdrawnAt: at }, facts: {}, dueOn: dueNow };
      const events: EnterpriseEvent[] = [
        { type: 'consent.withdrawn.v1', data: { uscc: head.uscc, consentId: consent.consentId } },
      ];
      const { entry } = head;
      const status = entry && entryMachine.next(entry.status, 'remove');
      if (entry !== undefined && status !== undefined) {
        const reason = 'consent-withdrawn';
        state.entry = { ...entry, status, reason, at };
        events.push({
          type: 'whitelist.entry.removed.v1',
          data: { ...aboutEntry(head), version: entry.version, reason },
        });
      }
      const audit = { actor: actorOf(call.caller), action: 'consent.withdraw', outcome: 'done' };
      const beside = forgetFacts(head, sourceNames, call);
      const writes = enterpriseWrites(head, { state, events, audit, beside }, call);
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

export function belongs(head: Pick<Head, 'uscc' | 'nominations'>) {
  return {
    uscc: head.uscc,
    divisions: head.nominations.map((nomination) => nomination.divisionCode),
    parks: head.nominations.flatMap((nomination) => nomination.parkId ?? []),
  };
}

/**
 * The enterprise with this consent in force, and the steps that forget what it covers no longer. The same grant again
 * changes nothing and tells nothing.
 */
export function withConsent(
  state: EnterpriseState,
  grant: ConsentGrant,
  now: Date,
  importId?: string,
): { state: EnterpriseState; events: EnterpriseEvent[]; beside: Write[] } {
  // The id is the grant's own: said twice, it is one consent; given again after a withdrawal, it is another.
  const given = createHash('sha256')
    .update(JSON.stringify([state.uscc, grant, state.consent?.withdrawnAt ?? null]))
    .digest('hex')
    .slice(0, 24);
  const { consent } = state;
  if (consent !== undefined && consent.withdrawnAt === undefined && sameGrant(consent, grant))
    return { state, events: [], beside: [] };
  const consentId = `consent-${given}`;
  // Renewed without a break, a consent covers what was decided under the one before; after a break it does not.
  const held = consent !== undefined && consentLives(state, todayOf(now));
  const since = held ? consent.since : now.toISOString();
  const dropped = sourceNames.filter((name) => !grant.purposes.includes(sources[name].purpose));
  const { facts, dataKey, ...rest } = state;
  const left = Object.fromEntries(Object.entries(facts).filter(([name]) => !dropped.some((one) => one === name)));
  const forgotten = dropped.filter((name) => facts[name] !== undefined);
  return {
    state: {
      ...rest,
      facts: left,
      ...(dataKey !== undefined && Object.keys(left).length > 0 && { dataKey }),
      consent: { ...grant, consentId, since, ...(importId !== undefined && { importId }) },
      dueOn: dueNow,
    },
    events: [
      {
        type: 'consent.granted.v1',
        data: {
          uscc: state.uscc,
          consentId,
          purposes: grant.purposes,
          expiresOn: grant.expiresOn,
          recipients: grant.recipients,
        },
      },
    ],
    beside: forgetFacts(state, forgotten, { now }),
  };
}

function sameGrant(known: ConsentGrant, given: ConsentGrant): boolean {
  const said = ({ purposes, recipients, grantedOn, expiresOn, evidenceDigest }: ConsentGrant) =>
    JSON.stringify([purposes.toSorted(), recipients.toSorted(), grantedOn, expiresOn, evidenceDigest]);
  return said(known) === said(given);
}

function consentAnswer(state: EnterpriseState, now: Date) {
  if (state.consent === undefined) throw new Error(`${state.uscc} has no consent`);
  return { uscc: state.uscc, ...consentView(state.consent, todayOf(now)) };
}
