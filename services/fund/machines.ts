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
