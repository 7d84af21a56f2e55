import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createResources, type Engines, startEngines } from '../../packages/local/engines.ts';
import { drainAtOnce } from '../../services/fund/claims/drain.ts';
import { applyTerms } from '../../services/fund/operations/apply-terms.ts';
import { type ClaimWorld, claimWorld, codeOf, plainProgramme, reviewer } from '../support/claims.ts';
import { tries } from '../support/effort.ts';
import type { FundAnswer, FundSend } from '../support/fund-api.ts';
import { tableSpec } from '../support/table.ts';
import { businessOf, type Death, mortalTable, restore, snapshot, type StoreCall } from './crashes.ts';

/**
 * Each act of a claim dies at each of its calls to the store, before the call and after it, and is said again under its
 * own Idempotency-Key and under another. Then, and after the daily run at the latest, the table is what it is where
 * nobody died: no step is lost, none is done twice.
 */

let engines: Engines;
beforeAll(async () => {
  engines = await startEngines({});
});
afterAll(() => engines.stop());

const own = 'the-key-of-the-act-itself';
const other = 'another-key-for-the-same-act';

type Say = (key: string) => Promise<FundAnswer>;
type Act = {
  name: string;
  programme?: object;
  /** What comes before; answers how the act is said. */
  after: (world: ClaimWorld) => Promise<Say>;
  /** Has no name but its key: what is done is refused under another. */
  once?: true;
  /** What is left to the daily run where only the act's own commit took effect, by whom its answer is kept. */
  leavesRest?: true;
  /** Tried in `npm test` too. */
  usual?: true;
};

async function filed(world: ClaimWorld, more: object = {}): Promise<string> {
  return (await world.file(await world.loan(), more)).body.claimId;
}
async function approved(world: ClaimWorld): Promise<string> {
  const claimId = await filed(world);
  await world.decide(claimId);
  return claimId;
}
const send =
  (world: ClaimWorld, path: string, json: object, as?: string): Say =>
  (key) => {
    const how: FundSend = { key, ...(as !== undefined && { as }) };
    return world.post(path, json, how);
  };
const recovery = { grossFen: 40_000_001, costsFen: 7, receivedOn: '2026-11-23', source: 'pledge-sale' };
const contribution = { level: 'city', amountFen: 90_000_000, receivedOn: '2026-11-23', bankReference: 'MORE' };
const fee = { amountFen: 10_000_000, bookedOn: '2026-11-23', bankReference: 'F1' };
const advancing = { ...plainProgramme, prePosition: { advanceBps: 7_000 } };

/** A claim that waits for the rest of its money, and another behind it. */
async function waiting(world: ClaimWorld): Promise<[string, string]> {
  await world.contribute(60_000_000n);
  const [first, second] = [await approved(world), await approved(world)];
  await world.pay(first);
  await world.pay(second);
  return [first, second];
}

async function proposed(world: ClaimWorld, what: 'settlements' | 'write-offs'): Promise<Say> {
  await world.contribute(200_000_000n);
  const claimId = await world.paid(await world.loan(), what === 'settlements' ? { prePosition: true } : {});
  await world.recover(claimId, 'RC-1', 10_000_000);
  const { body } = await world.propose(claimId, what);
  return send(world, `/v1/claims/${claimId}/${what}/${body.id}/approvals`, {});
}

