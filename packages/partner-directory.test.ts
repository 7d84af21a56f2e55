import { expect, test } from 'vitest';
import { type DirectoryEntry, directoryKey, openDirectory } from './partner-directory.ts';
import type { Item, Key } from './table.ts';

const entry: DirectoryEntry = {
  keyid: 'bank-a.test.20261101.1',
  partnerId: 'bank-a',
  role: 'bank',
  publicKeyPem: 'pem',
  state: 'active',
  notBefore: '2026-11-01T00:00:00.000Z',
  notAfter: '2027-11-01T00:00:00.000Z',
  suspended: false,
  networks: [],
};

function directory(first: DirectoryEntry | undefined) {
  const world = { said: first, asked: 0, now: 0, fails: false };
  const get = async (key: Key): Promise<Item | undefined> => {
    world.asked += 1;
    if (world.fails) throw new Error('not reached');
    return key.pk === directoryKey(entry.keyid).pk ? world.said : undefined;
  };
  const look = openDirectory(
    { get },
    ({ state }) => state,
    () => world.now,
  );
  return { world, look: () => look(entry.keyid), other: look };
}

test('a key stops within a minute of its revocation, and is asked for no more often than that', async () => {
  const { world, look } = directory(entry);
  expect(await look()).toBe('active');
  world.said = { ...entry, state: 'revoked' };
  world.now = 49_999;
  expect([await look(), world.asked]).toEqual(['active', 1]);
  world.now = 60_000;
  expect([await look(), world.asked]).toEqual(['revoked', 2]);
});

test('a key works within ten seconds of its approval', async () => {
  const { world, look } = directory(undefined);
  expect(await look()).toBeUndefined();
  world.said = entry;
  world.now = 10_000;
  expect(await look()).toBe('active');
});

test('a partner that is let back in is heard as soon', async () => {
  const { world, look } = directory({ ...entry, suspended: true });
  await look();
  world.now = 10_000;
  await look();
  expect(world.asked).toBe(2);
});

test('many who ask at once make one request, and a failed one is remembered for nobody', async () => {
  const { world, look } = directory(entry);
  world.fails = true;
  const failed = await Promise.allSettled([look(), look()]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  world.fails = false;
  expect(await Promise.all([look(), look(), look()])).toEqual(['active', 'active', 'active']);
  expect(world.asked).toBe(2);
});

test('keys that do not exist do not fill the memory', async () => {
  const { world, look, other } = directory(entry);
  await look();
  for (let number = 0; number < 1_200; number += 1) await other(`nobody.test.20261101.${number}`);
  await look();
  // Forgotten with the rest once, and asked for again.
  expect(world.asked).toBe(1_202);
});
