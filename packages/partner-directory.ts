import * as z from 'zod';
import { Instant } from './calendar.ts';
import { partnerRoles } from './roles.ts';
import type { Key, Table, Write } from './table.ts';

/*
 * What every service has to know of a partner's key to believe a message signed with it. The partners service writes an
 * entry in the transaction that changes the key or the partner; the others read it, and nothing else of that table.
 */

/** The partitions that others may read. */
export const directoryPrefix = 'KEY#';

export const DirectoryEntry = z.object({
  keyid: z.string(),
  partnerId: z.string(),
  role: z.enum(partnerRoles),
  publicKeyPem: z.string(),
  state: z.enum(['pending', 'active', 'retiring', 'revoked', 'expired']),
  notBefore: Instant,
  notAfter: Instant,
  suspended: z.boolean(),
  /** In CIDR form; none means any. */
  networks: z.array(z.string()),
  /** SHA-256 (hex) of the client certificate's DER that calls must come with; left out, none is asked for. */
  clientCertificate: z.string().optional(),
});
export type DirectoryEntry = z.output<typeof DirectoryEntry>;

export function directoryKey(keyid: string): Key {
  return { pk: `${directoryPrefix}${keyid}`, sk: 'KEY' };
}

export function directoryWrite(entry: DirectoryEntry): Write {
  return { kind: 'put', item: { ...directoryKey(entry.keyid), ...entry } };
}

/**
 * How long what was read is believed: a key stops within a minute of its revocation or its partner's suspension, and
 * works within ten seconds of its approval or of the suspension's end.
 */
const believedMs = { usable: 50_000, other: 9_000 };
/** Anybody can name keys that do not exist; what is remembered of them is forgotten before it fills the memory. */
const maxRemembered = 1_000;

/**
 * Looks keys up, one request for a key that was not asked for lately. `make` is run once for what was read, so that a
 * key is parsed when it is loaded and not at every message.
 */
export function openDirectory<Made>(
  table: Pick<Table, 'get'>,
  make: (entry: DirectoryEntry) => Made,
  now: () => number = Date.now,
): (keyid: string) => Promise<Made | undefined> {
  const remembered = new Map<string, { until: number; made: Promise<Made | undefined> }>();
  return async (keyid) => {
    const known = remembered.get(keyid);
    if (known !== undefined && now() < known.until) return known.made;
    const asked = now();
    if (remembered.size >= maxRemembered) remembered.clear();
    const slot = { until: asked + believedMs.other, made: load() };
    // Those who ask while the first is still asking wait for its answer; a failure is remembered for nobody.
    remembered.set(keyid, slot);
    return slot.made;

    async function load(): Promise<Made | undefined> {
      try {
        const item = await table.get(directoryKey(keyid));
        const entry = item && DirectoryEntry.parse(item);
        slot.until = asked + (isUsable(entry) ? believedMs.usable : believedMs.other);
        return entry && make(entry);
      } catch (error) {
        remembered.delete(keyid);
        throw error;
      }
    }
  };
}

function isUsable(entry: DirectoryEntry | undefined): boolean {
  return entry !== undefined && !entry.suspended && (entry.state === 'active' || entry.state === 'retiring');
}
