import { todayOf } from '#packages/calendar';
import { isDeepStrictEqual } from 'node:util';
import { actorOf, auditWrite } from '#packages/audit';
import { callerId, isAnother } from '#packages/access';
import { commit, untilSettled } from '#packages/commit';
import type { Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import type { Write } from '#packages/table';
import type { routes } from '../contract.ts';
import { getHeads } from '../store/enterprise.ts';
import { versionMachine } from '../machines.ts';
import {
  getListState,
  getVersion,
  publishedEvent,
  putListState,
  readEntries,
  type VersionHead,
  versionKey,
  versionPk,
} from '../store/whitelist.ts';
import { type Deps } from './context.ts';
import { digestOf, entryOf, versionView, writeEntries } from './propose-whitelist.ts';

/**
 * The second person publishes. Whoever has lost its place since the proposal (consent withdrawn, excluded, rejected)
 * is left out, dates become today's, and one write makes the version the one in force for every reader at once.
 */
export function approveWhitelist({ table, newId }: Deps): Operation<typeof routes.approveWhitelist> {
  return async (call) =>
    untilSettled(async () => {
      const [head, state] = await Promise.all([getVersion(table, call.params.version), getListState(table)]);
      if (head === undefined || state === undefined) return refused('not_found');
      const status = versionMachine.next(head.status, 'approve');
      if (status === undefined) return refused('state_conflict', '该版本已发布');
      if (!isAnother(call.caller, head.proposedBy)) return refused('second_person_required');

      const today = todayOf(call.now);
      const proposed = await readEntries(table, head.entriesKey);
      const heads = await getHeads(
        table,
        proposed.map((entry) => entry.uscc),
      );
      const entries = proposed.flatMap((entry) => {
        const enterprise = heads.get(entry.uscc);
        return (enterprise && entryOf(enterprise, entry.confirmed, false, head.version, today)) ?? [];
      });
      const digest = digestOf(entries);
      let { entriesKey } = head;
      // Not by the digest: an entry that was suspended since the proposal has the same line.
      if (!isDeepStrictEqual(entries, proposed)) {
        entriesKey = `${versionPk(head.version)}#${newId('entries')}`;
        await writeEntries(table, entriesKey, entries);
      }

      const at = call.now.toISOString();
      const audit = auditWrite({
        pk: versionPk(head.version),
        previous: head.audit,
        at,
        requestId: call.requestId,
        actor: actorOf(call.caller),
        action: 'whitelist.approve',
        resource: `whitelist-version/${head.version}`,
        outcome: 'published',
        before: head.digest,
        after: digest,
      });
      const published: VersionHead = {
        ...head,
        status,
        entries: entries.length,
        digest,
        entriesKey,
        approvedBy: callerId(call.caller),
        publishedOn: today,
        publishedAt: at,
        audit: audit.head,
        ...(state.entriesKey !== undefined && { replaces: state.entriesKey }),
      };
      const { revision: _revision, open: _open, ...rest } = state;
      const writes: Write[] = [
        putListState(state, { ...rest, current: head.version, entriesKey, publishedAt: at }),
        {
          kind: 'put',
          item: { ...versionKey(head.version), ...published },
          // Maker ≠ checker stands in the write, not only in the check above.
          condition: {
            expression: '#status = :status AND proposedBy <> :approver',
            names: { '#status': 'status' },
            values: { ':status': head.status, ':approver': published.approvedBy },
          },
        },
        audit.write,
        publishedEvent(head.version, 1, { chunk: 0 }, call.now),
      ];
      const outcome = done(versionView(published));
      const written = await commit(table, writes, call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}
