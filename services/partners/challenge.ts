import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import { deliveryMachine } from './machines.ts';
import { chainOf, deliveryIdOf, type StoredDelivery } from './store/delivery.ts';

export const challengeType = 'webhook.challenge';

const ChallengeBody = z.strictObject({ type: z.literal(challengeType), challenge: z.string() });
const ChallengeAnswer = z.object({ challenge: z.string() });

/** The message by which an address proves that whoever reads it is willing to. Due at once. */
export function newChallenge(webhook: { partnerId: string; webhookId: string }, number: number, now: Date) {
  const { partnerId, webhookId } = webhook;
  const at = now.toISOString();
  const subject = `webhook/${webhookId}`;
  const text: z.output<typeof ChallengeBody> = {
    type: challengeType,
    challenge: randomBytes(32).toString('base64url'),
  };
  const delivery: StoredDelivery = {
    deliveryId: deliveryIdOf(webhookId, `challenge ${number}`, at),
    webhookId,
    partnerId,
    type: challengeType,
    subject,
    sequence: number,
    chain: chainOf(challengeType, subject),
    body: JSON.stringify(text),
    status: deliveryMachine.initial,
    createdAt: at,
    nextAttemptAt: at,
    tries: 0,
    attempts: [],
  };
  return delivery;
}

/** Whether an answer is the one that was asked for: JSON with the very challenge. */
export function answersChallenge(sent: string, answer: Buffer): boolean {
  const { challenge } = ChallengeBody.parse(JSON.parse(sent));
  try {
    return ChallengeAnswer.safeParse(JSON.parse(answer.toString('utf8'))).data?.challenge === challenge;
  } catch {
    return false;
  }
}
