import * as z from 'zod';
import { Bps, Fen } from '#packages/money';
import { basisOf, principalLeft } from '../arithmetic/basis.ts';
import { SharingTerms } from './programme-schemas.ts';
import { Id, onceWellFormed } from '#packages/words';

const maxEvents = 500;

/** What is known of a loan when its loss is claimed. */
export const CaseFacts = z.strictObject({
  outstandingFen: Fen,
  ipPartBps: Bps.optional(),
  /** Net of costs, by the time of the claim. */
  netRecoveredBeforeFen: Fen.optional(),
  annualRateBps: Bps.optional(),
  interestDueFen: Fen.optional(),
  penaltyDueFen: Fen.optional(),
  revenueFen: Fen.optional(),
  enterprisePaidBeforeFen: Fen.optional(),
  bankYearPaidBeforeFen: Fen.optional(),
  bankPreviousBalanceFen: Fen.optional(),
  /** Left out: enough. */
  fundAvailableFen: Fen.optional(),
  countyAvailableFen: Fen.optional(),
});
export type CaseFacts = z.output<typeof CaseFacts>;

const SimulationEvent = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('recovery'), grossFen: Fen, costsFen: Fen }),
  z.strictObject({ type: z.literal('settle') }),
  z.strictObject({ type: z.literal('replenish'), amountFen: Fen }),
]);

export const SimulationRequest = z
  .strictObject({
    programme: SharingTerms,
    case: CaseFacts,
    events: z.array(SimulationEvent).max(maxEvents, { error: `事件不得超过 ${maxEvents} 个` }),
  })
  .superRefine(({ programme, case: facts }, context) => {
    if (facts.revenueFen === undefined && programme.parties.some(({ tiers }) => tiers?.by === 'revenue')) {
      const message = '方案按营业收入分档，应提供 revenueFen';
      context.addIssue({ code: 'custom', path: ['case', 'revenueFen'], message });
    }
    if (principalLeft(basisOf(programme, facts), 0n) > Number.MAX_SAFE_INTEGER) {
      const message = '余额与所覆盖的利息合计应不超过 9007199254740991 分';
      context.addIssue({ code: 'custom', path: ['case', 'outstandingFen'], message });
    }
  }, onceWellFormed)
  .meta({
    example: {
      programme: {
        parties: [
          { id: 'fund', kind: 'public', shareBps: 5_000, split: { countyBps: 4_000, countyShortfall: 'city-covers' } },
          { id: 'insurer', kind: 'private', shareBps: 1_600 },
        ],
        recoveryOrder: 'principal-first',
      },
      case: { outstandingFen: 100_000_000, interestDueFen: 1_200_000 },
      events: [{ type: 'recovery', grossFen: 30_000_000, costsFen: 1_000_000 }],
    },
  });
export type SimulationRequest = z.output<typeof SimulationRequest>;

/**
 * A difference of amounts. What the bank is out by is below zero in one case: it keeps recoveries until an advance is
 * settled, and they may come to more than what was left to it.
 */
const SignedFen = z.codec(
  z.int().meta({ description: '金额（分）；垫付结算前银行留存的回收超过其承担时，银行一栏为负', example: 34_000_000 }),
  z.bigint().min(BigInt(Number.MIN_SAFE_INTEGER)).max(BigInt(Number.MAX_SAFE_INTEGER)),
  { decode: (fen) => BigInt(fen), encode: (fen) => Number(fen) },
);

const Payment = z.strictObject({
  partyId: Id,
  /** Of the bank only what it carries after the payments is told. */
  entitledFen: Fen.optional(),
  paidFen: Fen,
  pendingFen: Fen.optional(),
  split: z.strictObject({ cityFen: Fen, countyFen: Fen, cityClaimOnCountyFen: Fen }).optional(),
});

export const Allocation = z.strictObject({
  partyId: Id,
  principalFen: Fen,
  interestFen: Fen,
  penaltyFen: Fen,
  split: z.strictObject({ cityFen: Fen, countyFen: Fen }).optional(),
});
export type Allocation = z.output<typeof Allocation>;

const EventAnswer = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('recovery'),
    netFen: Fen,
    shortfallFen: Fen,
    /** Every party, the bank last. */
    allocations: z.array(Allocation),
    surplusToPledgorFen: Fen,
  }),
  z.strictObject({ type: z.literal('settle'), topUpFen: Fen, clawBackFen: Fen }),
  z.strictObject({ type: z.literal('replenish'), paidFen: Fen }),
]);

export const SimulationAnswer = z
  .strictObject({
    eligible: z.boolean(),
    reason: z.enum(['ip-share-below-min']).nullable(),
    baseFen: Fen,
    payments: z.array(Payment),
    events: z.array(EventAnswer),
    burdens: z.array(z.strictObject({ partyId: Id, burdenFen: SignedFen })),
  })
  .meta({
    example: {
      eligible: true,
      reason: null,
      baseFen: 100_000_000,
      payments: [
        {
          partyId: 'fund',
          entitledFen: 50_000_000,
          paidFen: 50_000_000,
          pendingFen: 0,
          split: { cityFen: 30_000_000, countyFen: 20_000_000, cityClaimOnCountyFen: 0 },
        },
        { partyId: 'insurer', entitledFen: 16_000_000, paidFen: 16_000_000, pendingFen: 0 },
        { partyId: 'bank', paidFen: 34_000_000 },
      ],
      events: [
        {
          type: 'recovery',
          netFen: 29_000_000,
          shortfallFen: 0,
          allocations: [
            {
              partyId: 'fund',
              principalFen: 14_500_000,
              interestFen: 0,
              penaltyFen: 0,
              split: { cityFen: 8_700_000, countyFen: 5_800_000 },
            },
            { partyId: 'insurer', principalFen: 4_640_000, interestFen: 0, penaltyFen: 0 },
            { partyId: 'bank', principalFen: 9_860_000, interestFen: 0, penaltyFen: 0 },
          ],
          surplusToPledgorFen: 0,
        },
      ],
      burdens: [
        { partyId: 'fund', burdenFen: 35_500_000 },
        { partyId: 'insurer', burdenFen: 11_360_000 },
        { partyId: 'bank', burdenFen: 24_140_000 },
      ],
    },
  });
export type SimulationAnswer = z.output<typeof SimulationAnswer>;
