import { createHash } from 'node:crypto';
import { actorOf, auditWrite } from '#packages/audit';
import { callerId } from '#packages/access';
import { addMonths, todayOf } from '#packages/calendar';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { inPartition, maxTransactionSteps, type Table, type Write } from '#packages/table';
import type { routes, WhitelistVersion } from '../contract.ts';
import { digestLines, standing, whyNot } from '../domain.ts';
import { versionMachine } from '../machines.ts';
import { validMonths } from '../policy.ts';
import { candidatesKey, getHeads, type Head } from '../store/enterprise.ts';
import { indexWrite } from '../store/standing.ts';
import {
  getListState,
  type ListState,
  putEntry,
  putListState,
  readEntries,
  type VersionEntry,
  type VersionHead,
  versionKey,
  versionPk,
} from '../store/whitelist.ts';
import { type Deps, eachOf } from './context.ts';

/** Entries are written so many transactions at once. */
const transactionsAtOnce = 4;

/**
 * The city's first person proposes the next version: everybody that may enter, and those of the version in force that
 * stay. Its entries are written first, under a key of this proposal's own, and nobody sees them until it is published.
 */
export function proposeWhitelist({ table, newId }: Deps): Operation<typeof routes.proposeWhitelist> {
  return async (call) =>
    untilSettled(async () => {
      const state = await getListState(table);
      if (state?.open !== undefined) return refused('state_conflict', `第 ${state.open} 版尚待批准`);
      const { confirm = [], hold = [] } = call.body;
      const today = todayOf(call.now);
      const version = (state?.last ?? 0) + 1;
      const confirmed = new Set(confirm.map((one) => one.uscc));
      const held = new Set(hold.map((one) => one.uscc));

      const heads = await inQuestion(table, state, [...confirmed]);
      const entries = [...heads.values()].flatMap((head) => {
        const entry = entryOf(head, confirmed.has(head.uscc), held.has(head.uscc), version, today);
        return entry ?? [];
      });
      const named = new Set(entries.map((entry) => entry.uscc));
      const leftOut = [...confirmed]
        .filter((uscc) => !named.has(uscc))
        .map((uscc) => ({ uscc, reason: held.has(uscc) ? '同时被列为暂缓' : whyNot(heads.get(uscc), today) }));
      const entriesKey = `${versionPk(version)}#${newId('entries')}`;
      // Where those are found that a later version will not have; one that has an entry is there already.
      const first = entries.filter(({ uscc }) => heads.get(uscc)?.entry === undefined);
      await writeEntries(
        table,
        entriesKey,
        entries,
        first.map(({ uscc }) => indexWrite(uscc)),
      );

      const head: VersionHead = {
        version,
        status: versionMachine.initial,
        entries: entries.length,
        digest: digestOf(entries),
        entriesKey,
        proposedAt: call.now.toISOString(),
        proposedBy: callerId(call.caller),
        leftOut,
        audit: { sequence: 1, hash: '' },
      };
      const remarks = [...confirm.map((one) => `confirm ${one.uscc}`), ...hold.map((one) => `hold ${one.uscc}`)];
      const audit = auditWrite({
        pk: versionPk(version),
        previous: undefined,
        at: head.proposedAt,
        requestId: call.requestId,
        actor: actorOf(call.caller),
        action: 'whitelist.propose',
        resource: `whitelist-version/${version}`,
        outcome: 'proposed',
        reason: remarks.join('; ').slice(0, 1_000),
        after: head.digest,
      });
      const outcome = done(versionView(head), `/v1/whitelist-versions/${version}`);
      const { revision: _revision, ...rest } = state ?? { revision: 0, last: 0 };
      const writes: Write[] = [
        putListState(state, { ...rest, last: version, open: version }),
        { kind: 'put', item: { ...versionKey(version), ...head, audit: audit.head } },
        audit.write,
      ];
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

/** Everybody the next version could be about: candidates, those named, those in the version in force. */
async function inQuestion(table: Table, state: ListState | undefined, named: string[]): Promise<Map<string, Head>> {
  const usccs = new Set(named);
  const condition = inPartition(candidatesKey);
  for await (const item of table.each({ condition })) usccs.add(String(item['uscc']));
  if (state?.entriesKey !== undefined) {
    for (const entry of await readEntries(table, state.entriesKey)) usccs.add(entry.uscc);
  }
  return getHeads(table, [...usccs]);
}

/** The line an enterprise has in a version made today, or none. Entering anew renews the validity, staying keeps it. */
export function entryOf(
  head: Head,
  confirmed: boolean,
  held: boolean,
  version: number,
  today: string,
): VersionEntry | undefined {
  const stands = standing(head, confirmed, held, today);
  if (stands === 'out') return undefined;
  const { entry } = head;
  const known = entry !== undefined && (entry.status === 'listed' || entry.status === 'suspended') ? entry : undefined;
  const { uscc, nominations } = head;
  const name = nominations[0]?.name ?? uscc;
  if (stands === 'stays' && known !== undefined) {
    return {
      uscc,
      name,
      version,
      confirmed,
      status: known.status,
      listedOn: known.listedOn,
      validUntil: known.validUntil,
    };
  }
  const listedOn = known?.listedOn ?? today;
  return { uscc, name, version, confirmed, status: 'listed', listedOn, validUntil: addMonths(today, validMonths) };
}

export function digestOf(entries: readonly VersionEntry[]): string {
  return createHash('sha256').update(digestLines(entries)).digest('hex');
}

export async function writeEntries(
  table: Table,
  entriesKey: string,
  entries: readonly VersionEntry[],
  beside: readonly Write[] = [],
): Promise<void> {
  const writes = [...entries.map((entry) => putEntry(entriesKey, entry)), ...beside];
  const batches: Write[][] = [];
  for (let start = 0; start < writes.length; start += maxTransactionSteps) {
    batches.push(writes.slice(start, start + maxTransactionSteps));
  }
  await eachOf(batches, transactionsAtOnce, (batch) => table.transact(batch));
}

export function versionView(head: VersionHead): WhitelistVersion {
  const { version, status, entries, digest, proposedAt, publishedOn, leftOut } = head;
  return { version, status, entries, digest, proposedAt, leftOut, ...(publishedOn !== undefined && { publishedOn }) };
}
