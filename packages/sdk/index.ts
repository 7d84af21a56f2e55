/** What a bank, guarantor or insurer installs. */
export { type Answer, NoAnswer, PageRefused, UnreadableAnswer } from './answers.ts';
export type { Call } from './calls.ts';
export { type Client, type ClientSettings, openClient } from './client.ts';
export { explainRequest, readHttpRequest, type Step } from './explain.ts';
export { explainWebhook } from './explain-webhook.ts';
export { proofOf } from './key-proof.ts';
export * from './operations.ts';
export { fetchPlatformKeys, KeysNotBelieved, type PlatformKeys, type PlatformKeysOptions } from './platform-keys.ts';
export type { AnswerOf, InputOf, ItemOf, OperationName } from './typed.ts';
export { verifyWebhook, type WebhookEvent, type WebhookMessage } from './webhooks.ts';
