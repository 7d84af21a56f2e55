import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { untilSettled } from '#packages/commit';
import { logger, metrics } from '#packages/lambda/telemetry';
import { challengeType } from '../challenge.ts';
import { deliveryPolicy } from '../policy.ts';
import {
  deliveryWrites,
  everything,
  getDelivery,
  headOfChain,
  type HeldDelivery,
  pendingOf,
  wokenWrite,
} from '../store/delivery.ts';
import { getPartner } from '../store/partner.ts';
import { getHealth, getWebhook, healthWrites } from '../store/webhook.ts';
import { isResting, needsProbe, probing } from '../webhook-health.ts';
import { attempt, type AttemptDeps, doneWith, type Reading, record } from './attempt.ts';
import type { WakeUp } from './dispatch-due.ts';

export type SenderDeps = AttemptDeps & {
  /** Waits that long, for the second attempt that follows the first at once. */
  wait: (ms: number) => Promise<void>;
};

/** A run of one message, with the time as it goes on in it. */
type Run = { now: () => Date; passed: (at: string) => void; requestId: string; remainingMs: () => number };

/** One message sends at most so many of its aggregate's deliveries; what is left is due and comes by itself. */
const maxSteps = 100;
/** For what is read and written around an attempt. */
const reserveMs = 4_000;
/** The longest wait that is sat out rather than put off to the next sweep. */
const longestWaitMs = 10_000;

/** There was no time to begin: the message has to come again. */
export class NoTimeLeft extends Error {
  override name = 'NoTimeLeft';
}

/**
 * Works on one wake-up: the earliest delivery of the aggregate that is not done with, then those after it, for as long as
 * they are taken and time remains. Nothing depends on the message itself: what is pending is due some day, and comes again.
 */
export function sendDelivery(deps: SenderDeps) {
  return async (message: WakeUp, requestId: string, remainingMs: () => number): Promise<void> => {
    let floor = Date.parse(message.asOf);
    const run: Run = {
      now: () => new Date(Math.max(deps.clock().getTime(), floor)),
      passed: (at) => {
        floor = Math.max(floor, Date.parse(at));
      },
      requestId,
      remainingMs,
    };
    if (message.deliveryId === everything) return wakeAll(deps, message, run);
    let deliveryId: string | undefined = message.deliveryId;
    for (let step = 0; step < maxSteps && deliveryId !== undefined; step += 1) {
      if (remainingMs() < deps.timeoutMs + reserveMs) {
        // What follows has a message of its own; this one would be sent again only minutes later.
        if (deliveryId === message.deliveryId) throw new NoTimeLeft(`no time left for ${deliveryId}`);
        return;
      }
      deliveryId = await sendFirst(deps, message.webhookId, deliveryId, step > 0, run);
    }
  };
}

/**
 * One step for the aggregate of a delivery. Answers with what to go on: the same delivery, or the one after it; undefined
 * where nothing more can be done now. `follows` says that the one before it was done with just now.
 */
