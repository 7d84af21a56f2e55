import type { LookupFunction } from 'node:net';
import { untilSettled } from '#packages/commit';
import { epochSeconds } from '#packages/epoch-seconds';
import { type SigningKey, signWebhook } from '#packages/signature/standard-webhooks';
import type { Held } from '#packages/aggregate';
import type { Table, Write } from '#packages/table';
import { answersChallenge, challengeType } from '../challenge.ts';
import type { Attempt } from '../contract/webhook-schemas.ts';
import { retryAfterMs, waitAfter } from '../delivery-schedule.ts';
import { partnerEndpoint } from '../endpoint.ts';
import { deliveryMachine, webhookMachine } from '../machines.ts';
import { deliveryPolicy } from '../policy.ts';
import { type Posted, postWebhook } from '../post-webhook.ts';
import { deliveryWrites, getDelivery, type HeldDelivery, type StoredDelivery } from '../store/delivery.ts';
import type { StoredPartner } from '../store/partner.ts';
import { getHealth, getWebhook, healthWrites, type StoredWebhook, webhookWrites } from '../store/webhook.ts';
import { afterFailure, type Health, isHopeless } from '../webhook-health.ts';
import { signingKeys } from '../webhook-secret.ts';

export type AttemptDeps = {
  table: Table;
  webhookKeys: () => Promise<readonly SigningKey[]>;
  secret: () => Promise<string>;
  localhost: boolean;
  lookup: LookupFunction;
  random: () => number;
  /** The time that receivers have as well: what is signed is signed for it, whatever time a sweep was started for. */
  clock: () => Date;
  /** How long one attempt may take altogether. */
  timeoutMs: number;
};

/** Everything that one attempt rests on, as it was read. */
export type Reading = {
  webhook: Held<StoredWebhook>;
  partner: Held<StoredPartner>;
  health: Health | undefined;
  held: HeldDelivery;
};

/** What an attempt came to. `restMs` is what the receiver asked for. */
export type Judged = { attempt: Attempt; gone: boolean; restMs: number };

/** Sends the message once. Nothing is written: what came of it is for `record`. */
export async function attempt(deps: AttemptDeps, reading: Reading, now: () => Date): Promise<Judged> {
  const { delivery } = reading.held;
  const started = now();
  const begun = performance.now();
  const posted = await post(deps, reading);
  const milliseconds = Math.round(performance.now() - begun);
  const judged = judge(posted, delivery);
  const status = posted.kind === 'answered' ? posted.status : undefined;
  return {
    attempt: {
      at: started.toISOString(),
      outcome: judged === undefined ? 'delivered' : 'failed',
      ...(status !== undefined && { httpStatus: status }),
      milliseconds,
      ...(judged !== undefined && { reason: judged }),
    },
    gone: status === 410,
    restMs:
      posted.kind === 'answered' && (status === 429 || status === 503) ? retryAfterMs(posted.retryAfter, now()) : 0,
  };
}

async function post(deps: AttemptDeps, { webhook, partner, held }: Reading): Promise<Posted> {
  const now = deps.clock();
  const endpoint = partnerEndpoint(webhook.state.url, partner.state.webhookHosts, deps.localhost);
  if (endpoint.kind === 'refused') return { kind: 'failed', reason: 'address-not-allowed' };
  const body = Buffer.from(held.delivery.body);
  const keys = await signingKeys(webhook.state, now, deps);
  const signed = signWebhook({ id: held.delivery.deliveryId, timestamp: epochSeconds(now), body, keys });
  const headers = { ...signed, 'content-type': 'application/json', 'user-agent': 'zhirong-webhooks/1' };
  const { lookup, timeoutMs } = deps;
  return postWebhook({
    url: endpoint.url,
    headers,
    body,
    lookup,
    timeoutMs,
    maxAnswerBytes: deliveryPolicy.maxAnswerBytes,
  });
}

/** Why the message was not taken; undefined where it was. */
function judge(posted: Posted, { type, body }: StoredDelivery): string | undefined {
  if (posted.kind === 'failed') return posted.reason;
  const { status } = posted;
  if (status >= 300 && status < 400) return 'redirect';
  if (status === 410) return 'gone';
  if (status < 200 || status >= 300) return 'refused';
  return type === challengeType && !answersChallenge(body, posted.body) ? 'challenge-mismatch' : undefined;
}

export type Recorded = { kind: 'delivered' | 'exhausted' | 'overtaken' } | { kind: 'again'; at: string };

/**
 * Writes down what an attempt came to: the delivery's next state, its address's health and, where it proves or disables
 * the address, the address. `overtaken`: somebody else wrote down an attempt of this delivery meanwhile, and that counts.
 */
