import { expect, test } from 'vitest';
import { person, type PartnersWorld, onStage } from '../../../test/support/partners.ts';
import { routes } from '../contract.ts';
import type { Deps } from './context.ts';
import { approvePartner, changePartner, enterPartner, getPartnerView } from './partners.ts';

let world: PartnersWorld;
let deps: Deps;
onStage(async (stage) => {
  ({ world } = stage);
  deps = { ...world.deps, keyEnvironment: 'test' };
});

const params = { partnerId: 'bank-a' };
const access = (network: string) => ({ name: '示例银行甲', networks: [network], webhookHosts: [] });
const [honest, wide] = [access('203.0.113.0/24'), access('198.51.0.0/16')];
const [admin, reviewer] = [person('city-admin'), person('city-reviewer')];
const propose = (body: object, caller = admin) => world.call(changePartner(deps), { caller, params, body });
const approve = (body: object = {}, caller = reviewer) => world.call(approvePartner(deps), { caller, params, body });
const look = async () => (await world.call(getPartnerView(deps), { caller: reviewer, params })).result;

test('what is approved is what was looked at: changed since, it has to be looked at again', async () => {
  await world.enter('bank-a');
  await propose(honest);
  const { proposal } = await look();
  await propose(wide);
  expect(await approve({ proposal })).toMatchObject({ code: 'version_conflict' });
  // Who does not say what was seen cannot have meant just this.
  expect(await approve()).toMatchObject({ code: 'version_conflict' });
  expect(await look()).toMatchObject({ networks: [], proposed: wide });
  const seen = (await look()).proposal;
  expect(await approve({ proposal: seen })).toMatchObject({ kind: 'done', result: wide });
  expect(await look()).not.toHaveProperty('proposal');
});

test('a proposal that was not changed is approved without more, the same again being no change', async () => {
  await world.enter('bank-a');
  await propose(honest);
  await propose(honest);
  expect(await approve()).toMatchObject({ kind: 'done', result: honest });
  // The next one is a proposal of its own.
  await propose(wide);
  expect(await approve()).toMatchObject({ kind: 'done', result: wide });
});

test('a registration that was changed before its approval is approved as it is now, or not at all', async () => {
  await world.call(enterPartner(deps), { caller: admin, body: { ...params, role: 'bank', ...honest } });
  const { proposal } = await look();
  await propose(wide);
  expect(await approve({ proposal })).toMatchObject({ code: 'version_conflict' });
  const seen = (await look()).proposal;
  expect(await approve({ proposal: seen })).toMatchObject({ kind: 'done', result: { status: 'active', ...wide } });
});

test('who entered a partner does not approve it, though a colleague changed the registration meanwhile', async () => {
  const both = person('city-admin', 'both');
  await world.call(enterPartner(deps), { caller: both, body: { ...params, role: 'bank', ...honest } });
  await propose({ ...honest, name: '示例银行（甲）' }, person('city-admin', 'colleague'));
  const { proposal } = await look();
  expect(await approve({ proposal }, person('city-reviewer', 'both'))).toMatchObject({
    code: 'second_person_required',
  });
  expect(await approve({ proposal }, person('city-reviewer', 'colleague'))).toMatchObject({
    code: 'second_person_required',
  });
  expect(await approve({ proposal })).toMatchObject({ kind: 'done' });
  await propose(honest, person('city-admin', 'colleague'));
  expect(await approve({}, person('city-reviewer', 'both'))).toMatchObject({ kind: 'done' });
});

test('no partner goes by a word that means all banks, or by the name that our own keys begin with', () => {
  const { body } = routes.enterPartner;
  const takes = (partnerId: string) => body.safeParse({ ...honest, partnerId, role: 'insurer' }).success;
  expect(['bank-a', 'all-banks-of-xinyang', 'ippf'].map(takes)).toEqual([true, true, true]);
  expect(['all-banks', 'ippf-answers', 'ippf-webhooks'].map(takes)).toEqual([false, false, false]);
});

test('a change says where a partner may call from: what is left out is not opened to everybody', () => {
  const { body } = routes.changePartner;
  expect(body.safeParse({ name: '新名' }).success).toBe(false);
  expect(body.safeParse(honest).success).toBe(true);
});
