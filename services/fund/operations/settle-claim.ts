import { callerId } from '#packages/access';
import { todayOf } from '#packages/calendar';
import type { Call, Operation } from '#packages/lambda/http';
import { done, refused } from '#packages/outcome';
import { approve, maySay, propose, proposalId } from '../claims/settle.ts';
import type { StoredProposal } from '../claims/stored-claim.ts';
import type { Proposal, routes } from '../contract.ts';
import { openLedger } from '../ledger/post.ts';
import { claimFor } from './claim-context.ts';
import type { Deps } from './context.ts';
import { afterPayments } from './after-payments.ts';
import { bookAnswered } from './book-answered.ts';

type Kind = StoredProposal['kind'];
const paths: Record<Kind, string> = { settlement: 'settlements', 'write-off': 'write-offs' };

export function proposeSettlement(deps: Deps): Operation<typeof routes.proposeSettlement> {
  return (call) => proposed(deps, 'settlement', call);
}

export function proposeWriteOff(deps: Deps): Operation<typeof routes.proposeWriteOff> {
  return (call) => proposed(deps, 'write-off', call, call.body.reason);
}

export function approveSettlement(deps: Deps): Operation<typeof routes.approveSettlement> {
  return (call) => approved(deps, 'settlement', call);
}

export function approveWriteOff(deps: Deps): Operation<typeof routes.approveWriteOff> {
  return (call) => approved(deps, 'write-off', call);
}

export function getSettlement(deps: Deps): Operation<typeof routes.getSettlement> {
  return (call) => shown(deps, 'settlement', call);
}

export function getWriteOff(deps: Deps): Operation<typeof routes.getWriteOff> {
  return (call) => shown(deps, 'write-off', call);
}

type Proposing = Pick<Call<typeof routes.proposeSettlement>, 'params' | 'caller' | 'now' | 'requestId' | 'receipt'>;
type Approving = Pick<Call<typeof routes.approveSettlement>, 'params' | 'caller' | 'now' | 'requestId' | 'receipt'>;

/** One person's proposal, on the claim as it stands; another's approval books it. */
async function proposed({ table }: Deps, kind: Kind, { params, caller, now, receipt }: Proposing, reason?: string) {
  const claim = await claimFor(table, caller, params.claimId);
  if (claim === undefined) return refused('not_found');
  const { claimId } = claim;
  if (claim.state === undefined || !maySay(claim, kind)) return refused('state_conflict');
  const id = proposalId(claim, kind);
  const who = { by: callerId(caller), at: now.toISOString(), on: todayOf(now) };
  let said: StoredProposal | undefined;
  const outcomeOf = (proposal: StoredProposal) =>
    done(proposalView(proposal), `/v1/claims/${claimId}/${paths[kind]}/${id}`);
  const command = propose(claimId, { kind, id, ...(reason !== undefined && { reason }) }, who, (proposal) => {
    said = proposal;
  });
  const ledger = openLedger(table, () => now);
  const telling = () => (said === undefined ? undefined : { told: outcomeOf(said) });
  const { told } = await bookAnswered(ledger, claim.fundId, command, receipt, telling);
  return told ?? refused('state_conflict');
}

const refusals = ['not_found', 'second_person_required', 'version_conflict'] as const;

async function approved({ table }: Deps, kind: Kind, { params, caller, now, requestId, receipt }: Approving) {
  const claim = await claimFor(table, caller, params.claimId);
  if (claim === undefined) return refused('not_found');
  const ledger = openLedger(table, () => now);
  const who = { by: callerId(caller), at: now.toISOString(), on: todayOf(now) };
  let said: StoredProposal | undefined;
  const command = approve(claim, params.id, kind, who, (proposal) => {
    said = proposal;
  });
  const telling = () => (said === undefined ? undefined : { told: done(proposalView(said)) });
  const { answer, told } = await bookAnswered(ledger, claim.fundId, command, receipt, telling);
  if (answer?.kind === 'refused') return refused(refusals.find((code) => code === answer.code) ?? 'state_conflict');
  if (told === undefined) return refused('state_conflict');
  await afterPayments({ table }, claim.fundId, { now, requestId });
  return told;
}

async function shown(
  { table }: Deps,
  kind: Kind,
  { params: { claimId, id }, caller }: Pick<Call<typeof routes.getSettlement>, 'params' | 'caller'>,
) {
  const claim = await claimFor(table, caller, claimId);
  const proposal = claim?.proposals.find((one) => one.kind === kind && one.id === id);
  return proposal === undefined ? refused('not_found') : done(proposalView(proposal));
}

export function proposalView(proposal: StoredProposal): Proposal {
  const { kind: _kind, proposedBy: _by, revision: _revision, reason: _reason, ...view } = proposal;
  return view;
}
