import * as z from 'zod';

/** How many failures in a row mean that a peer is down, and how long it is then left alone. */
export type BreakerLimits = { failures: number; openMs: number };

/** All that a breaker knows, as it is stored: open where `openedAt` stands. */
export const BreakerState = z.strictObject({
  failures: z.int().nonnegative(),
  openedAt: z.iso.datetime().exactOptional(),
});
export type BreakerState = z.output<typeof BreakerState>;

/** Leave to send one request. It ends in exactly one of `worked`, `failed` or `abandoned`. */
export type Admission = {
  /** The breaker opened since, and this request is not its probe: it had better not be sent. */
  lapsed(): boolean;
  /** The peer answered, whatever it said. */
  worked(): void;
  /** The peer did not answer, or said that it cannot. */
  failed(): void;
  /** The request was not sent, or given up before the peer could show which of the two it was. */
  abandoned(): void;
};

export type Breaker = {
  /**
   * Leave to send a request now, or none. While a probe is under way whoever asks waits for its result; it comes,
   * because every admission ends.
   */
  admit(): Promise<Admission | undefined>;
  state(): BreakerState;
  /** The state where it opened, opened again or closed since this was last asked: what is worth storing. */
  transition(): BreakerState | undefined;
};

/** What the breaker starts from: what another process stored, and when the work that asks was begun. */
export type BreakerMemory = { stored?: BreakerState | undefined; askedAt?: string | undefined };

const closed: BreakerState = { failures: 0 };

/** A breaker for one peer. What it knows is data and survives the process; only a probe under way does not. */
export function createBreaker(limits: BreakerLimits, now: () => Date, memory: BreakerMemory = {}): Breaker {
  let state = memory.stored ?? closed;
  let told = state.openedAt;
  /** Those who wait for the probe that is under way. */
  let probe: { waiting: ((admission: Admission | undefined) => void)[] } | undefined;

  function admission(own?: typeof probe): Admission {
    const isProbe = () => own !== undefined && own === probe;
    return {
      lapsed: () => state.openedAt !== undefined && !isProbe(),
      worked() {
        const waiting = probe?.waiting ?? [];
        state = closed;
        probe = undefined;
        for (const resolve of waiting) resolve(admission());
      },
      failed() {
        // What was sent before it opened says nothing new: counted, it would put the next probe off.
        if (state.openedAt !== undefined && !isProbe()) return;
        state = afterFailure(state, limits, now());
        if (!isProbe()) return;
        const waiting = probe?.waiting ?? [];
        probe = undefined;
        for (const resolve of waiting) resolve(undefined);
      },
      abandoned() {
        if (!isProbe()) return;
        const [next, ...waiting] = probe?.waiting ?? [];
        probe = next && { waiting };
        next?.(admission(probe));
      },
    };
  }

  return {
    async admit() {
      if (state.openedAt === undefined) return admission();
      const underWay = probe;
      if (underWay !== undefined) return new Promise((resolve) => underWay.waiting.push(resolve));
      if (!mayProbe(state.openedAt, limits, now(), memory.askedAt)) return undefined;
      probe = { waiting: [] };
      return admission(probe);
    },
    state: () => state,
    transition() {
      if (state.openedAt === told) return undefined;
      told = state.openedAt;
      return state;
    },
  };
}

/** A failed probe opens it again from now on, however few failures are left after a change of the limits. */
function afterFailure({ failures, openedAt }: BreakerState, limits: BreakerLimits, now: Date): BreakerState {
  const opens = openedAt !== undefined || failures + 1 >= limits.failures;
  return { failures: failures + 1, ...(opens && { openedAt: now.toISOString() }) };
}

function mayProbe(openedAt: string, { openMs }: BreakerLimits, now: Date, askedAt: string | undefined): boolean {
  const opened = Date.parse(openedAt);
  // Work that a person began after it opened asks anew.
  if (askedAt !== undefined && Date.parse(askedAt) > opened) return true;
  const elapsed = now.getTime() - opened;
  // A clock that was set back must not keep it open for as long as it was wrong.
  return elapsed >= openMs || elapsed < 0;
}
