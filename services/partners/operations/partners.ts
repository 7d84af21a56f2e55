import { isDeepStrictEqual } from 'node:util';
import { callerId, isAnother } from '#packages/access';
import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Call, Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import { nextOf, startOf } from '#packages/paging';
import { inPartition, type Write } from '#packages/table';
import { headKeyOf } from '#packages/aggregate';
import type { Partner } from '../contract/schemas.ts';
import type { routes } from '../contract.ts';
import { partnerMachine } from '../machines.ts';
import { proposalOf } from '../proposal.ts';
import {
  getPartner,
  partnerKind,
  partnersIndex,
  partnerWrites,
  readPartner,
  type StoredPartner,
} from '../store/partner.ts';
import { partnerView } from '../view.ts';
import { type Deps, reachedPartner } from './context.ts';
import { wakePartner } from './wake-partner.ts';

/** A partner is entered as proposed: nothing it signs is believed before another person has approved it. */
export function enterPartner({ table }: Deps): Operation<typeof routes.enterPartner> {
  return async (call) =>
    untilSettled(async () => {
      const { body, caller, now } = call;
      const by = callerId(caller);
      const state: StoredPartner = {
        ...body,
        status: partnerMachine.initial,
        createdAt: now.toISOString(),
        proposedBy: by,
        enteredBy: by,
        keys: [],
      };
      const before = await getPartner(table, body.partnerId);
      if (before !== undefined) {
        const { partnerId, role, name, networks, webhookHosts, clientCertificate } = before.state;
        const certificate = clientCertificate === undefined ? {} : { clientCertificate };
        const same = isDeepStrictEqual({ partnerId, role, name, networks, webhookHosts, ...certificate }, body);
        if (!same) return refused('already_exists');
        return { ...done(partnerView(before.state), locationOf(body.partnerId)), replayed: true };
      }
      const outcome = done(partnerView(state), locationOf(body.partnerId));
      const audit = { actor: actorOf(caller), action: 'partner.enter', outcome: state.status };
      const written = await commit(table, partnerWrites(undefined, { state, audit }, call), call.receipt, outcome);
      return written === 'moved' ? 'moved' : outcome;
    });
}

export function listPartners({ table }: Deps): Operation<typeof routes.listPartners> {
  return async ({ query, position, seal }) => {
    const page = await table.page({ condition: inPartition(partnersIndex) }, query.pageSize, startOf(position));
    const heads = await table.getMany(page.items.map((item) => headKeyOf(partnerKind, String(item['sk']))));
    const items = heads.map((item) => partnerView(readPartner(item).state));
    items.sort((one, other) => (one.partnerId < other.partnerId ? -1 : 1));
    return done({ items, nextCursor: nextOf(page, seal) });
  };
}

export function getPartnerView({ table }: Deps): Operation<typeof routes.getPartner> {
  return async ({ params, caller }) => {
    const held = await reachedPartner(table, caller, params.partnerId);
    return held === undefined ? refused('not_found') : done(partnerView(held.state));
  };
}

/** From where it may call and where its webhooks may go is asked for by one person and holds once another approves. */
export function changePartner(deps: Deps): Operation<typeof routes.changePartner> {
  return (call) =>
    changed(deps, call, { action: 'partner.propose-change' }, (partner) => {
      const proposedBy = callerId(call.caller);
      const next =
        partner.status === 'proposed'
          ? { ...partner, ...call.body, proposedBy }
          : { ...partner, proposed: call.body, proposedBy };
      const before = proposalOf(partner);
      return before === undefined || before === proposalOf(next) ? next : { ...next, reproposed: true };
    });
}

/** Approved is what the second person saw: what took the place of another proposal has to be named. */
export function approvePartner(deps: Deps): Operation<typeof routes.approvePartner> {
  return (call) =>
    changed(deps, call, { action: 'partner.approve' }, (partner) => {
      const status = partnerMachine.next(partner.status, 'approve');
      const { proposed, proposedBy, enteredBy, reproposed, ...rest } = partner;
      if (status === undefined || proposedBy === undefined) return refused('state_conflict', '没有待批准的登记或变更');
      const isSecond = isAnother(call.caller, proposedBy) && isAnother(call.caller, enteredBy ?? proposedBy);
      if (!isSecond) return refused('second_person_required');
      const seen = call.body.proposal;
      if (seen === undefined ? reproposed === true : seen !== proposalOf(partner)) {
        return refused('version_conflict', '待批准的内容已被更改：请重新查看，并以 proposal 指明所批准的内容');
      }
      return { ...rest, ...proposed, status };
    });
}

export function suspendPartner(deps: Deps): Operation<typeof routes.suspendPartner> {
  return (call) =>
    changed(deps, call, { action: 'partner.suspend', reason: call.body.reason }, (partner) => {
      const status = partnerMachine.next(partner.status, 'suspend');
      if (status === undefined) return refused('state_conflict', `机构现为 ${partner.status}，不能暂停`);
      return { ...partner, status, suspendedReason: call.body.reason, suspendedBy: callerId(call.caller) };
    });
}

export function reinstatePartner(deps: Deps): Operation<typeof routes.reinstatePartner> {
  return (call) =>
    changed(
      deps,
      call,
      { action: 'partner.reinstate', reason: call.body.reason },
      (partner) => {
        const status = partnerMachine.next(partner.status, 'reinstate');
        const { suspendedReason: _reason, suspendedBy, ...rest } = partner;
        if (status === undefined || suspendedBy === undefined) return refused('state_conflict', '机构没有被暂停');
        if (!isAnother(call.caller, suspendedBy)) return refused('second_person_required');
        return { ...rest, status };
      },
      // What waited for it is due at once.
      ({ partnerId }) => wakePartner(deps.table, partnerId, call.now),
    );
}

type PartnerCall = Pick<Call<typeof routes.approvePartner>, 'caller' | 'now' | 'requestId' | 'receipt'> & {
  params: { partnerId: string };
};

async function changed<Code extends string>(
  { table }: Deps,
  call: PartnerCall,
  { action, reason }: { action: string; reason?: string },
  next: (partner: StoredPartner) => StoredPartner | ReturnType<typeof refused<Code>>,
  beside: (partner: StoredPartner) => Promise<Write[]> = async () => [],
): Promise<Outcome<Partner, Code | 'not_found'>> {
  return untilSettled(async () => {
    const held = await reachedPartner(table, call.caller, call.params.partnerId);
    if (held === undefined) return refused('not_found');
    const state = next(held.state);
    if ('kind' in state) return state;
    const audit = {
      actor: actorOf(call.caller),
      action,
      outcome: state.status,
      ...(reason !== undefined && { reason }),
    };
    const outcome = done(partnerView(state));
    const writes = [...partnerWrites(held, { state, audit }, call), ...(await beside(state))];
    const written = await commit(table, writes, call.receipt, outcome);
    return written === 'moved' ? 'moved' : outcome;
  });
}

const locationOf = (partnerId: string) => `/v1/partners/${partnerId}`;
