import { untilSettled } from '#packages/commit';
import { inPartition, type Table } from '#packages/table';
import { keyMachine } from '../machines.ts';
import { keyPolicy } from '../policy.ts';
import { getPartner, partnersIndex, partnerWrites, type StoredKey, type StoredPartner } from '../store/partner.ts';

const dayMs = 86_400_000;
const actor = { type: 'system', id: 'partner-key-notices', role: 'system' } as const;

export type Noticed = { partners: number; noticed: number; expired: number };

/**
 * Tells partners whose keys end soon, once for each of the notice's days, and puts down as expired what has ended. Run
 * twice or late it tells nothing twice: what was told stands with the key.
 */
export function noticeKeys({ table }: { table: Table }) {
  return async (now: Date, requestId: string): Promise<Noticed> => {
    const counts: Noticed = { partners: 0, noticed: 0, expired: 0 };
    for await (const { sk } of table.each({ condition: inPartition(partnersIndex) })) {
      const { noticed, expired } = await noticeOf(table, String(sk), now, requestId);
      counts.partners += 1;
      counts.noticed += noticed;
      counts.expired += expired;
    }
    return counts;
  };
}

async function noticeOf(
  table: Table,
  partnerId: string,
  now: Date,
  requestId: string,
): Promise<Pick<Noticed, 'noticed' | 'expired'>> {
  return untilSettled(async () => {
    const held = await getPartner(table, partnerId);
    if (held === undefined) return { noticed: 0, expired: 0 };
    const { keys, events, expired } = afterNotices(held.state, now);
    if (keys.every((key, place) => key === held.state.keys[place])) return { noticed: 0, expired: 0 };
    const audit = { actor, action: 'partner-key.notice', outcome: `${events.length} told` };
    const writes = partnerWrites(held, { state: { ...held.state, keys }, events, audit }, { now, requestId });
    const written = await table.transact(writes);
    return written.kind === 'refused' ? 'moved' : { noticed: events.length, expired };
  });
}

/** A partner's keys as they are once their notices are told, and the events that tell them. */
function afterNotices({ partnerId, keys: before }: StoredPartner, now: Date) {
  const events: { type: string; data: Record<string, unknown> }[] = [];
  let expired = 0;
  const keys = before.map((key): StoredKey => {
    const ended = key.notAfter <= now.toISOString() ? keyMachine.next(key.state, 'expire') : undefined;
    if (ended !== undefined) {
      expired += 1;
      return { ...key, state: ended };
    }
    const daysLeft = Math.ceil((Date.parse(key.notAfter) - now.getTime()) / dayMs);
    const due = dueNotices(key, daysLeft);
    if (due.length === 0) return key;
    const { keyid, notAfter } = key;
    events.push({ type: 'partner.key.expiring.v1', data: { partnerId, keyid, notAfter, daysLeft } });
    return { ...key, noticed: [...key.noticed, ...due] };
  });
  return { keys, events, expired };
}

/** The notices whose day has come; one event tells all that were missed. A key that is being replaced needs none. */
function dueNotices({ state, noticed: told }: StoredKey, daysLeft: number): number[] {
  if (state !== 'active' || daysLeft <= 0) return [];
  return keyPolicy.noticeDays.filter((days) => daysLeft <= days && !told.includes(days));
}
