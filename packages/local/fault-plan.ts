/**
 * - `fail-before`: the engine never sees the request (DynamoDB 500, SQS 503).
 * - `fail-after`: the engine carries it out, the connection is reset in place of the answer.
 * - `delay`: it arrives late.
 * - `duplicate`: the engine gets it twice, the caller the second answer.
 * - `conflict`: another transaction is at work on the item; the engine never sees it. Only DynamoDB writes and
 *   transactions have it.
 * - `throttle`: too many requests; the engine never sees it.
 * - `stale-read`: a DynamoDB read that is not consistent gets the answer which the same request had the last time, if any.
 */
export const faultKinds = [
  'fail-before',
  'fail-after',
  'delay',
  'duplicate',
  'conflict',
  'throttle',
  'stale-read',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export type FaultPlan = {
  /** From 0 to 1 each, together at most 1: a request has one fault or none. */
  probabilities: Partial<Record<FaultKind, number>>;
  /** Only these operations, e.g. `TransactWriteItems`; without it all. */
  operations?: string[];
  /** How long a delay takes. */
  delayMs?: number;
};

/** Breaks exactly one call: the first that matches, once `after` that match have passed. */
export type OneFault = { kind: FaultKind; operation?: string; bodyIncludes?: string; after?: number };

export type FaultChooser = {
  setPlan(plan: FaultPlan | undefined): void;
  failNext(fault: OneFault): void;
  /** `possible` says whether the request can have that fault at all; one that cannot passes unharmed. */
  choose(operation: string, body: string, possible: (kind: FaultKind) => boolean): FaultKind | undefined;
  /** The next number from 0 to 1 of the seed's sequence. */
  random(): number;
  delayMs(): number;
};

const defaultDelayMs = 200;

/** The same seed and the same requests in the same order make the same faults. */
export function chooseFaults(seed: number, initial?: FaultPlan): FaultChooser {
  const random = sequence(seed);
  let plan = checked(initial);
  const armed: { fault: OneFault; passes: number }[] = [];
  return {
    random,
    delayMs: () => plan?.delayMs ?? defaultDelayMs,
    setPlan(next) {
      plan = checked(next);
    },
    failNext(fault) {
      armed.push({ fault, passes: fault.after ?? 0 });
    },
    choose(operation, body, possible) {
      for (const one of armed) {
        const { fault } = one;
        if (fault.operation !== undefined && fault.operation !== operation) continue;
        if (fault.bodyIncludes !== undefined && !body.includes(fault.bodyIncludes)) continue;
        if (!possible(fault.kind)) continue;
        one.passes -= 1;
        if (one.passes >= 0) continue;
        armed.splice(armed.indexOf(one), 1);
        return fault.kind;
      }
      if (plan === undefined || (plan.operations !== undefined && !plan.operations.includes(operation)))
        return undefined;
      // One number for each request of the plan, whatever comes of it, so that the sequence depends on the order alone.
      let rest = random();
      for (const kind of faultKinds) {
        const probability = plan.probabilities[kind] ?? 0;
        if (rest < probability) return possible(kind) ? kind : undefined;
        rest -= probability;
      }
      return undefined;
    },
  };
}

function checked(plan: FaultPlan | undefined): FaultPlan | undefined {
  const sum = Object.values(plan?.probabilities ?? {}).reduce((total, probability) => total + probability, 0);
  if (sum > 1 + 1e-9) throw new Error(`the probabilities of a fault plan come to ${String(sum)}, more than 1`);
  return plan;
}

/** Mulberry32: 32 bits of state are plenty for choosing faults, and the same on every machine. */
function sequence(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
