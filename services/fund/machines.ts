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
