import { machine } from '#packages/machine';

/** An organisation: entered by one person, admitted by another; suspended at once, let back in by another person. */
export const partnerMachine = machine({
  name: 'partner',
  initial: 'proposed',
  states: {
    proposed: { on: { approve: 'active' } },
    active: { on: { approve: 'active', suspend: 'suspended' } },
    suspended: { on: { reinstate: 'active' } },
  },
});

/** A partner's key: it proves that it is theirs, another person confirms it, and the next one takes its place. */
export const keyMachine = machine({
  name: 'partner-key',
  initial: 'pending',
  states: {
    pending: { on: { prove: 'proved', revoke: 'revoked' } },
    proved: { on: { approve: 'active', revoke: 'revoked' } },
    active: { on: { retire: 'retiring', revoke: 'revoked', expire: 'expired' } },
    retiring: { on: { revoke: 'revoked', expire: 'expired' } },
    revoked: { terminal: true },
    expired: { terminal: true },
  },
});

/**
 * An address for webhooks: it proves that it is theirs, another person approves it. What it cannot take waits; it is
 * disabled when it says that it is gone or has failed for days, and is taken up again when somebody says so.
 */
export const webhookMachine = machine({
  name: 'webhook',
  initial: 'pending',
  states: {
    pending: { on: { prove: 'proved', end: 'ended' } },
    proved: { on: { prove: 'proved', approve: 'active', end: 'ended' } },
    active: { on: { disable: 'disabled', end: 'ended' } },
    disabled: { on: { resume: 'active', end: 'ended' } },
    ended: { terminal: true },
  },
});

/** One message to one address: tried until it is taken, or until the schedule ends; then it waits for a person. */
export const deliveryMachine = machine({
  name: 'delivery',
  initial: 'pending',
  states: {
    pending: { on: { deliver: 'delivered', exhaust: 'exhausted', fail: 'pending' } },
    delivered: { on: { replay: 'pending' } },
    exhausted: { on: { replay: 'pending' } },
  },
});
