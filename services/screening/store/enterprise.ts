import { isDeepStrictEqual } from 'node:util';
import * as z from 'zod';
import { type AuditActor, auditWrite, sha256 } from '#packages/audit';
import { Instant } from '#packages/calendar';
import { jsonText } from '#packages/json-text';
import { outboxWrite, padded } from '#packages/messaging/outbox';
import { absent, inPartition, type Item, type Key, type Table, type Write } from '#packages/table';
import { Department, ScreeningOutcome, SecondDepartment } from '../contract.ts';
import { candidacy } from '../domain.ts';
import { ConsentGrant, Nomination } from '../nomination.ts';
import { dueKey, dueNow } from './due.ts';
import { FactsRefs, sourceNames } from './facts.ts';
import { Entry, standingWrites } from './standing.ts';

/**
 * An enterprise is one partition: its head, which every change of it rewrites under a version, and its history beside
 * it (screenings, facts, events, audit rows). The head holds all that a decision about the enterprise needs, so that
 * reading is one request and two changes at once cannot both succeed.
 */
export const Head = z.object({
  uscc: z.string(),
  /** Counts the changes; each write is conditional on the one it read. */
  version: z.int().positive(),
  /** `sequence` of the last event told of the enterprise, and of its entry in the whitelist. */
  sequence: z.int().nonnegative(),
  entrySequence: z.int().nonnegative().default(0),
  audit: z.object({ sequence: z.int().positive(), hash: z.string() }),
  createdAt: Instant,
  /** One per county that nominated it, the first first. */
  nominations: z.array(z.object({ ...Nomination.shape, nominatedAt: Instant, importId: z.string().optional() })).min(1),
  warnings: z.array(z.object({ code: z.string(), message: z.string() })),
  consent: z
    .object({
      ...ConsentGrant.shape,
      consentId: z.string(),
      /** From when consent has been there without a withdrawal between: older decisions rest on purged facts. */
      since: Instant,
      withdrawnAt: Instant.optional(),
      importId: z.string().optional(),
    })
    .optional(),
  screening: z
    .object({
      screeningId: z.string(),
      outcome: ScreeningOutcome,
      policyVersion: z.string(),
      reasons: z.array(z.string()),
      factsDigest: z.string(),
      decidedAt: Instant,
      runId: z.string(),
      /** The second department whose opinion the policy asks for as well. */
      secondOpinion: SecondDepartment.optional(),
    })
    .optional(),
  /** What each source said last, as `store/facts.ts` keeps it. */
  facts: FactsRefs.default({}),
  /** The key of its facts, wrapped; gone with the consent, and the facts with it. */
  dataKey: z.string().optional(),
  /** The first legal date on which it has to be looked at again though nobody reports a change. */
  dueOn: z.string().default(dueNow),
  /** One per county and department, the last it gave. */
  opinions: z.array(
    z.object({
      divisionCode: z.string(),
      department: Department.default('ip-office'),
      by: z.string().optional(),
      opinion: z.enum(['recommend', 'reject']),
      reason: z.string(),
      outcome: ScreeningOutcome,
      screeningId: z.string(),
      at: Instant,
    }),
  ),
  /** Open objections. Disputed facts may suspend an entry, never remove it. */
  disputes: z.array(z.object({ objectionId: z.string(), recordRef: z.string() })).default([]),
  /** Its entry in the whitelist, the last it had. */
  entry: Entry.optional(),
});
export type Head = z.output<typeof Head>;
/** A head without its bookkeeping: what operations decide about. */
export type EnterpriseState = Omit<Head, 'version' | 'sequence' | 'entrySequence' | 'audit'>;

export type EnterpriseEvent = { type: string; data: Record<string, unknown> };
export type Change = {
  state: EnterpriseState;
  events?: EnterpriseEvent[];
  audit: { actor: AuditActor; action: string; outcome: string; reason?: string };
  /** Items of its own history that belong to this change. */
  beside?: Write[];
};

