/**
 * Which partners may see an event, and how much of it. `recipients`: those that the event's data name so, where
 * `all-banks` means every bank; `partner`: the one named by `partnerId`. `shows` are the fields of its data that a
 * webhook carries (ids and versions, never what somebody wrote), `amounts` those that only the day's file has, in fen.
 */
export type Audience = {
  seenBy: 'recipients' | 'partner';
  shows: readonly string[];
  amounts?: readonly `${string}Fen`[];
};

const entry: Audience = { seenBy: 'recipients', shows: ['uscc', 'version'] };
const loan = (...more: string[]): Audience => ({ seenBy: 'partner', shows: ['loanId', ...more] });
const key: Audience = { seenBy: 'partner', shows: ['keyid'] };

/** A claim's bank, and the guarantors and insurers that share it. */
const claimed = (...amounts: `${string}Fen`[]): Audience => ({
  seenBy: 'recipients',
  shows: ['claimId', 'loanId', 'fundId', 'status'],
  amounts,
});

/** What partners may be told, by event type. What is not here, nobody is told. */
const told = {
  'whitelist.entry.listed.v1': entry,
  'whitelist.entry.suspended.v1': entry,
  'whitelist.entry.reinstated.v1': entry,
  'whitelist.entry.removed.v1': entry,
  'whitelist.entry.expired.v1': entry,
  'loan.filed.v1': { ...loan('filedOn', 'disbursedOn', 'maturesOn', 'renews'), amounts: ['principalFen'] },
  'loan.registered.v1': loan('registeredOn'),
  'loan.reported.v1': { ...loan('asOf'), amounts: ['outstandingFen'] },
  'loan.renewed.v1': loan('newLoanId', 'on'),
  'loan.settled.v1': loan('on'),
  'loan.watch.raised.v1': loan('code', 'dueOn'),
  'loan.watch.cleared.v1': loan('code', 'dueOn'),
  'fund.cover.confirmed.v1': { seenBy: 'partner', shows: ['loanId'], amounts: ['exposureFen'] },
  'fund.cover.refused.v1': { seenBy: 'partner', shows: ['loanId', 'reason'] },
  'partner.key.activated.v1': key,
  'partner.key.revoked.v1': key,
  'partner.key.expiring.v1': { seenBy: 'partner', shows: ['keyid', 'notAfter', 'daysLeft'] },
  'partner.webhook.disabled.v1': { seenBy: 'partner', shows: ['webhookId', 'reason'] },
  'claim.filed.v1': claimed('lossPrincipalFen', 'entitledFen'),
  'claim.returned.v1': claimed(),
  'claim.rejected.v1': claimed(),
  'claim.approved.v1': claimed('approvedFen'),
  'claim.paid.v1': claimed('paidFen', 'pendingFen'),
  'claim.settled.v1': claimed('topUpFen', 'clawBackFen', 'pendingFen'),
  'claim.written-off.v1': claimed('writtenOffFen'),
  'claim.closed.v1': claimed(),
  'fund.refund.posted.v1': claimed('netFen', 'refundFen'),
  'claim.reminder.due.v1': { seenBy: 'partner', shows: ['claimId', 'loanId', 'code', 'stage', 'dueOn'] },
} as const satisfies Record<string, Audience>;

const audiences: ReadonlyMap<string, Audience> = new Map(Object.entries(told));

/** The types that a webhook can ask for. */
export const toldTypes: readonly string[] = [...audiences.keys()];

export function audienceOf(type: string): Audience | undefined {
  return audiences.get(type);
}
