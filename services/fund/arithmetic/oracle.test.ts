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
    { numRuns: tries(300, 20_000) },
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
