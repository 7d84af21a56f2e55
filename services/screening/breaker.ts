/** How many failures in a row mean that a peer is down, and how long it is then left alone. */
export type BreakerLimits = { failures: number; openMs: number };

/** Every request that was admitted ends in exactly one of `worked`, `failed` or `abandoned`. */
export type Breaker = {
  /** Whether a request may be sent now. While the breaker is open, one probe per `openMs` may. */
  admits(): boolean;
  /** The peer answered, whatever it said. */
  worked(): void;
  /** The peer did not answer, or said that it cannot. */
  failed(): void;
  /** The caller gave up before the peer could show which of the two it was. */
  abandoned(): void;
};

/** A breaker in memory, for one peer. `now` is in milliseconds. */
export function createBreaker(limits: BreakerLimits, now: () => number): Breaker {
  let failures = 0;
  let openedAt: number | undefined;
  let probing = false;
  return {
    admits() {
      if (openedAt === undefined) return true;
      const elapsed = now() - openedAt;
      // A clock that was set back must not keep the breaker open for as long as it was wrong.
      if (probing || (elapsed >= 0 && elapsed < limits.openMs)) return false;
      probing = true;
      return true;
    },
    worked() {
      failures = 0;
      openedAt = undefined;
      probing = false;
    },
    failed() {
      failures += 1;
      probing = false;
      if (failures >= limits.failures) openedAt = now();
    },
    abandoned() {
      probing = false;
    },
  };
}
