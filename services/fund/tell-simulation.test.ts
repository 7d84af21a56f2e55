import fc from 'fast-check';
import { expect, test } from 'vitest';
import { yuanText } from '#packages/money';
import { tries } from '../../test/support/effort.ts';
import { arbitraryRequest } from './arithmetic/arbitrary-claims.ts';
import { simulate } from './arithmetic/simulate.ts';
import type { SimulationRequest } from './contract.ts';
import { tellSimulation } from './tell-simulation.ts';

const request: SimulationRequest = {
  programme: {
    parties: [
      { id: 'fund', kind: 'public', shareBps: 5_000n, split: { countyBps: 4_000n, countyShortfall: 'city-covers' } },
      { id: 'insurer', kind: 'private', shareBps: 1_600n },
    ],
    minIpPartBps: 5_000n,
    eligiblePerEnterpriseFen: 500_000_000n,
    prePosition: { advanceBps: 7_000n },
    recoveryOrder: 'principal-first',
  },
  case: {
    outstandingFen: 1_000_000_000n,
    ipPartBps: 8_000n,
    netRecoveredBeforeFen: 100_000_000n,
    interestDueFen: 1_000_000n,
    fundAvailableFen: 150_000_000n,
    countyAvailableFen: 50_000_000n,
  },
  events: [
    { type: 'recovery', grossFen: 200_000_000n, costsFen: 40_000_000n },
    { type: 'recovery', grossFen: 1n, costsFen: 501n },
    { type: 'settle' },
    { type: 'replenish', amountFen: 100_000_000n },
    { type: 'recovery', grossFen: 700_000_000n, costsFen: 0n },
  ],
};

test('a simulation is told in sentences that a person can add up', () => {
  expect(tellSimulation(request, simulate(request))).toEqual([
    '分担的基数为 4375000.00 元（贷款余额 10000000.00 元，知识产权质押部分 8000000.00 元，方案每户最多认 5000000.00 元，其余在方案之外由银行承担，此前已净回收 1000000.00 元）。',
    'fund 应分担 2187500.00 元，现付 1500000.00 元，其中市级 1000000.00 元、县区 500000.00 元，市级代县区付了 100000.00 元，可向县区追回，余额不足，待拨 31250.00 元。',
    'insurer 应分担 700000.00 元，现付 700000.00 元。',
    '其余 4800000.00 元由银行承担。',
    '第 1 步，净回收 1600000.00 元：银行 得本金 1600000.00 元。',
    '第 2 步，回收所得不抵费用，差 5.00 元，不增加任何一方的承担。',
    '第 3 步，按剩余损失结算：各方补付 0.00 元，银行退回 160000.00 元。',
    '第 4 步，资金到账，补付此前待拨的 187500.00 元。',
    '第 5 步，净回收 7000000.00 元：fund 得本金 1687500.00 元（市级 1187500.00 元、县区 500000.00 元）；insurer 得本金 540000.00 元；银行 得本金 3172500.00 元、利息 10000.00 元；剩余 1590000.00 元归出质人。',
    '最后各方承担：fund 0.00 元，insurer 0.00 元，银行 0.00 元。',
  ]);
});

test('a loan that is not eligible is told why', () => {
  const small = { ...request, case: { ...request.case, ipPartBps: 4_999n } };
  expect(tellSimulation(small, simulate(small))).toEqual([
    '不予分担：贷款中以知识产权质押的部分占 49.99 %，低于方案要求的 50.00 %。',
  ]);
});

test('every amount that somebody pays, gets or bears is among the sentences', () => {
  fc.assert(
    fc.property(arbitraryRequest, (any) => {
      const answer = simulate(any);
      const told = tellSimulation(any, answer).join('\n');
      for (const { paidFen } of answer.payments) expect(told).toContain(`${yuanText(paidFen)} 元`);
      for (const { burdenFen } of answer.burdens) expect(told).toContain(`${yuanText(burdenFen)} 元`);
      for (const event of answer.events) {
        if (event.type === 'replenish') expect(told).toContain(`${yuanText(event.paidFen)} 元`);
        if (event.type !== 'recovery') continue;
        for (const { principalFen } of event.allocations) {
          expect(principalFen === 0n || told.includes(`本金 ${yuanText(principalFen)} 元`)).toBe(true);
        }
      }
    }),
    { numRuns: tries(100, 2_000) },
  );
});