export async function record(
  deps: Pick<AttemptDeps, 'table' | 'random'>,
  reading: Pick<Reading, 'webhook' | 'health' | 'held'>,
  judged: Judged,
  context: { now: Date; requestId: string },
): Promise<Recorded> {
  const { table } = deps;
  const { deliveryId, partnerId, webhookId } = reading.held.delivery;
  const random = deps.random();
  let current: Pick<Reading, 'webhook' | 'health' | 'held'> | undefined = reading;
  return untilSettled(async () => {
    current ??= await readAgain();
    if (current === undefined || current.held.version !== reading.held.version) return { kind: 'overtaken' };
    const { recorded, writes } = outcomeOf(current, judged, random, context);
    current = undefined;
    return (await table.transact(writes)).kind === 'refused' ? 'moved' : recorded;
  });

  async function readAgain() {
    const [webhook, health, held] = await Promise.all([
      getWebhook(table, webhookId),
      getHealth(table, webhookId),
      getDelivery(table, partnerId, deliveryId),
    ]);
    return webhook === undefined || held === undefined ? undefined : { webhook, health, held };
  }
}

function outcomeOf(
  { webhook, health, held }: Pick<Reading, 'webhook' | 'health' | 'held'>,
  { attempt: made, gone, restMs }: Judged,
  random: number,
  context: { now: Date; requestId: string },
): { recorded: Recorded; writes: Write[] } {
  const { now } = context;
  const { delivery } = held;
  const { webhookId } = delivery;
  const attempts = [...delivery.attempts, made].slice(-deliveryPolicy.maxAttemptsOnRecord);
  const tries = delivery.tries + 1;
  if (made.outcome === 'delivered') {
    const after = { ...doneWith(delivery, 'deliver'), attempts, tries, deliveredAt: made.at };
    const proof = delivery.type === challengeType ? changeWrites(webhook, proved(webhook.state, made), context) : [];
    const writes = [...deliveryWrites(held, after), ...healthWrites(webhookId, health, undefined), ...proof];
    return { recorded: { kind: 'delivered' }, writes };
  }
  const failing = afterFailure(health, now, restMs);
  const reason = gone ? 'gone' : isHopeless(failing, now) ? 'failing' : undefined;
  const disabled = reason && changeWrites(webhook, disabledFor(webhook.state, reason, now), context);
  const common = [...healthWrites(webhookId, health, failing), ...(disabled ?? [])];
  const wait = waitAfter(tries, restMs, random);
  // What says that it is gone is not asked to prove itself again.
  if (wait === undefined || (gone && delivery.type === challengeType)) {
    const after = { ...doneWith(delivery, 'exhaust'), attempts, tries };
    return { recorded: { kind: 'exhausted' }, writes: [...deliveryWrites(held, after), ...common] };
  }
  const at = new Date(now.getTime() + wait).toISOString();
  const after = { ...delivery, attempts, tries, nextAttemptAt: at };
  return { recorded: { kind: 'again', at }, writes: [...deliveryWrites(held, after), ...common] };
}

/** A delivery after its end, for which nothing is due any more. */
export function doneWith(delivery: StoredDelivery, event: 'deliver' | 'exhaust'): StoredDelivery {
  const status = deliveryMachine.next(delivery.status, event);
  if (status === undefined) throw new Error(`${delivery.deliveryId} is ${delivery.status}`);
  const { nextAttemptAt: _none, ...rest } = delivery;
  return { ...rest, status };
}

function proved(webhook: StoredWebhook, { at }: Attempt): StoredWebhook {
  const status = webhookMachine.next(webhook.status, 'prove');
  return status === undefined ? webhook : { ...webhook, status, provedAt: at };
}

function disabledFor(webhook: StoredWebhook, reason: 'gone' | 'failing', now: Date): StoredWebhook {
  const status = webhookMachine.next(webhook.status, 'disable');
  return status === undefined ? webhook : { ...webhook, status, disabledAt: now.toISOString(), disabledReason: reason };
}

const sender = { type: 'system' as const, id: 'webhook-sender', role: 'system' };

/** The address's own change, if it is one. That it was disabled is told, so that its partner's other addresses hear it. */
function changeWrites(
  before: Held<StoredWebhook>,
  state: StoredWebhook,
  context: { now: Date; requestId: string },
): Write[] {
  if (state === before.state) return [];
  const { partnerId, webhookId, disabledReason } = state;
  const isDisabled = state.status === 'disabled';
  const action = isDisabled ? 'webhook.disable' : 'webhook.prove';
  const audit = { actor: sender, action, outcome: state.status };
  const data = { partnerId, webhookId, reason: disabledReason };
  const events = isDisabled ? [{ type: 'partner.webhook.disabled.v1', data }] : [];
  return webhookWrites(before, { state, events, audit }, context);
}
