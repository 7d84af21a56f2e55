import { ValuationRequest } from '../contract/valuation-schemas.ts';

/*
 * For tests: what is asked, as it comes over the wire.
 */

export const twoMethods = {
  right: { kind: 'invention', number: '201710601862.3' },
  purpose: 'finance',
  valuedOn: '2026-11-02',
  legalLife: { expiresOn: '2037-07-20' },
  methods: [
    {
      method: 'revenue-share',
      revenueFen: [1_000_000_000, 1_100_000_000, 1_210_000_000],
      shareBps: { low: 400, mode: 500, high: 600 },
      discount: { rateBps: { low: 1_200, mode: 1_500, high: 1_800 } },
      economicLifeMonths: 36,
    },
    { method: 'cost', replacementFen: 150_000_000, depreciationBps: 2_500 },
  ],
};

export const licenceRequest = {
  right: { kind: 'licence-income', number: 'XK-2025-7' },
  uscc: '91411502MA9TETT0X9',
  purpose: 'finance',
  valuedOn: '2026-11-02',
  methods: [
    {
      method: 'licence-income',
      fees: [
        { feeFen: 80_000_000, collectionBps: 9_500 },
        { feeFen: 80_000_000, collectionBps: { low: 7_000, mode: 9_000, high: 9_500 } },
      ],
      contractMonths: 18,
      discount: { rateBps: 1_000 },
    },
  ],
  onlyMethodReason: '合同收入已定，其他方法不适用',
};

export const scores = {
  stability: 80,
  scope: 80,
  detectability: 80,
  dependence: 80,
  advancement: 70,
  substitutability: 70,
  range: 70,
  independence: 70,
  maturity: 70,
  trend: 70,
  'remaining-life': 60,
  competition: 60,
  'market-use': 60,
  operation: 60,
};

export function requested(change: object = {}): ValuationRequest {
  return ValuationRequest.parse({ ...twoMethods, ...change });
}
