import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { tries } from '../../../test/support/effort.ts';
import type { SimulationRequest } from '../contract.ts';
import { atLeastZero, sum } from './amounts.ts';
import { arbitraryRequest, arbitraryShared } from './arbitrary-claims.ts';
import { lossLeft, principalLeft } from './basis.ts';
import { bankShare, burdensOf, type Claim, ClaimState, lossNow, openClaim, outOf } from './claim.ts';
import type { Means } from './disbursement.ts';
import { baseOf, entitlementsOfClaim, payClaim } from './pay.ts';
import { recover } from './recover.ts';
import { simulate } from './simulate.ts';
import { settle } from './settle.ts';
import { replenish } from './replenish.ts';

const options = { numRuns: tries(300, 20_000) };
const enough: Means = {};

/** Eligible ones only, with what each event made of the claim. */
function follow(request: SimulationRequest): { claim: Claim; states: ClaimState[] } | undefined {
  const claim = openClaim(request.programme, request.case);
  if (claim === 'ip-share-below-min') return undefined;
  const means = { fundFen: request.case.fundAvailableFen, countyFen: request.case.countyAvailableFen };
  let { state } = payClaim(claim, means);
  const states = [state];
  for (const event of request.events) {
    state = after(claim, state, event);
    states.push(state);
  }
  return { claim, states };
}

function after(claim: Claim, state: ClaimState, event: SimulationRequest['events'][number]): ClaimState {
  if (event.type === 'recovery') return recover(claim, state, event).state;
  if (event.type === 'settle') return settle(claim, state, enough).state;
  return replenish(claim, state, event.amountFen, undefined).state;
}

function claimOf(request: SimulationRequest): Claim {
  const claim = openClaim(request.programme, request.case);
  if (claim === 'ip-share-below-min') throw new Error('not eligible');
  return claim;
}

const publicOnly = (claim: Claim, amounts: readonly bigint[]) =>
  sum(amounts.filter((_amount, place) => claim.terms.parties[place]?.kind === 'public'));

describe('whatever happens to a claim', () => {
  test('the burdens add up to the loss that is left', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const { claim, states } = follow(request) ?? { claim: undefined, states: [] };
        for (const state of states) {
          if (claim === undefined) return;
          const { parties, bankFen } = burdensOf(claim, state);
          expect(sum(parties) + bankFen).toBe(principalLeft(claim.basis, state.recoveredFen));
        }
      }),
      options,
    );
  });

  test('no party is out by less than nothing or by more than it owed, and the bank by less than nothing only before an advance is settled', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const { claim, states = [] } = follow(request) ?? {};
        for (const state of states) {
          for (const party of state.parties) {
            expect(outOf(party) >= 0n && outOf(party) <= party.entitledFen).toBe(true);
            const { county } = party;
            if (county) expect(outOf(county) >= 0n && outOf(county) <= outOf(party)).toBe(true);
          }
          if (state.phase === 'shared') expect(bankShare(claim!, state) >= 0n).toBe(true);
        }
      }),
      options,
    );
  });

  test('a recovery is given away to the fen, and no part of it is negative', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        for (const event of simulate(request).events) {
          if (event.type !== 'recovery') continue;
          const given = event.allocations.flatMap((one) => [one.principalFen, one.interestFen, one.penaltyFen]);
          const city = event.allocations.flatMap(({ split }) => (split ? [split.cityFen, split.countyFen] : []));
          expect(sum(given) + event.surplusToPledgorFen).toBe(event.netFen);
          expect([...given, ...city].every((amount) => amount >= 0n)).toBe(true);
          expect(event.netFen === 0n || event.shortfallFen === 0n).toBe(true);
        }
      }),
      options,
    );
  });

  test('a recovery that brings nothing changes nothing, whatever it cost', () => {
    fc.assert(
      fc.property(arbitraryRequest, fc.bigInt({ min: 0n, max: 10_000n }), (request, costsFen) => {
        const { claim, states = [] } = follow(request) ?? {};
        for (const state of states) {
          expect(recover(claim!, state, { grossFen: costsFen, costsFen }).state).toEqual(state);
        }
      }),
      options,
    );
  });

  test('full recovery makes everybody whole, after the settlement of an advance too', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const { claim, states = [] } = follow(request) ?? {};
        const last = states.at(-1);
        if (claim === undefined || last === undefined) return;
        const all = recover(claim, last, { grossFen: 2n ** 60n, costsFen: 0n }).state;
        const { state } = last.phase === 'advanced' ? settle(claim, all, enough) : { state: all };
        expect(burdensOf(claim, state)).toEqual({ parties: state.parties.map(() => 0n), bankFen: 0n });
        expect(state.parties.every(({ paidFen, refundedFen }) => paidFen === refundedFen)).toBe(true);
      }),
      options,
    );
  });

  test('what is told can be added up: what was paid less what came back is what a party is out by', () => {
    fc.assert(
      fc.property(arbitraryRequest, ({ events, ...rest }) => {
        const answer = simulate({ ...rest, events: events.filter(({ type }) => type === 'recovery') });
        const back = (partyId: string) =>
          answer.events.flatMap((event) =>
            event.type === 'recovery' ? event.allocations.filter((one) => one.partyId === partyId) : [],
          );
        const told = answer.payments.map(({ partyId, paidFen }) => ({
          partyId,
          burdenFen: paidFen - sum(back(partyId).map(({ principalFen }) => principalFen)),
        }));
        expect(answer.burdens).toEqual(told);
      }),
      options,
    );
  });

  test('its state goes through a store and comes back the same', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        for (const state of follow(request)?.states ?? []) {
          expect(ClaimState.parse(z.encode(ClaimState, state))).toEqual(state);
        }
      }),
      { numRuns: tries(100, 5_000) },
    );
  });
});

