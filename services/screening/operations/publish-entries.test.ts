import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuditActor, verifyAggregate } from '#packages/audit';
import { noReceipt } from '#packages/outcome';
import type { Table } from '#packages/table';
import { readOutboxItem } from '#packages/messaging/outbox';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { enterprisePk, entryPk, enterpriseWrites, type EnterpriseState, getHead } from '../store/enterprise.ts';
import { putEntry, type VersionHead, versionKey } from '../store/whitelist.ts';
import { withNomination } from './nominate-enterprise.ts';
import { publishChunk } from './publish-entries.ts';
import { withConsent } from './record-consent.ts';

const uscc = '91411502MA9TETT0X9';
const day = (number: number) => `2026-11-${String(number).padStart(2, '0')}`;
const at = (number: number) => `${day(number)}T04:00:00.000Z`;
const actor: AuditActor = { type: 'system', id: 'test', role: 'system' };
const context = (number: number) => ({ now: new Date(at(number)), requestId: 'test', receipt: noReceipt });

let started: TestTable;
beforeAll(async () => {
  started = await startTable();
});
afterAll(() => started.stop());

async function change(table: Table, number: number, state: EnterpriseState): Promise<void> {
  const before = await getHead(table, uscc);
  const audit = { actor, action: 'test', outcome: 'done' };
  expect(await table.transact(enterpriseWrites(before, { state, audit }, context(number)))).toEqual({
    kind: 'written',
  });
}

const grant = {
  purposes: ['credit' as const, 'ip' as const],
  recipients: ['all-banks'],
  grantedOn: day(1),
  expiresOn: '2031-10-31',
  evidenceDigest: '0'.repeat(64),
};

/** A city with one enterprise and versions 1, 2, … of which those named have it, published on the 10th, 11th, … */
async function cityWith(...named: boolean[]) {
  const table = await started.another();
  const nomination = {
    uscc,
    name: '示例',
    divisionCode: '411502',
    sizeClass: 'small' as const,
    industryCode: 'C39',
    foundedOn: '2015-03-01',
  };
  await change(
    table,
    1,
    withConsent(withNomination(undefined, nomination, new Date(at(1))), grant, new Date(at(1))).state,
  );
  for (const [place, has] of named.entries()) {
    const version = place + 1;
    const published: VersionHead = {
      version,
      status: 'published',
      entries: has ? 1 : 0,
      digest: '',
      entriesKey: `entries-${version}`,
      proposedAt: at(9 + version),
      proposedBy: 'one',
      approvedBy: 'other',
      publishedOn: day(9 + version),
      publishedAt: at(9 + version),
      leftOut: [],
      audit: { sequence: 1, hash: '' },
      ...(place > 0 && { replaces: `entries-${place}` }),
    };
    const validity = { listedOn: day(10), validUntil: '2028-11-09' };
    const line = { uscc, name: '示例', status: 'listed' as const, ...validity, version, confirmed: false };
    await table.transact([{ kind: 'put', item: { ...versionKey(version), ...published } }]);
    if (has) await table.transact([putEntry(published.entriesKey, line)]);
  }
  return table;
}

const land = (table: Table, version: number, number = 20) =>
  publishChunk({ table })({ version, usccs: [uscc] }, context(number));

async function end(table: Table) {
  const head = await getHead(table, uscc);
  expect((await verifyAggregate(table, enterprisePk(uscc))).kind).toBe('intact');
  const condition = {
    expression: 'pk = :pk AND begins_with(sk, :e)',
    values: { ':pk': entryPk(uscc), ':e': 'EVENT#' },
  };
  const told: unknown[] = [];
  for await (const event of table.each({ condition })) told.push(readOutboxItem(event)?.type);
  return { status: head?.entry?.status, version: head?.entry?.version, reason: head?.entry?.reason, told };
}

test('a chunk that comes again changes nothing', async () => {
  const table = await cityWith(true);
  await land(table, 1);
  const once = await getHead(table, uscc);
  await land(table, 1);
  expect(await getHead(table, uscc)).toEqual(once);
  expect(await end(table)).toEqual({
    status: 'listed',
    version: 1,
    reason: undefined,
    told: ['whitelist.entry.listed.v1'],
  });
});

test.each([
  { versions: [true, true], status: 'listed', version: 2 },
  { versions: [true, false], status: 'removed', version: 1 },
  { versions: [false, true], status: 'listed', version: 2 },
])(
  'of two versions the later stands, in whatever order they land: $versions',
  async ({ versions, status, version }) => {
    for (const order of [
      [1, 2],
      [2, 1],
      [2, 1, 2, 1],
      [1, 2, 1],
    ]) {
      const table = await cityWith(...versions);
      for (const landing of order) await land(table, landing);
      expect(await end(table)).toMatchObject({ status, version });
    }
  },
);

test('who was never told to be listed is not told to be removed', async () => {
  const table = await cityWith(true, false);
  await land(table, 2);
  await land(table, 1);
  expect(await end(table)).toEqual({ status: 'removed', version: 1, reason: 'not-in-version', told: [] });
});

test('a consent withdrawn after the publication, before it landed, outweighs it; a new one too', async () => {
  const table = await cityWith(true, true);
  const head = await getHead(table, uscc);
  const withdrawn = { ...head!, consent: { ...head!.consent!, withdrawnAt: at(10) } };
  await change(table, 10, withdrawn);
  await land(table, 1);
  expect(await end(table)).toEqual({ status: 'removed', version: 1, reason: 'consent-withdrawn', told: [] });
  await change(table, 12, withConsent((await getHead(table, uscc))!, grant, new Date(at(12))).state);
  await land(table, 2);
  expect(await end(table)).toMatchObject({ status: 'removed', version: 2 });
});
