import { expect, test } from 'vitest';
import { bank, person, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { newKey, proofOf } from '../../../test/support/partner.ts';
import { keyPolicy } from '../policy.ts';
import { getPartner } from '../store/partner.ts';
import type { Deps } from './context.ts';
import { approveKey, listKeys, proveKey, revokeKey, submitKey } from './keys.ts';

let world: PartnersWorld;
let deps: Deps;
onStage(async (stage) => {
  ({ world } = stage);
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

test('who approves a key sees how long the one before will go on', async () => {
  const { keyid } = await proved({ overlapDays: 1 });
  const { result } = await world.call(listKeys(deps), {
    caller: person('city-reviewer'),
    params: { partnerId: 'bank-a' },
  });
  expect(result.items[0]).toMatchObject({ keyid, state: 'proved', overlapDays: 1 });
});

test('keys that were submitted and never approved cannot shut a partner out: revoked, they make room', async () => {
  const submitted = [];
  for (let count = 0; count < keyPolicy.maxOnRecord; count += 1) submitted.push((await submit()).result.keyid);
  expect(await submit()).toMatchObject({ code: 'state_conflict' });
  for (const keyid of submitted.slice(-2)) await revoke(keyid);
  const fresh = await submit();
  expect(fresh).toMatchObject({ kind: 'done' });
  // A number is given once, whatever became of the key that had it.
  expect(submitted).not.toContain(fresh.result.keyid);
  expect((await keys()).length).toBe(keyPolicy.maxOnRecord - 1);
});

test('a key that was approved once stays on record', async () => {
  const { keyid, fingerprint } = await proved();
  await approve({ keyid, fingerprint });
  await revoke(keyid);
  for (let count = 0; count < keyPolicy.maxOnRecord + 1; count += 1) await revoke((await submit()).result.keyid);
  expect((await keys()).map((key) => key.keyid)).toContain(keyid);
});
