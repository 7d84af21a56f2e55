import { expect, test } from 'vitest';
import { ValuationRequest } from '../contract/valuation-schemas.ts';
import { assess } from './assess.ts';
test('x', () => {
  const r = ValuationRequest.parse(ValuationRequest.meta()!.example);
  const started = performance.now();
  const a = assess(r, '2026-11-27');
  console.log(performance.now() - started, a);
  expect(a.kind).toBe('assessed');
});