describe('a payment', () => {
  test('adds up with the bank’s loss to the base and what is outside the programme', () => {
    fc.assert(
      fc.property(arbitraryShared, (request) => {
        const { payments, baseFen } = simulate({ ...request, events: [] });
        const { basis } = claimOf(request);
        const before = payClaim(claimOf(request), enough).state.recoveredFen;
        const outside = principalLeft(basis, before) - lossLeft(basis, before);
        expect(sum(payments.map(({ paidFen }) => paidFen))).toBe(baseFen + outside);
      }),
      options,
    );
  });

  test('exceeds no share, no cap, no ceiling and no balance', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const { claim, states = [] } = follow({ ...request, events: [] }) ?? {};
        const [paid] = states;
        if (claim === undefined || paid === undefined) return;
        const { terms, facts } = claim;
        const [base, entitled] = [baseOf(claim), entitlementsOfClaim(claim)];
        for (const [place, { capFen = base, shareBps, tiers }] of terms.parties.entries()) {
          expect(entitled[place]! <= capFen).toBe(true);
          if (tiers === undefined) expect(entitled[place]! * 10_000n <= base * shareBps).toBe(true);
        }
        const together = publicOnly(claim, entitled);
        const { allLevelsCeilingBps = 10_000n, enterpriseCumulativeCapFen: cap, bankYearCap: year } = terms;
        expect(together * 10_000n <= base * allLevelsCeilingBps).toBe(true);
        if (cap) expect(together <= atLeastZero(cap - (facts.enterprisePaidBeforeFen ?? 0n))).toBe(true);
        if (year) {
          const before = facts.bankYearPaidBeforeFen ?? 0n;
          expect(together <= atLeastZero(year.maxFen - before)).toBe(true);
          const ofBalance = (facts.bankPreviousBalanceFen ?? 0n) * year.ofPreviousBalanceBps;
          expect(together === 0n || (together + before) * 10_000n <= ofBalance).toBe(true);
        }
        const out = paid.parties.map(({ paidFen }) => paidFen);
        expect(publicOnly(claim, out) <= (facts.fundAvailableFen ?? base)).toBe(true);
        const county = sum(paid.parties.map((party) => party.county?.paidFen ?? 0n));
        expect(county <= (facts.countyAvailableFen ?? base)).toBe(true);
        for (const party of paid.parties) expect(party.paidFen + party.pendingFen <= party.entitledFen).toBe(true);
      }),
      options,
    );
  });

  test('grows with the loss: of a greater one the public parties together never owe less', () => {
    fc.assert(
      fc.property(arbitraryShared, fc.bigInt({ min: 0n, max: 1_000n }), ({ programme, ...request }, more) => {
        const parties = programme.parties.map(({ tiers: _tiers, ...party }) => party);
        const terms = { ...programme, parties };
        const facts = { ...request.case, netRecoveredBeforeFen: 0n };
        const greater = { ...facts, outstandingFen: facts.outstandingFen + more };
        const [less, most] = [facts, greater].map((one) => claimOf({ programme: terms, case: one, events: [] }));
        expect(publicOnly(most!, entitlementsOfClaim(most!)) >= publicOnly(less!, entitlementsOfClaim(less!))).toBe(
          true,
        );
      }),
      options,
    );
  });
});

