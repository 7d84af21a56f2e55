import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import { outboxWrite, padded } from '#packages/messaging/outbox';
import { absent, inPartition, type Item, type Key, type Table, type Write } from '#packages/table';
import { boundOf, type Caller } from '#packages/access';
import { Claim, RecoveryShared, returnCodes } from '../contract.ts';
import { claimWire, StoredClaim } from '../claims/stored-claim.ts';

/*
 * What is read of claims. The ledger's aggregate is what counts; beside each of its changes, in the same transaction, go
 * a copy under the claim's own id, what happened, and the event that tells it.
 *
 *   CLAIM#<id>        HEAD                the claim as it stands, and where its own ledger is
 *   CLAIM#<id>        DID#<seq>           what happened to it
 *   CLAIM#<id>        RECOVERY#<ref>      what was answered to the bank
 *   CLAIM#<id>        EVENT#…             what is told
 *   CLAIMS#<whose>    <filedAt>#<id>      one line in each list that it belongs to
 *   CLAIM-RETURNS#…   <trigger>           how often a bank's claims by a trigger came back, and for what
 */

const claimPk = (claimId: string) => `CLAIM#${claimId}`;
const headKey = (claimId: string): Key => ({ pk: claimPk(claimId), sk: 'HEAD' });
const didPrefix = 'DID#';
const StoredHead = z.object({ claim: jsonText(StoredClaim) });

export async function findClaim(table: Table, claimId: string): Promise<StoredClaim | undefined> {
  const item = await table.get(headKey(claimId));
  return item && StoredHead.parse(item).claim;
}

/** In the order of the ids, those that are not there left out. */
export async function getClaims(table: Table, claimIds: readonly string[]): Promise<StoredClaim[]> {
  const found = (await table.getMany(claimIds.map(headKey))).map((item) => StoredHead.parse(item).claim);
  const byId = new Map(found.map((claim) => [claim.claimId, claim]));
  return claimIds.flatMap((claimId) => byId.get(claimId) ?? []);
}

export function headWrite(claim: StoredClaim): Write {
  return { kind: 'put', item: { ...headKey(claim.claimId), claim: JSON.stringify(claimWire(claim)) } };
}

const Did = Claim.shape.events.element;
export type Did = z.output<typeof Did>;
const StoredDid = z.object({ did: jsonText(Did) });

export function didWrite(claimId: string, did: Did): Write {
  const item = { pk: claimPk(claimId), sk: `${didPrefix}${padded(did.seq)}`, did: JSON.stringify(z.encode(Did, did)) };
  return { kind: 'put', item, condition: absent };
}

export async function didTo(table: Table, claimId: string): Promise<Did[]> {
  const condition = inPartition(claimPk(claimId), didPrefix);
  const happened: Did[] = [];
  for await (const item of table.each({ condition })) happened.push(StoredDid.parse(item).did);
  return happened;
}

export function claimEvent(
  claim: StoredClaim,
  { type, data, at, seq, on }: { type: string; data: Record<string, unknown>; at: string; seq: number; on: string },
): Write {
  const { claimId, loanId, fundId, bankId: partnerId, status, sequence, terms } = claim;
  const privately = terms.parties.filter(({ kind }) => kind === 'private').map(({ id }) => id);
  return outboxWrite({
    pk: claimPk(claimId),
    service: 'fund',
    subject: `claim/${claimId}`,
    sequence,
    type,
    time: at,
    data: { claimId, loanId, partnerId, fundId, status, recipients: [partnerId, ...privately], seq, on, ...data },
  });
}

type Shared = z.output<typeof RecoveryShared>;
const StoredShared = z.object({ answer: jsonText(RecoveryShared) });
const recoveryKey = (claimId: string, reference: string): Key => ({
  pk: claimPk(claimId),
  sk: `RECOVERY#${reference}`,
});

export function recoveryWrite(claimId: string, reference: string, answer: Shared): Write {
  const item = { ...recoveryKey(claimId, reference), answer: JSON.stringify(z.encode(RecoveryShared, answer)) };
  return { kind: 'put', item, condition: absent };
}

export async function findRecovery(table: Table, claimId: string, reference: string): Promise<Shared | undefined> {
  const item = await table.get(recoveryKey(claimId, reference));
  return item && StoredShared.parse(item).answer;
}

/** Whose list it is: everybody's, a bank's, a party's, a place's, an enterprise's. */
type Whose =
  | { all: true }
  | { bank: string }
  | { party: string }
  | { division: string }
  | { park: string }
  | { uscc: string };

function listPk(whose: Whose): string {
  const [kind, name] = Object.entries(whose)[0] ?? [];
  return `CLAIMS#${kind}#${name}`;
}

/** The lists that a claim stands in, for good. */
export function listWrites(claim: StoredClaim): Write[] {
  const { claimId, filedAt, bankId, divisionCode, parkId, uscc, terms } = claim;
  const lists: Whose[] = [{ all: true }, { bank: bankId }, { division: divisionCode }, { uscc }];
  if (parkId !== undefined) lists.push({ park: parkId });
  for (const { id, kind } of terms.parties) if (kind === 'private') lists.push({ party: id });
  return lists.map((whose) => ({
    kind: 'put',
    item: { pk: listPk(whose), sk: `${filedAt}#${claimId}`, claimId },
    condition: absent,
  }));
}

/** The list of all that a caller may see; nothing where it may see none. */
export function listOf(caller: Caller): ReturnType<typeof inPartition> | undefined {
  const whose = whoseOf(caller);
  return whose && inPartition(listPk(whose));
}

function whoseOf(caller: Caller): Whose | undefined {
  const within = boundOf(caller);
  switch (within?.by) {
    case 'all':
      return { all: true };
    case 'division':
      return { division: within.id };
    case 'park':
      return { park: within.id };
    case 'company':
      return { uscc: within.id };
    case 'partner':
      return caller.role === 'bank' ? { bank: within.id } : { party: within.id };
    case undefined:
      return undefined;
  }
}

const ListItem = z.object({ claimId: z.string() });
export function listedId(item: Item): string {
  return ListItem.parse(item).claimId;
}

type ReturnCode = (typeof returnCodes)[number];
const returnsKey = (bankId: string, mode: string): Key => ({ pk: `CLAIM-RETURNS#${bankId}`, sk: mode });
const StoredReturns = z.object({ filed: z.int().default(0), returned: z.int().default(0) }).loose();

/** One more that was filed, or that came back for these reasons. */
export function returnsWrite(claim: StoredClaim, what: 'filed' | 'returned', codes: readonly ReturnCode[] = []): Write {
  const counted = [what, ...new Set(codes)];
  return {
    kind: 'update',
    key: returnsKey(claim.bankId, claim.filed.trigger.mode),
    update: {
      expression: `ADD ${counted.map((_name, place) => `#n${place} :one`).join(', ')}`,
      names: Object.fromEntries(counted.map((name, place) => [`#n${place}`, name])),
      values: { ':one': 1 },
    },
  };
}

export async function pastReturns(table: Table, bankId: string, mode: string) {
  const counts = StoredReturns.parse((await table.get(returnsKey(bankId, mode))) ?? {});
  const codes = returnCodes
    .map((code) => ({ code, count: Number(counts[code] ?? 0) }))
    .filter(({ count }) => count > 0)
    .toSorted((one, other) => other.count - one.count);
  return { filed: counts.filed, returned: counts.returned, codes };
}
