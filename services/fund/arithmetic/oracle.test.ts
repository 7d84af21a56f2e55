import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { tries } from '../../../test/support/effort.ts';
import { SimulationAnswer, SimulationRequest } from '../contract.ts';
import { arbitraryRequest } from './arbitrary-claims.ts';
import { simulate } from './simulate.ts';
import { oracle } from './simulation-oracle.ts';

test('the arithmetic and the nine steps, written down a second time, agree to the fen on every claim', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      expect(simulate(request)).toEqual(oracle(request));
    }),
    { numRuns: tries(1_000, 20_000) },
  );
});

test('every claim that is thought of here is one the contract takes, and every answer one that it gives', () => {
  fc.assert(
    fc.property(arbitraryRequest, (request) => {
      const sent: unknown = JSON.parse(JSON.stringify(z.encode(SimulationRequest, request)));
      expect(SimulationRequest.parse(sent)).toEqual(request);
      const answer = simulate(request);
      const told: unknown = JSON.parse(JSON.stringify(z.encode(SimulationAnswer, answer)));
      expect(SimulationAnswer.parse(told)).toEqual(answer);
    }),
    { numRuns: tries(100, 5_000) },
  );
});

test('nothing that may be sent makes the arithmetic fail: it is refused with its place, or answered', () => {
  const odd = fc.constantFrom<unknown>(-1, 10_001, 2 ** 53, 0.5, '1', null, [], {}, Number.MAX_SAFE_INTEGER, 'bank', 0);
  fc.assert(
    fc.property(arbitraryRequest, odd, fc.nat(), (request, value, seed) => {
      const sent: unknown = JSON.parse(JSON.stringify(z.encode(SimulationRequest, request)));
      const places = leavesOf(sent);
      const [holder, name] = places[seed % places.length]!;
      holder[name] = value;
      const read = SimulationRequest.safeParse(sent);
      if (read.success) expect(SimulationAnswer.safeEncode(simulate(read.data)).success).toBe(true);
      else expect(read.error.issues.length).toBeGreaterThan(0);
    }),
    { numRuns: tries(300, 20_000) },
  );
});

/** Every place in a value that holds a value. */
function leavesOf(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== 'object' || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder).flatMap((name) => [[holder, name] as [typeof holder, string], ...leavesOf(holder[name])]);
}