const acts: Act[] = [
  {
    name: 'filing',
    async after(world) {
      await world.contribute(200_000_000n);
      const loanId = await world.loan();
      return (key) => world.file(loanId, {}, { key });
    },
  },
  {
    name: 'approval',
    once: true,
    async after(world) {
      await world.contribute(200_000_000n);
      const path = `/v1/claims/${await filed(world)}/decisions`;
      return send(world, path, { decision: 'approve', reason: '核对无误' }, reviewer);
    },
  },
  {
    name: 'payment out of a balance that reaches for a part',
    usual: true,
    async after(world) {
      await world.contribute(30_000_000n);
      return send(world, `/v1/claims/${await approved(world)}/payments`, {});
    },
  },
  {
    name: 'contribution that pays what waits',
    usual: true,
    async after(world) {
      await waiting(world);
      return send(world, `/v1/funds/${world.fundId}/contributions`, contribution);
    },
  },
  {
    name: 'recovery that pays what waits',
    usual: true,
    async after(world) {
      const [first] = await waiting(world);
      return send(world, `/v1/claims/${first}/recoveries`, { ...recovery, reference: 'RC-1' }, 'bank');
    },
  },
  {
    name: 'contribution for more claims than one commit holds',
    leavesRest: true,
    async after(world) {
      await world.contribute(10_000_000n);
      const claims: string[] = [];
      for (let count = 0; count < drainAtOnce + 2; count += 1) {
        const loanId = await world.loan({ principalFen: 1_000_000n });
        const { body } = await world.file(loanId, { lossPrincipalFen: 1_000_000 });
        claims.push(body.claimId);
        await world.decide(body.claimId);
      }
      await world.post(`/v1/funds/${world.fundId}/fees`, fee);
      for (const claimId of claims) await world.pay(claimId);
      return send(world, `/v1/funds/${world.fundId}/contributions`, contribution);
    },
  },
  {
    name: 'proposal of a settlement',
    once: true,
    programme: advancing,
    async after(world) {
      await world.contribute(200_000_000n);
      const claimId = await world.paid(await world.loan(), { prePosition: true });
      return send(world, `/v1/claims/${claimId}/settlements`, {}, reviewer);
    },
  },
  {
    name: 'approval of the settlement of an advance',
    once: true,
    programme: advancing,
    after: (world) => proposed(world, 'settlements'),
  },
  { name: 'approval of a write-off', once: true, after: (world) => proposed(world, 'write-offs') },
];

/** Both orders in which it may be said again; in `npm test` one of them, in turns. */
function ordersAt({ call }: Death): (readonly [string, string])[] {
  const orders = [[own, other] as const, [other, own] as const];
  return tries(1, 2) === 2 ? orders : orders.slice(call % 2, (call % 2) + 1);
}

/** A read that dies has no effect, whether it arrived or not. */
function deathsOf(calls: readonly StoreCall[]): Death[] {
  return calls.flatMap(({ writes }, place): Death[] => [
    { call: place + 1, when: 'before' },
    ...(writes ? [{ call: place + 1, when: 'after' as const }] : []),
  ]);
}

const tried = acts.filter(({ usual }) => usual === true || tries(0, 1) === 1);

test.for(tried)(
  '$name: whoever dies on the way, it is done once and whole',
  { timeout: 600_000 },
  async (act, { onTestFinished }) => {
    const name = `crashes-${acts.indexOf(act)}`;
    const resources = { region: 'us-east-1', queues: [], buckets: [] };
    await createResources(engines.urls, { ...resources, tables: [tableSpec(name, false)] });
    const { table, living, stop } = mortalTable(engines.urls.dynamodb, name);
    onTestFinished(stop);
    const world = await claimWorld(table, act.programme);
    const say = await act.after(world);
    const before = await snapshot(table);
    const lies = async () => businessOf(await snapshot(table));
    const daily = () => applyTerms({ table })(world.now());

    const calm = await living(() => say(own));
    expect(calm.answer.status).toBeLessThan(300);
    const end = await lies();
    await daily();
    expect(await lies()).toEqual(end);
    expect(await world.problems()).toEqual([]);

    const start = businessOf(before);
    let rests = 0;
    for (const death of deathsOf(calm.calls)) {
      for (const keys of ordersAt(death)) {
        const at = JSON.stringify({ death, keys });
        await restore(table, before);
        expect((await living(() => say(own), death)).answer.status, at).toBe(500);
        let doneBy = isDeepStrictEqual(await lies(), start) ? undefined : own;
        for (const key of keys) {
          doneBy ??= key;
          const answer = await say(key);
          if (act.once === true && doneBy !== key) expect(codeOf(answer), at).toEqual([409, 'state_conflict']);
          else expect(answer, at).toMatchObject({ status: calm.answer.status, body: calm.answer.body });
          // Who answers from what is kept does nothing more.
          if (act.leavesRest === true && key === keys[0] && !isDeepStrictEqual(await lies(), end)) {
            expect(key, at).toBe(own);
            rests += 1;
            await daily();
          }
          expect(await lies(), at).toEqual(end);
        }
      }
    }
    expect(rests > 0).toBe(act.leavesRest === true);
    expect(await world.problems()).toEqual([]);
  },
);
