import { machine } from '#packages/machine';

/**
 * A loan filed with a fund: it runs, is renewed by another, or is compensated and goes on as a recovery. A bank may write
 * it off without ever having been compensated.
 */
export const loanMachine = machine({
  name: 'loan',
  initial: 'active',
  states: {
    active: {
      on: {
        overdue: 'overdue',
        renew: 'renewed',
        settle: 'settled',
        compensate: 'compensated',
        'write-off': 'written-off',
      },
    },
    overdue: {
      on: {
        cure: 'active',
        renew: 'renewed',
        settle: 'settled',
        compensate: 'compensated',
        'write-off': 'written-off',
      },
    },
    compensated: { on: { recover: 'in-recovery', settle: 'settled', 'write-off': 'written-off' } },
    'in-recovery': { on: { recover: 'in-recovery', settle: 'settled', 'write-off': 'written-off' } },
    renewed: { terminal: true },
    settled: { terminal: true },
    'written-off': { terminal: true },
  },
});

/** The pledge of one right: each is registered with its own authority, and ends by itself. */
export const rightMachine = machine({
  name: 'right',
  initial: 'draft',
  states: {
    draft: { on: { apply: 'applied', register: 'registered', withdraw: 'withdrawn', extinguish: 'extinguished' } },
    applied: {
      on: { return: 'correction', register: 'registered', withdraw: 'withdrawn', extinguish: 'extinguished' },
    },
    correction: { on: { apply: 'applied', register: 'registered', withdraw: 'withdrawn', extinguish: 'extinguished' } },
    registered: {
      on: { change: 'registered', release: 'released', extinguish: 'extinguished', enforce: 'enforced' },
    },
    withdrawn: { terminal: true },
    released: { terminal: true },
    extinguished: { terminal: true },
    enforced: { terminal: true },
  },
});

/** A bundle follows from its rights (`bundle.ts`); this is what can follow what. */
export const bundleMachine = machine({
  name: 'bundle',
  initial: 'partial',
  states: {
    partial: { on: { complete: 'complete', degrade: 'degraded', release: 'released' } },
    complete: { on: { add: 'partial', degrade: 'degraded', release: 'released' } },
    degraded: { on: { release: 'released' } },
    released: { terminal: true },
  },
});

/** What the fund said of a loan: once and for good. */
export const coverMachine = machine({
  name: 'cover',
  initial: 'pending',
  states: {
    pending: { on: { confirm: 'covered', refuse: 'refused' } },
    covered: { terminal: true },
    refused: { terminal: true },
  },
});
