import { machine } from '#packages/machine';

/** A version of a fund's programme: proposed by one person, approved by another, never changed after. */
export const programmeMachine = machine({
  name: 'fund-programme',
  initial: 'draft',
  states: {
    draft: { on: { approve: 'approved' } },
    approved: { terminal: true },
  },
});

/** Capital that goes back to its contributor: proposed by one person, approved by another, then paid. */
export const contributionReturnMachine = machine({
  name: 'contribution-return',
  initial: 'proposed',
  states: {
    proposed: { on: { approve: 'approved' } },
    approved: { on: { pay: 'paid' } },
    paid: { terminal: true },
  },
});

/**
 * A claim (代偿申请). `wait`: the fund's balance did not reach; `lapse`: the loan moved between approval and payment, so
 * that the bank has to file anew. Whatever is settled, paid or written off still takes recoveries, until all are whole.
 */
export const claimMachine = machine({
  name: 'claim',
  initial: 'filed',
  states: {
    filed: { on: { return: 'returned', reject: 'rejected', approve: 'approved' } },
    approved: { on: { advance: 'advanced', pay: 'paid', wait: 'pending-funds', lapse: 'returned' } },
    advanced: { on: { pay: 'advanced', recover: 'advanced', settle: 'settled' } },
    'pending-funds': { on: { wait: 'pending-funds', pay: 'paid', recover: 'pending-funds' } },
    paid: { on: { recover: 'paid', close: 'closed', 'write-off': 'written-off' } },
    settled: { on: { pay: 'settled', recover: 'settled', close: 'closed', 'write-off': 'written-off' } },
    'written-off': { on: { recover: 'written-off' } },
    closed: { terminal: true },
    returned: { terminal: true },
    rejected: { terminal: true },
  },
});

/** A settlement or a write-off of a claim: proposed by one person, approved by another, on the claim as it then was. */
export const proposalMachine = machine({
  name: 'claim-proposal',
  initial: 'proposed',
  states: {
    proposed: { on: { approve: 'approved', supersede: 'superseded' } },
    approved: { terminal: true },
    superseded: { terminal: true },
  },
});