async function sendFirst(
  deps: SenderDeps,
  webhookId: string,
  deliveryId: string,
  follows: boolean,
  run: Run,
): Promise<string | undefined> {
  const { table } = deps;
  const [webhook, health] = await Promise.all([getWebhook(table, webhookId), getHealth(table, webhookId)]);
  if (webhook === undefined) return undefined;
  const { partnerId } = webhook.state;
  const [partner, own] = await Promise.all([getPartner(table, partnerId), getDelivery(table, partnerId, deliveryId)]);
  if (partner === undefined || own?.delivery.status !== 'pending') return undefined;
  const headId = await headOfChain(table, webhookId, own.delivery.chain);
  const head = headId === deliveryId ? own : headId && (await getDelivery(table, partnerId, headId));
  if (!head || head.delivery.status !== 'pending') return deliveryId;
  const reading = { webhook, partner, health, held: head };

  const next = async () => (head === own ? headOfChain(table, webhookId, own.delivery.chain) : deliveryId);
  const verdict = verdictOf(reading, follows, run.now());
  switch (verdict.kind) {
    case 'end':
      await table.transact(deliveryWrites(head, doneWith(head.delivery, 'exhaust')));
      return next();
    case 'wait':
      await putOff(deps, own, verdict.until);
      return undefined;
    case 'probe': {
      const claimed = await table.transact(healthWrites(webhookId, health, verdict.health));
      // Somebody else has gone to see: what they find decides.
      if (claimed.kind === 'refused') return deliveryId;
      reading.health = verdict.health;
      break;
    }
    case 'send':
  }

  const judged = await attempt(deps, reading, run.now);
  const recorded = await record(deps, reading, judged, { now: run.now(), requestId: run.requestId });
  const { outcome, reason, httpStatus, milliseconds } = judged.attempt;
  metrics.addMetric(outcome === 'delivered' ? 'WebhooksDelivered' : 'WebhookFailures', MetricUnit.Count, 1);
  logger.info('webhook sent', { webhookId, deliveryId: headId, outcome, reason, httpStatus, milliseconds });
  if (recorded.kind !== 'again') return next();
  const waitMs = Date.parse(recorded.at) - run.now().getTime();
  if (waitMs <= longestWaitMs && run.remainingMs() > waitMs + deps.timeoutMs + reserveMs) {
    await deps.wait(waitMs);
    run.passed(recorded.at);
    return deliveryId;
  }
  if (head !== own) await putOff(deps, own, recorded.at);
  return undefined;
}

type Verdict =
  | { kind: 'send' | 'end' }
  | { kind: 'probe'; health: NonNullable<Reading['health']> }
  | { kind: 'wait'; until: string };

/** What may happen to the delivery whose turn it is. */
function verdictOf({ webhook, partner, health, held }: Reading, follows: boolean, now: Date): Verdict {
  const { status } = webhook.state;
  const { type, nextAttemptAt, tries } = held.delivery;
  const isChallenge = type === challengeType;
  const isUnproved = status === 'pending' || status === 'proved';
  if (status === 'ended' || (isChallenge && !isUnproved)) return { kind: 'end' };
  if (partner.state.status !== 'active' || (status !== 'active' && !isChallenge)) {
    return { kind: 'wait', until: new Date(now.getTime() + deliveryPolicy.parkedMs).toISOString() };
  }
  // One that was not tried yet was only waiting for those before it.
  const isDue = nextAttemptAt === undefined || nextAttemptAt <= now.toISOString() || (follows && tries === 0);
  if (!isDue) return { kind: 'wait', until: nextAttemptAt };
  if (isResting(health, now) && health?.restUntil !== undefined) return { kind: 'wait', until: health.restUntil };
  return needsProbe(health) ? { kind: 'probe', health: probing(health, now) } : { kind: 'send' };
}

/** Later than it was due, never earlier. Refused, somebody else has said when. */
async function putOff({ table }: Pick<SenderDeps, 'table'>, held: HeldDelivery, until: string): Promise<void> {
  const { delivery } = held;
  if (delivery.nextAttemptAt !== undefined && delivery.nextAttemptAt >= until) return;
  await table.transact(deliveryWrites(held, { ...delivery, nextAttemptAt: until }));
}

/** Makes all that waits at an address due now. Cut short it comes again, for its own item goes last. */
async function wakeAll({ table }: SenderDeps, { webhookId, dueAt }: WakeUp, run: Run): Promise<void> {
  const webhook = await getWebhook(table, webhookId);
  if (webhook === undefined) return;
  const { partnerId } = webhook.state;
  for await (const deliveryId of pendingOf(table, webhookId)) {
    if (run.remainingMs() < reserveMs) throw new NoTimeLeft(`no time left to wake all of ${webhookId}`);
    await untilSettled(async () => {
      const held = await getDelivery(table, partnerId, deliveryId);
      const { nextAttemptAt } = held?.delivery ?? {};
      const now = run.now().toISOString();
      if (held === undefined || nextAttemptAt === undefined || nextAttemptAt <= now) return undefined;
      const written = await table.transact(deliveryWrites(held, { ...held.delivery, nextAttemptAt: now }));
      return written.kind === 'refused' ? 'moved' : undefined;
    });
  }
  await table.transact([wokenWrite(webhookId, dueAt)]);
}
