import * as z from 'zod';
import { LegalDate } from '#packages/calendar';
import type { EventTypes } from '#packages/contract';
import { Fen } from '#packages/money';
import { Id, Version } from '#packages/words';
import { ClaimStatus, returnCodes, triggerModes } from './claim-schemas.ts';

/** Whose claim it is, and where it stands after the event: `recipients` are its bank and the private parties of it. */
const ofClaim = {
  claimId: Id,
  loanId: Id,
  partnerId: Id,
  fundId: Id,
  status: ClaimStatus,
  recipients: z.array(Id),
  /** The entry of the fund's journal by which it happened. */
  seq: z.int().positive(),
  on: LegalDate,
};
const data = <Shape extends z.ZodRawShape>(shape: Shape) => z.strictObject({ ...ofClaim, ...shape });

/** Every event of a claim, counted per claim. */
export const claimEventTypes = {
  'claim.filed.v1': {
    stream: 'claim',
    summary: '已申请代偿',
    data: data({
      programmeVersion: Version,
      trigger: z.enum(triggerModes),
      lossPrincipalFen: Fen,
      /** What the public parties are due to pay. */
      entitledFen: Fen,
      previousClaimId: Id.optional(),
    }),
  },
  'claim.returned.v1': {
    stream: 'claim',
    summary: '代偿申请已退回',
    data: data({ codes: z.array(z.enum(returnCodes)) }),
  },
  'claim.rejected.v1': { stream: 'claim', summary: '代偿申请已驳回', data: data({}) },
  'claim.approved.v1': { stream: 'claim', summary: '代偿申请已核准', data: data({ approvedFen: Fen }) },
  'claim.paid.v1': {
    stream: 'claim',
    summary: '代偿款已支付，或待拨部分已补付',
    data: data({ paidFen: Fen, pendingFen: Fen }),
  },
  'claim.settled.v1': {
    stream: 'claim',
    summary: '垫付已清算',
    data: data({ topUpFen: Fen, clawBackFen: Fen, pendingFen: Fen }),
  },
  'claim.written-off.v1': { stream: 'claim', summary: '代偿已核销', data: data({ writtenOffFen: Fen }) },
  'claim.closed.v1': { stream: 'claim', summary: '各方损失已全部收回，代偿结案', data: data({}) },
  'fund.refund.posted.v1': {
    stream: 'claim',
    summary: '回收款归还基金已入账，或误报已冲回',
    data: data({ reference: z.string(), netFen: Fen, refundFen: Fen, reversed: z.boolean() }),
  },
} as const satisfies EventTypes;
