import { machine } from '#packages/machine';

/** A county's list: taken in, then cut into chunks of rows or refused whole. Chunks report by themselves. */
export const importMachine = machine({
  name: 'import',
  initial: 'received',
  states: {
    received: { on: { cut: 'cut', refuse: 'failed' } },
    cut: { terminal: true },
    failed: { terminal: true },
  },
});

/** A version of the whitelist: proposed by one person, published by another, never changed after. */
export const versionMachine = machine({
  name: 'whitelist-version',
  initial: 'proposed',
  states: {
    proposed: { on: { approve: 'published' } },
    published: { terminal: true },
  },
});

/** A screening policy or a county's overlay: drafted by one person, released by another, never changed after. */
export const policyMachine = machine({
  name: 'screening-policy',
  initial: 'draft',
  states: {
    draft: { on: { release: 'released' } },
    released: { terminal: true },
  },
});

/** An objection: marked at once, closed by one decision. */
export const objectionMachine = machine({
  name: 'objection',
  initial: 'open',
  states: {
    open: { on: { decide: 'decided' } },
    decided: { terminal: true },
  },
});

/** An enterprise's entry in the whitelist. Coming back takes a version; going takes one fact. */
export const entryMachine = machine({
  name: 'whitelist-entry',
  initial: 'listed',
  states: {
    listed: { on: { list: 'listed', suspend: 'suspended', remove: 'removed', expire: 'expired' } },
    suspended: { on: { reinstate: 'listed', remove: 'removed', expire: 'expired' } },
    removed: { on: { list: 'listed' } },
    expired: { on: { list: 'listed', remove: 'removed' } },
  },
});

/** A source's file: read to its end, or refused whole. */
export const deliveryMachine = machine({
  name: 'delivery',
  initial: 'received',
  states: {
    received: { on: { finish: 'taken', refuse: 'refused' } },
    taken: { terminal: true },
    refused: { terminal: true },
  },
});
