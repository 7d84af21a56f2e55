import { expect, test } from 'vitest';
import { readAuditRow, verifyAggregate } from '#packages/audit';
import { verifyDay } from '#packages/audit/verify';
import { legalDateOf } from '#packages/calendar';
import { inOrder, type World } from './world.ts';

/** What is kept of it all. */
export function records(world: World): void {
  test('every change has its audit row, and the rows chain', async () => {
    const uscc = await world.story.enterprise();
    const withdrawn = await world.city.call('DELETE', `/v1/enterprises/${uscc}/consent`, {
      token: world.city.operator('county-clerk-411502'),
    });
    await world.story.drained();
    const rows = (
      await world.itemsWith({ expression: 'begins_with(sk, :audit)', values: { ':audit': 'AUDIT#' } })
    ).flatMap((item) => readAuditRow(item) ?? []);
    expect(rows.find(({ requestId }) => requestId === withdrawn.headers.get('x-request-id'))).toMatchObject({
      action: 'consent.withdraw',
      resource: `enterprise/${uscc}`,
      actor: { type: 'person', id: 'county-clerk-411502', role: 'county-clerk' },
    });
    const approvals = rows.filter(({ action }) => action === 'whitelist.approve');
    expect(approvals.length).toBeGreaterThan(4);
    for (const { actor } of approvals) expect(actor.id).toMatch(/^city-admin(-2)?$/);
    const aggregates = Map.groupBy(rows, ({ pk }) => pk);
    for (const [pk, own] of aggregates) {
      expect([pk, await verifyAggregate(world.table, pk)]).toMatchObject([
        pk,
        { kind: 'intact', head: { sequence: own.length } },
      ]);
    }

    const days = [...new Set(rows.map(({ at }) => legalDateOf(at)))].toSorted(inOrder);
    const sealed = await world.city.call('POST', '/__local/schedules/screening-audit-seal', {
      json: { at: `${days.at(-1)}T16:30:00.000Z` },
    });
    expect(sealed.status).toBe(200);
    const verified = await Promise.all(days.map((day) => verifyDay(world.table, day)));
    expect(verified.map(({ kind }) => kind)).toEqual(days.map(() => 'intact'));
    expect(verified.reduce((sum, day) => sum + (day.kind === 'intact' ? day.rows : 0), 0)).toBe(rows.length);
  });
}