const service = 'screening';
export const cityIndex = 'INDEX#CITY';
export const candidatesKey = 'CANDIDATES';
export const divisionIndex = (code: string) => `INDEX#DIVISION#${code}`;
export const parkIndex = (parkId: string) => `INDEX#PARK#${parkId}`;
const entryEvents = 'whitelist.entry.';
const entryStream = 'whitelist-entry';
/** Where the events of an enterprise's entry lie: their numbers are their own. */
export const entryPk = (uscc: string) => `WHITELIST-ENTRY#${uscc}`;
export const enterprisePk = (uscc: string) => `ENTERPRISE#${uscc}`;
export const headKey = (uscc: string): Key => ({ pk: enterprisePk(uscc), sk: 'HEAD' });

/**
 * A head as its item keeps it: the version, which conditions ask for, and all of it as one text. Nobody looks for another
 * part of it, and as a tree of attributes it would take most of the time that writing a change takes.
 */
const StoredHead = z.object({ head: jsonText(Head) });

function headItem(head: Head): Key & Item {
  return { ...headKey(head.uscc), version: head.version, head: JSON.stringify(head) };
}

export function headOf(item: Item): Head {
  return StoredHead.parse(item).head;
}

export async function getHead(table: Table, uscc: string): Promise<Head | undefined> {
  const item = await table.get(headKey(uscc));
  return item && headOf(item);
}

/** Heads by code, those that exist, in no order. One request per hundred. */
export async function getHeads(table: Table, usccs: readonly string[]): Promise<Map<string, Head>> {
  const items = await table.getMany([...new Set(usccs)].map(headKey));
  return new Map(items.map(headOf).map((head) => [head.uscc, head]));
}

/**
 * The steps of one change of one enterprise: the head under its version, the events it tells, the audit row, its
 * places in the indexes, what its history keeps. They belong in one transaction; `refused` then means that the enterprise moved.
 */
export function enterpriseWrites(
  before: Head | undefined,
  change: Change,
  context: { now: Date; requestId: string },
): Write[] {
  const { state } = change;
  const pk = enterprisePk(state.uscc);
  const at = context.now.toISOString();
  const events = change.events ?? [];
  const told = events.map((event) => ({ ...event, entry: event.type.startsWith(entryEvents) }));
  const last = { enterprise: before?.sequence ?? 0, entry: before?.entrySequence ?? 0 };
  // Callers spread the head they read, bookkeeping and all; here it is made anew.
  const { audit: _audit, ...facts } = { audit: undefined, ...state };
  const outbox = told.map(({ entry, type, data }) => {
    const sequence = (last[entry ? 'entry' : 'enterprise'] += 1);
    // The entry is a subject of its own: whoever follows the list does not have to hear of consents.
    const [name, place] = entry ? [entryStream, entryPk(state.uscc)] : ['enterprise', pk];
    return outboxWrite({ pk: place, service, subject: `${name}/${state.uscc}`, sequence, time: at, type, data });
  });
  const version = (before?.version ?? 0) + 1;
  const bare = { ...facts, version, sequence: last.enterprise, entrySequence: last.entry };
  const audit = auditWrite({
    pk,
    previous: before?.audit,
    at,
    requestId: context.requestId,
    resource: `enterprise/${state.uscc}`,
    after: sha256(bare),
    ...change.audit,
  });
  const head: Head = { ...bare, audit: audit.head };
  return [
    {
      kind: 'put',
      item: headItem(head),
      condition:
        before === undefined
          ? absent
          : {
              expression: '#version = :version',
              names: { '#version': 'version' },
              values: { ':version': before.version },
            },
    },
    ...outbox,
    audit.write,
    ...indexWrites(before, state),
    ...candidateWrites(before, state),
    ...standingWrites(before, state, { pk, version: bare.version, at }),
    ...supersededWrites(before, state, { pk, version: bare.version, at }),
    ...(change.beside ?? []),
  ];
}

