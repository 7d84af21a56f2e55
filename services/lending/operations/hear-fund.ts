import { commit, untilSettled } from '#packages/commit';
import type { Handlers } from '#packages/lambda/queue';
import type { Event } from '#packages/messaging/envelope';
import { done, type Outcome, type Receipt, refused } from '#packages/outcome';
import type { eventTypes } from '#services/fund/contract';
import { coverMachine } from '../machines.ts';
import { getLoan, type Loan, loanWrites } from '../store/loan.ts';
import { getProgrammeLine, putProgramme, putProgrammeLine } from '../store/programme.ts';
import { type Deps, worker } from './context.ts';

/** Keeps of each fund which programme holds from when, and takes its answers for loans. */
export function hearFund({ table, clock }: Deps & { clock: () => Date }): Handlers<typeof eventTypes> {
  /** The fund's word on a loan is said once; a second one, which would be a fault of the fund's, changes nothing. */
  async function answered(
    { id, data: { loanId, fundId } }: Event<{ loanId: string; fundId: string }>,
    receipt: Receipt,
    act: 'confirm' | 'refuse',
    change: Partial<Loan['cover']>,
  ): Promise<Outcome<undefined>> {
    return untilSettled(async (): Promise<Outcome<undefined> | 'moved'> => {
      const held = await getLoan(table, loanId);
      if (held === undefined) throw new Error(`${fundId} answers for ${loanId}, which was never filed`);
      const status = coverMachine.next(held.state.cover.status, act);
      if (status === undefined) return refused('state_conflict');
      const { reason: _missing, ...cover } = held.state.cover;
      const state: Loan = { ...held.state, cover: { ...cover, ...change, status } };
      const outcome = done(undefined);
      const audit = { actor: worker, action: 'loan.cover', outcome: status };
      const writes = loanWrites(held, { state, audit }, { now: clock(), requestId: id });
      return (await commit(table, writes, receipt, outcome)) === 'moved' ? 'moved' : outcome;
    });
  }

  return {
    'fund.founded.v1': async ({ data: { fundId } }, receipt) => {
      const outcome = done(undefined);
      await commit(table, [putProgrammeLine(fundId, [])], receipt, outcome);
      return outcome;
    },
    'fund.programme.activated.v1': async ({ data, time }, receipt) => {
      const { fundId, version, effectiveFrom, programme } = data;
      const line = (await getProgrammeLine(table, fundId)) ?? [];
      const outcome = done(undefined);
      const writes = [
        putProgrammeLine(fundId, [...line, { version, effectiveFrom, approvedAt: time }]),
        putProgramme(fundId, version, programme),
      ];
      await commit(table, writes, receipt, outcome);
      return outcome;
    },
    'fund.cover.confirmed.v1': (event, receipt) => answered(event, receipt, 'confirm', {}),
    'fund.cover.refused.v1': (event, receipt) => answered(event, receipt, 'refuse', { reason: event.data.reason }),
  };
}