describe('recoveries without an advance', () => {
  const recoveriesOnly = arbitraryShared.map((request) => ({
    ...request,
    events: request.events.filter(({ type }) => type === 'recovery'),
  }));

  test('come to the same in any order and in any pieces', () => {
    fc.assert(
      fc.property(recoveriesOnly, fc.nat(), (request, seed) => {
        const nets = request.events.map((event) =>
          event.type === 'recovery' ? atLeastZero(event.grossFen - event.costsFen) : 0n,
        );
        const burdens = (parts: bigint[]) => {
          const events = parts.map((grossFen) => ({ type: 'recovery' as const, grossFen, costsFen: 0n }));
          return simulate({ ...request, events }).burdens;
        };
        const pieces = nets.flatMap((net, place) => {
          const first = (net * BigInt((seed + place) % 11)) / 10n;
          return first > net ? [net] : [net - first, first];
        });
        const expected = burdens(nets);
        expect(burdens(nets.toReversed())).toEqual(expected);
        expect(burdens(pieces)).toEqual(expected);
        expect(burdens([sum(nets)])).toEqual(expected);
      }),
      options,
    );
  });

  test('leave the public parties together with no more than their part of the loss that is left, replenished or not', () => {
    fc.assert(
      fc.property(arbitraryShared, (request) => {
        const events = request.events.filter(({ type }) => type !== 'settle');
        const { claim, states = [] } = follow({ ...request, events }) ?? {};
        if (claim === undefined) return;
        const [base, owed] = [baseOf(claim), publicOnly(claim, entitlementsOfClaim(claim))];
        for (const state of states) {
          const out = publicOnly(claim, state.parties.map(outOf));
          expect(out * base <= owed * lossNow(claim, state)).toBe(true);
        }
      }),
      options,
    );
  });

  test('give back more to nobody because less came in', () => {
    fc.assert(
      fc.property(recoveriesOnly, fc.bigInt({ min: 0n, max: 1_000n }), (request, more) => {
        const burdens = (grossFen: bigint) =>
          simulate({ ...request, events: [{ type: 'recovery', grossFen, costsFen: 0n }] }).burdens;
        const [less, most] = [burdens(more), burdens(more * 2n + 1n)];
        for (const [place, { burdenFen }] of less.entries()) expect(most[place]!.burdenFen <= burdenFen).toBe(true);
      }),
      options,
    );
  });
});

describe('an advance', () => {
  const advances = arbitraryRequest.map(({ programme: { minIpPartBps: _least, ...programme }, ...request }) => ({
    ...request,
    programme: { ...programme, prePosition: programme.prePosition ?? { advanceBps: 7_000n } },
  }));

  test('leaves every recovery with the bank until it is settled', () => {
    fc.assert(
      fc.property(advances, ({ events, ...request }) => {
        const recoveries = events.filter(({ type }) => type === 'recovery');
        for (const event of simulate({ ...request, events: recoveries }).events) {
          if (event.type !== 'recovery') continue;
          const others = event.allocations.slice(0, -1);
          expect(sum(others.map(({ principalFen }) => principalFen))).toBe(0n);
        }
      }),
      options,
    );
  });

  test('once settled is the payment that the loss left then asks for, and settling again moves nothing', () => {
    fc.assert(
      fc.property(advances, ({ events, ...request }) => {
        const recoveries = events.filter(({ type }) => type === 'recovery');
        const { claim, states = [] } = follow({ ...request, events: recoveries }) ?? {};
        const generous = claim!.terms.parties.map(({ split: _split, ...party }) => party);
        const plain = { ...claim!, terms: { ...claim!.terms, parties: generous } };
        const settled = settle(plain, states.at(-1)!, enough);
        for (const party of settled.state.parties) {
          expect([outOf(party), party.pendingFen]).toEqual([party.entitledFen, 0n]);
        }
        const again = settle(plain, settled.state, enough);
        expect([again.topUpFen, again.clawBackFen]).toEqual([0n, 0n]);
      }),
      options,
    );
  });

  test('is never topped up beyond the money at hand', () => {
    fc.assert(
      fc.property(advances, fc.bigInt({ min: 0n, max: 1_000n }), (request, fundFen) => {
        const { claim, states = [] } = follow(request) ?? {};
        const before = states.at(-1)!;
        const { state, means } = settle(claim!, before, { fundFen });
        const outflow = publicOnly(claim!, state.parties.map(outOf)) - publicOnly(claim!, before.parties.map(outOf));
        expect(outflow <= fundFen).toBe(true);
        expect((means.fundFen ?? -1n) >= 0n).toBe(true);
      }),
      options,
    );
  });
});