/** Where lists find an enterprise. A place is written where it is new or says something else than before. */
function indexWrites(before: Head | undefined, state: EnterpriseState): Write[] {
  const place = ({ pk, sk }: Key) => `${pk}|${sk}`;
  const known = new Map(before === undefined ? [] : placesOf(before).map((item) => [place(item), item]));
  const places = placesOf(state);
  const kept = new Set(places.map(place));
  return [
    ...places
      .filter((item) => !isDeepStrictEqual(known.get(place(item)), item))
      .map((item): Write => ({ kind: 'put', item })),
    ...[...known.values()]
      .filter((item) => !kept.has(place(item)))
      .map(({ pk, sk }): Write => ({ kind: 'delete', key: { pk, sk } })),
  ];
}

/** Newest first by the time of the nomination; and, for runs, by the day it is due again with the decision it has. */
function placesOf(state: EnterpriseState): (Key & Item)[] {
  const { uscc, screening } = state;
  const [first] = state.nominations;
  const following = sourceNames.flatMap((source): [string, string][] => {
    const ref = state.facts[source];
    return ref === undefined ? [] : [[source, ref.following ?? '']];
  });
  const parks = new Map<string, string>();
  // An enterprise stands in a park once, whichever counties name it.
  for (const { parkId, nominatedAt } of state.nominations) {
    if (parkId !== undefined && !parks.has(parkId)) parks.set(parkId, nominatedAt);
  }
  return [
    { pk: cityIndex, sk: `${state.createdAt}#${uscc}`, uscc },
    ...state.nominations.map(({ divisionCode, nominatedAt }) => ({
      pk: divisionIndex(divisionCode),
      sk: `${nominatedAt}#${uscc}`,
      uscc,
    })),
    ...[...parks].map(([parkId, nominatedAt]) => ({ pk: parkIndex(parkId), sk: `${nominatedAt}#${uscc}`, uscc })),
    {
      ...dueKey(uscc, state.dueOn),
      uscc,
      ...(first !== undefined && { divisionCode: first.divisionCode }),
      ...(screening !== undefined && { outcome: screening.outcome, policyVersion: screening.policyVersion }),
      ...(following.length > 0 && { following: Object.fromEntries(following) }),
    },
  ];
}

export const supersededPrefix = 'NOMINATED#';

/** What counties had said before they said something else: a past decision can be told only from what stood then. */
function supersededWrites(
  before: Head | undefined,
  state: EnterpriseState,
  { pk, version, at }: { pk: string; version: number; at: string },
): Write[] {
  if (before === undefined || isDeepStrictEqual(before.nominations, state.nominations)) return [];
  // No rule asks who leads the enterprise, so the past need not name them.
  const nominations = before.nominations.map(({ legalRepresentative: _person, ...said }) => said);
  return [{ kind: 'put', item: { pk, sk: `${supersededPrefix}${at}#${padded(version)}`, until: at, nominations } }];
}

/** The proposal of a whitelist reads only those that could enter, so their number is what it costs. */
function candidateWrites(before: Head | undefined, state: EnterpriseState): Write[] {
  const was = before !== undefined && candidacy(before) !== undefined;
  const is = candidacy(state) !== undefined;
  if (was === is) return [];
  const key = { pk: candidatesKey, sk: state.uscc };
  return [is ? { kind: 'put', item: { ...key, uscc: state.uscc } } : { kind: 'delete', key }];
}

export const IndexItem = z.object({ pk: z.string(), sk: z.string(), uscc: z.string() });

/** The codes in an index after a place in it, oldest first, and the place after which the next page starts. */
export async function codesIn(
  table: Table,
  index: string,
  limit: number,
  after: string | undefined,
): Promise<{ usccs: string[]; next?: string }> {
  const start = after === undefined ? undefined : { pk: { S: index }, sk: { S: after } };
  const page = await table.page({ condition: inPartition(index) }, limit, start);
  const usccs = page.items.map((item) => IndexItem.parse(item).uscc);
  const next = page.last?.['sk']?.S;
  return next === undefined ? { usccs } : { usccs, next };
}
