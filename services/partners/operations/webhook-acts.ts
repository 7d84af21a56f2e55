import { callerId, isAnother } from '#packages/access';
import { actorOf } from '#packages/audit';
import { commit, untilSettled } from '#packages/commit';
import type { Call, Operation } from '#packages/lambda/http';
import { done, type Outcome, refused } from '#packages/outcome';
import type { Write } from '#packages/table';
import { newChallenge } from '../challenge.ts';
import type { Webhook } from '../contract/webhook-schemas.ts';
import type { routes } from '../contract.ts';
import { webhookMachine } from '../machines.ts';
import { webhookPolicy } from '../policy.ts';
import { deliveryWrites, getDelivery, wakeWrite } from '../store/delivery.ts';
import { getHealth, healthWrites, type StoredWebhook, webhookWrites } from '../store/webhook.ts';
import { liveSecrets } from '../webhook-secret.ts';
import { webhookView } from '../webhook-view.ts';
import { type Reached, reachedWebhook, type WebhookDeps } from './webhook-context.ts';
import { telling, toldSecret } from './webhooks.ts';

/** What an act makes of an address, and what is written beside it. */
type Change = { state: StoredWebhook; writes?: Write[] };
type Refused<Code extends string> = ReturnType<typeof refused<Code>>;
type WebhookCall = Pick<Call<typeof routes.approveWebhook>, 'caller' | 'now' | 'requestId' | 'receipt' | 'params'>;

/** A challenge that is still on its way is sent at once; one that is done with is followed by another. */
export function challengeWebhook(deps: WebhookDeps): Operation<typeof routes.challengeWebhook> {
  const { table } = deps;
  return (call) =>
    changed(deps, call, 'challenge', async ({ webhook: { state } }) => {
      if (webhookMachine.next(state.status, 'prove') === undefined) {
        return refused('state_conflict', `该地址现为 ${state.status}，无需再证明`);
      }
      const at = call.now.toISOString();
      const sent = await getDelivery(table, state.partnerId, state.challenge.deliveryId);
      // Whoever asks says that the address is well again.
      const healthy = healthWrites(state.webhookId, await getHealth(table, state.webhookId), undefined);
      if (sent?.delivery.status === 'pending') {
        const due = { ...sent.delivery, nextAttemptAt: at };
        return { state: { ...state, challengedAt: at }, writes: [...healthy, ...deliveryWrites(sent, due)] };
      }
      const number = state.challenge.number + 1;
      const delivery = newChallenge(state, number, call.now);
      const challenge = { number, deliveryId: delivery.deliveryId };
      return {
        state: { ...state, challengedAt: at, challenge },
        writes: [...healthy, ...deliveryWrites(undefined, delivery)],
      };
    });
}

export function approveWebhook(deps: WebhookDeps): Operation<typeof routes.approveWebhook> {
  return (call) =>
    changed(deps, call, 'approve', ({ partner, webhook: { state } }) => {
      const status = webhookMachine.next(state.status, 'approve');
      if (status === undefined) return refused('state_conflict', '该地址尚未证明归属，或已批准');
      if (partner.state.status !== 'active') return refused('state_conflict', '机构尚未获批准，或已被暂停');
      if (!isAnother(call.caller, state.registeredBy)) return refused('second_person_required');
      return {
        state: { ...state, status, approvedAt: call.now.toISOString(), approvedBy: callerId(call.caller) },
      };
    });
}

/** All that waited becomes due at once, and goes in its order. */
export function resumeWebhook(deps: WebhookDeps): Operation<typeof routes.resumeWebhook> {
  return (call) =>
    changed(deps, call, 'resume', async ({ webhook: { state } }) => {
      const status = webhookMachine.next(state.status, 'resume');
      if (status === undefined) return refused('state_conflict', '该地址没有被停用');
      const { disabledAt: _at, disabledReason: _reason, ...rest } = state;
      const health = await getHealth(deps.table, state.webhookId);
      const writes = [
        ...healthWrites(state.webhookId, health, undefined),
        wakeWrite(state.webhookId, call.now.toISOString()),
      ];
      return { state: { ...rest, status }, writes };
    });
}

export function renewWebhookSecret(deps: WebhookDeps): Operation<typeof routes.renewWebhookSecret> {
  return async (call) => {
    // Read first: a secret that then cannot be told would be one of the few there may be.
    const master = await deps.secret();
    let renewed: StoredWebhook | undefined;
    const outcome = await changed(deps, call, 'renew-secret', ({ webhook: { state } }) => {
      if (state.signature !== 'v1' || webhookMachine.isTerminal(state.status)) {
        return refused('state_conflict', '该地址不使用 v1 密钥，或已终止');
      }
      const live = liveSecrets(state, call.now);
      if (live.length >= webhookPolicy.maxLiveSecrets) {
        return refused('state_conflict', '仍有效的密钥过多，请待最早的一把失效');
      }
      const endsAt = new Date(call.now.getTime() + webhookPolicy.secretOverlapMs).toISOString();
      const number = (state.secrets.at(-1)?.number ?? 0) + 1;
      const before = live.map((secret) => ({ ...secret, endsAt: secret.endsAt ?? endsAt }));
      renewed = { ...state, secrets: [...before, { number, createdAt: call.now.toISOString() }] };
      return { state: renewed };
    });
    return outcome.kind === 'refused' || renewed === undefined
      ? outcome
      : telling(outcome, await toldSecret({ ...deps, secret: async () => master }, renewed));
  };
}

/** What was not delivered is not sent any more: the sender says so of each when it is woken. */
export function endWebhook(deps: WebhookDeps): Operation<typeof routes.endWebhook> {
  return async (call) => {
    const outcome = await changed(deps, call, 'end', ({ webhook: { state } }) => {
      const status = webhookMachine.next(state.status, 'end');
      if (status === undefined) return refused('state_conflict', '该地址已终止');
      const at = call.now.toISOString();
      return { state: { ...state, status, endedAt: at }, writes: [wakeWrite(state.webhookId, at)] };
    });
    // The very outcome that was kept; the answer of a DELETE has no body.
    return outcome.kind === 'refused' ? outcome : Object.assign(outcome, { result: undefined });
  };
}

async function changed<Code extends string>(
  { table }: Pick<WebhookDeps, 'table'>,
  call: WebhookCall,
  act: string,
  next: (reached: Reached) => Change | Refused<Code> | Promise<Change | Refused<Code>>,
): Promise<Outcome<Webhook, Code | 'not_found'>> {
  return untilSettled(async () => {
    const reached = await reachedWebhook(table, call.caller, call.params);
    if (reached === undefined) return refused('not_found');
    const change = await next(reached);
    if ('kind' in change) return change;
    const { state, writes = [] } = change;
    const audit = { actor: actorOf(call.caller), action: `webhook.${act}`, outcome: state.status };
    const outcome = done(webhookView(state));
    const all = [...webhookWrites(reached.webhook, { state, audit }, call), ...writes];
    const written = await commit(table, all, call.receipt, outcome);
    return written === 'moved' ? 'moved' : outcome;
  });
}
