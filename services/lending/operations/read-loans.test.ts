import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '#packages/access';
import { uscc } from '../../../test/support/lending.ts';
import { servicingOn } from '../../../test/support/servicing.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';

let started: TestTable;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());

const person = (role: 'enterprise-user' | 'county-clerk' | 'city-reviewer' | 'auditor', of: object = {}): Caller => ({
  kind: 'person',
  issuer: 'https://issuer.test',
  sub: role,
  role,
  ...of,
});

test('why a bank gave a debt up, and the papers of its own duty, are read by it and the office, not by the borrower or its county', async () => {
  const world = servicingOn(await started.another(), '2026-08-03T04:00:00.000Z');
  await world.founded();
  await world.listed();
  const [loanId, caller] = [await world.lent(), { kind: 'partner', partnerId: 'bank-a', role: 'bank' } as const];
  const [reason, digest] = ['实际控制人失联', 'e'.repeat(64)];
  const ofLoan = { caller, params: { loanId } };
  const paper = { kind: 'collection', digest, on: '2026-08-03' };
  await world.call(world.operations.addEvidence, { ...ofLoan, body: paper });
  await world.report(loanId, { asOf: '2026-08-03', classification: 'loss' });
  expect(
    await world.call(world.operations.writeOffLoan, { ...ofLoan, body: { on: '2026-08-03', reason } }),
  ).toMatchObject({ kind: 'done' });
  const seenBy = async (reader: Caller) => {
    const { result } = await world.call(world.operations.getLoan, { caller: reader, params: { loanId } });
    return result;
  };
  for (const reader of [caller, person('city-reviewer'), person('auditor')]) {
    const view = await seenBy(reader);
    expect(view.evidence).toEqual([paper]);
    expect(JSON.stringify(view.history)).toContain(reason);
  }
  for (const reader of [person('enterprise-user', { uscc }), person('county-clerk', { divisionCode: '411502' })]) {
    const view = await seenBy(reader);
    expect(view.evidence).toEqual([]);
    expect(view.history.map(({ action }: { action: string }) => action)).toContain('loan.write-off');
    expect(inspect(view, { depth: null })).not.toContain(reason);
    expect(inspect(view, { depth: null })).not.toContain(digest);
    expect(view.history).toContainEqual(expect.objectContaining({ action: 'loan.report', about: '2026-08-03' }));
  }
});
