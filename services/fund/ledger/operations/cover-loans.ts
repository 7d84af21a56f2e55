import type { Write } from '#packages/table';
import { CoverRefusal } from '../../contract/cover-schemas.ts';
import { type Cover, coverId, type Release, releaseExposure, reserveExposure } from '../exposure.ts';
import type { Posted, Refused } from '../command.ts';
import type { Entry } from '../entry.ts';
import { type Ledger, post } from '../post.ts';
import { findEntry } from '../read.ts';

/** What a fund says to a loan, for good. `already_exists`: it was asked for the same loan with other terms before. */
export type CoverAnswer =
  | { loanId: string; status: 'covered'; seq: number; replayed: boolean }
  | { loanId: string; status: 'refused'; reason: CoverRefusal; replayed: boolean }
  | { loanId: string; status: 'already_exists' };

/**
 * Takes loans into a fund's cover, in their order, in as few transactions as hold them. `told` are the steps that go
 * with an answer into its transaction: the event, the cursor of the message that asked.
 */
export function coverLoans(ledger: Ledger) {
  return async (
    fundId: string,
    covers: readonly Cover[],
    told: (answer: CoverAnswer) => Write[] = () => [],
  ): Promise<CoverAnswer[]> => {
    const commands = covers.map((cover) => {
      const said = (answer: Parameters<typeof answerOf>[1]) => told(answerOf(cover.loanId, answer));
      return { ...reserveExposure(cover), beside: said };
    });
    const answers = await post(ledger, fundId, commands);
    return covers.map(({ loanId }, place) => answerOf(loanId, answers[place]));
  };
}

function answerOf(loanId: string, answer: Awaited<ReturnType<typeof post>>[number] | undefined): CoverAnswer {
  if (answer?.kind === 'posted') return { loanId, status: 'covered', seq: answer.entry.seq, replayed: answer.replayed };
  if (answer?.kind !== 'refused') return { loanId, status: 'already_exists' };
  return { loanId, status: 'refused', reason: CoverRefusal.parse(answer.code), replayed: answer.replayed };
}

export type ReleaseAnswer = 'released' | 'not-covered' | 'more-than-covered' | 'nothing-covered' | 'already_exists';

/**
 * Gives back what a loan no longer needs of its cover, once for each `reference`. `told` are the steps that go with the
 * entry into its transaction.
 */
export function releaseLoan(ledger: Ledger) {
  return async (
    fundId: string,
    loanId: string,
    release: Release,
    told: (entry: Entry) => Write[] = () => [],
  ): Promise<ReleaseAnswer> => {
    const reserved = await findEntry(ledger.table, fundId, coverId(loanId));
    if (reserved === undefined) return 'not-covered';
    const beside = (said: Posted | Refused) => (said.kind === 'posted' ? told(said.entry) : []);
    const [answer] = await post(ledger, fundId, [{ ...releaseExposure(reserved, release), beside }]);
    if (answer?.kind === 'posted') return 'released';
    if (answer?.kind !== 'refused') return 'already_exists';
    if (answer.code === 'more-than-covered' || answer.code === 'nothing-covered') return answer.code;
    throw new Error(`${loanId}: ${answer.code}`);
  };
}
