import { headKeyOf } from '#packages/aggregate';
import { inPartition, type Table } from '#packages/table';
import { keyMachine } from '../machines.ts';
import { keyPolicy } from '../policy.ts';
import { partnerKind, partnersIndex, partnerWrites, readPartner, type StoredKey } from '../store/partner.ts';

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
      const item = await table.get(headKeyOf(partnerKind, String(sk)));
      if (item === undefined) continue;
      counts.partners += 1;
      const held = readPartner(item);
      const { partnerId } = held.state;
      const events: { type: string; data: Record<string, unknown> }[] = [];
      const keys = held.state.keys.map((key) => {
        const ended = key.notAfter <= now.toISOString() ? keyMachine.next(key.state, 'expire') : undefined;
        if (ended !== undefined) {
          counts.expired += 1;
          return { ...key, state: ended };
        }
        const daysLeft = Math.ceil((Date.parse(key.notAfter) - now.getTime()) / dayMs);
        const due = dueNotices(key, daysLeft);
        if (due.length === 0) return key;
        const { keyid, notAfter } = key;
        events.push({ type: 'partner.key.expiring.v1', data: { partnerId, keyid, notAfter, daysLeft } });
        return { ...key, noticed: [...key.noticed, ...due] };
      });
      if (keys.every((key, place) => key === held.state.keys[place])) continue;
      counts.noticed += events.length;
      const audit = { actor, action: 'partner-key.notice', outcome: `${events.length} told` };
      const writes = partnerWrites(held, { state: { ...held.state, keys }, events, audit }, { now, requestId });
      // Somebody changed the partner meanwhile: the next day's run tells it.
      await table.transact(writes);
    }
    return counts;
  };
}

/** The notices whose day has come; one event tells all that were missed. A key that is being replaced needs none. */
function dueNotices({ state, noticed }: StoredKey, daysLeft: number): number[] {
  if (state !== 'active' || daysLeft <= 0) return [];
  return keyPolicy.noticeDays.filter((days) => daysLeft <= days && !noticed.includes(days));
}
