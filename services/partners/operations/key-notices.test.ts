import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { commit } from '#packages/commit';
import { readOutboxItem } from '#packages/messaging/outbox';
import { done, noReceipt } from '#packages/outcome';
import { inPartition, type Table } from '#packages/table';
import { newKeyPair } from '#packages/signature/new-key';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { getPartner, partnerWrites, type StoredKey, type StoredPartner } from '../store/partner.ts';
import { noticeKeys } from './key-notices.ts';

let world: TestTable;
let table: Table;
beforeAll(async () => {
  world = await startTable();
  ({ table } = world);
});
afterAll(() => world.stop());

const day = 86_400_000;
const end = Date.parse('2027-06-01T15:59:59.999Z');
const before = (days: number) => new Date(end - days * day);
const actor = { type: 'system', id: 'test', role: 'system' } as const;

function keyOf(keyid: string, more: Partial<StoredKey> = {}): StoredKey {
  return {
    keyid,
    alg: 'ed25519',
    state: 'active',
    publicKeyPem: newKeyPair('ed25519').publicKeyPem,
    fingerprints: { sha256: '0'.repeat(64), sm3: '0'.repeat(64) },
    notBefore: before(365).toISOString(),
    notAfter: new Date(end).toISOString(),
    submittedAt: before(365).toISOString(),
    submittedBy: 'person|issuer|city-admin',
    overlapDays: 14,
    noticed: [],
    ...more,
  };
}

async function enter(partnerId: string, keys: StoredKey[]): Promise<void> {
  const state: StoredPartner = {
    partnerId,
    role: 'bank',
    name: partnerId,
    status: 'active',
    networks: [],
    webhookHosts: [],
    createdAt: before(365).toISOString(),
    keys,
  };
  const audit = { actor, action: 'partner.enter', outcome: 'active' };
  const writes = partnerWrites(undefined, { state, audit }, { now: before(365), requestId: 'test' });
  await commit(table, writes, noReceipt, done(undefined));
}

async function told(target: Table, partnerId: string): Promise<unknown[]> {
  const events: unknown[] = [];
  for await (const item of target.each({ condition: inPartition(`PARTNER#${partnerId}`) })) {
    const event = readOutboxItem(item);
    if (event !== undefined) events.push(event.data['daysLeft']);
  }
  return events;
}

let partnerId = '';
let number = 0;
beforeEach(() => {
  number += 1;
  partnerId = `bank-${number}`;
});

test('the end of a key is told 60, 30, 7 and 1 days before, once each, however often the clock strikes', async () => {
  await enter(partnerId, [keyOf(`${partnerId}.test.20260601.1`)]);
  const notice = noticeKeys({ table });
  for (const days of [61, 60, 59, 30, 30, 8, 7, 1]) await notice(before(days), 'run');
  expect(await told(table, partnerId)).toEqual([60, 30, 7, 1]);
});

test('a run that comes late tells once what was missed, and nothing of keys that are being replaced', async () => {
  const [late, replaced] = [keyOf(`${partnerId}.test.20260601.1`), keyOf(`${partnerId}.test.20260601.2`)];
  await enter(partnerId, [late, { ...replaced, state: 'retiring' }]);
  await noticeKeys({ table })(before(5), 'run');
  expect(await told(table, partnerId)).toEqual([5]);
});

test('a key past its end is put down as expired, in the directory too', async () => {
  const keyid = `${partnerId}.test.20260601.1`;
  await enter(partnerId, [keyOf(keyid)]);
  await noticeKeys({ table })(before(-1), 'run');
  expect((await getPartner(table, partnerId))?.state.keys[0]?.state).toBe('expired');
  expect(await table.get({ pk: `KEY#${keyid}`, sk: 'KEY' })).toMatchObject({ state: 'expired', partnerId });
});

test('what was changed while it was being told is told all the same, in the same run', async () => {
  const keyid = `${partnerId}.test.20260601.1`;
  await enter(partnerId, [keyOf(keyid)]);
  let meddled = false;
  const meddling: Table = {
    ...table,
    async transact(writes) {
      if (!meddled && JSON.stringify(writes).includes(keyid)) {
        meddled = true;
        const held = (await getPartner(table, partnerId))!;
        const audit = { actor, action: 'test', outcome: 'done' };
        const change = { state: { ...held.state, name: '新名' }, audit };
        await table.transact(partnerWrites(held, change, { now: before(1), requestId: 'test' }));
      }
      return table.transact(writes);
    },
  };
  const counts = await noticeKeys({ table: meddling })(before(0.5), 'run');
  expect(meddled).toBe(true);
  expect(await told(table, partnerId)).toEqual([1]);
  expect(counts.noticed).toBeGreaterThanOrEqual(1);
});
