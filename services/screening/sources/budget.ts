/** What one process may ask of a source: its share of the source's budget, and how much of it at once. */
export type BudgetRate = { requestsPerSecond: number; burst: number };

export type Budget = {
  /**
   * Resolves when a request may be sent, in the order of asking. `too-late`: that would be at or after the deadline;
   * it is said as soon as it is known, and takes nothing from those behind.
   */
  turn(deadline?: Date): Promise<'go' | 'too-late'>;
  /** Gives a turn back that no request was sent for. */
  giveBack(): void;
};

export type BudgetClock = { now: () => Date; wait: (milliseconds: number) => Promise<void> };

/**
 * Paces the requests of one process (GCRA): over no time does it let more go than the rate allows and `burst` besides.
 * Turns are given out one after the other, by the time it really is then, so that timers that ring late make no crowd.
 */
export function createBudget({ requestsPerSecond, burst }: BudgetRate, clock: BudgetClock): Budget {
  const intervalMs = 1_000 / requestsPerSecond;
  const savedMs = (Math.max(1, burst) - 1) * intervalMs;
  /** When the next turn were due if none could be saved up. */
  let nextAt = -Infinity;
  let seenAt = -Infinity;
  let waiting = 0;
  let last: Promise<unknown> = Promise.resolve();

  function readClock(): number {
    const now = clock.now().getTime();
    // A clock that was set back must not make everybody wait for as long as it was wrong.
    if (now < seenAt) nextAt -= seenAt - now;
    seenAt = now;
    return now;
  }

  async function inFront(deadline: Date | undefined): Promise<'go' | 'too-late'> {
    const tooLate = (at: number) => deadline !== undefined && at >= deadline.getTime();
    try {
      const now = readClock();
      const due = nextAt - savedMs;
      if (tooLate(Math.max(now, due))) return 'too-late';
      if (due > now) await clock.wait(Math.ceil(due - now));
      // Whatever the clock says after the wait, the turn has come: nothing here can wait for ever.
      const at = Math.max(readClock(), nextAt - savedMs);
      if (tooLate(at)) return 'too-late';
      nextAt = Math.max(nextAt, at) + intervalMs;
      return 'go';
    } finally {
      waiting -= 1;
    }
  }

  return {
    async turn(deadline) {
      const now = readClock();
      const due = Math.max(nextAt, now) + waiting * intervalMs - savedMs;
      if (deadline !== undefined && Math.max(now, due) >= deadline.getTime()) return 'too-late';
      waiting += 1;
      const turn = last.then(() => inFront(deadline));
      last = turn;
      return turn;
    },
    giveBack() {
      nextAt -= intervalMs;
    },
  };
}
