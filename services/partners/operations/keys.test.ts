import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { bank, person, startPartners, type PartnersWorld } from '../../../test/support/partners.ts';
import { newKey, proofOf } from '../../../test/support/partner.ts';
import { startTable, type TestTable } from '../../../test/support/table.ts';
import { keyPolicy } from '../policy.ts';
import { getPartner } from '../store/partner.ts';
import type { Deps } from './context.ts';
import { approveKey, proveKey, revokeKey, submitKey } from './keys.ts';

let started: TestTable;
let world: PartnersWorld;
let deps: Deps;
beforeAll(async () => {
  started = await startTable({ streams: false });
});
afterAll(() => started.stop());
beforeEach(async () => {
  world = await startPartners(started);
  deps = { ...world.deps, keyEnvironment: 'test' };
  await world.enter('bank-a');
});

const ofKey = (keyid: string) => ({ partnerId: 'bank-a', keyid });
const submit = (body: object = {}) =>
  world.call(submitKey(deps), {
    caller: bank('bank-a'),
    params: { partnerId: 'bank-a' },
    body: { ...newKey('ed25519').body, ...body },
  });
const revoke = (keyid: string) =>
  world.call(revokeKey(deps), { caller: person('city-admin'), params: ofKey(keyid), body: { reason: '演练' } });
const keys = async () => (await getPartner(world.table, 'bank-a'))!.state.keys;

/** A key that is proved and waits for its approval. */
async function proved(body: object = {}) {
  const pair = newKey('ed25519');
  const { keyid, challenge, fingerprints } = (await submit({ ...pair.body, ...body })).result;
  const signature = proofOf(pair.privateKeyPem, challenge);
  await world.call(proveKey(deps), { caller: bank('bank-a'), params: ofKey(keyid), body: { signature } });
  return { keyid, fingerprint: fingerprints.sha256 };
}
const approve = ({ keyid, fingerprint }: Awaited<ReturnType<typeof proved>>) =>
  world.call(approveKey(deps), { caller: person('city-reviewer'), params: ofKey(keyid), body: { fingerprint } });

test('a key that ended before anybody approved it is not approved, and the one in use stays in use', async () => {
  const inUse = await proved();
  expect(await approve(inUse)).toMatchObject({ kind: 'done', result: { state: 'active' } });
  const late = await proved({ validUntil: '2026-11-25' });
  world.at('2026-11-26T04:00:00.000Z');
  expect(await approve(late)).toMatchObject({ code: 'state_conflict' });
  expect((await keys()).find(({ keyid }) => keyid === inUse.keyid)).toMatchObject({ state: 'active' });
});
