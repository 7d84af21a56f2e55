import { epochSeconds } from '../epoch-seconds.ts';
import { verifyBytes } from './algorithms.ts';
import { type Component, componentText, type RequestParts, responseValue, signatureBase } from './components.ts';
import { checkDigest, contentDigest } from './digest.ts';
import type { PublicKey } from './keys.ts';
import { readSignature, type SignatureMember, writeSignature } from './parameters.ts';
import { keyidPattern, maxAge, maxAhead, responseLabel, responseTag } from './profile.ts';
import type { Signer } from './request.ts';

export type SignableResponse = { status: number; headers: ReadonlyMap<string, string>; body: Uint8Array };
/** The request that is answered, and what its signature covered. */
export type Answered = RequestParts & { components: readonly string[] };

/** What an answer covers of a request whose signature could not be read. */
export const unreadableComponents: readonly string[] = ['@method', '@authority', '@path'];

/** What an answer covers: its own parts, and of the request just what the request's signature covered. */
function componentsOf(response: SignableResponse, { components }: Answered): Component[] {
  const content = response.headers.has('content-type') ? ['content-type'] : [];
  return [
    ...['@status', ...content, 'content-digest', 'x-request-id'].map((name) => ({ name })),
    ...components.map((name) => ({ name, ofRequest: true })),
  ];
}

/** The headers that sign an answer: `content-digest`, `signature-input`, `signature`. It has to have `x-request-id`. */
export function signResponse(
  response: SignableResponse,
  request: Answered,
  { key, keyid }: Signer,
  now: Date,
): Record<string, string> {
  const digest = contentDigest(response.body);
  const headers = new Map([...response.headers, ['content-digest', digest] as const]);
  const parameters = `created=${epochSeconds(now)};keyid="${keyid}";tag="${responseTag}"`;
  const signature = writeSignature(
    key,
    { label: responseLabel, components: componentsOf(response, request), parameters },
    (part) => responseValue(part, { ...response, headers }, request),
  );
  if (signature === undefined) throw new Error('an answer without what its signature covers');
  return { 'content-digest': digest, ...signature };
}

export type ResponseMisfit =
  | 'signature_missing'
  | 'signature_malformed'
  | 'signature_components'
  | 'signature_expired'
  | 'digest'
  | 'key_unknown'
  | 'signature_invalid';

/**
 * Whether an answer is ours and to this request, as a partner checks it. `keyOf` gives our key by its id, as
 * `/.well-known/ippf-keys` publishes it; nothing where it is not there or does not hold.
 */
export function verifyResponse(
  response: SignableResponse,
  request: Answered,
  { now, keyOf }: { now: Date; keyOf: (keyid: string) => PublicKey | undefined },
): { kind: 'verified'; keyid: string } | { kind: 'refused'; reason: ResponseMisfit } {
  const refuse = (reason: ResponseMisfit) => ({ kind: 'refused', reason }) as const;
  const [input, text] = [response.headers.get('signature-input'), response.headers.get('signature')];
  if (input === undefined || text === undefined) return refuse('signature_missing');
  const member = readSignature(input, text, responseLabel);
  if (member === undefined) return refuse('signature_malformed');
  const { created, keyid, tag } = Object.fromEntries(member.parameters);
  if (tag !== responseTag || typeof keyid !== 'string' || !keyidPattern.test(keyid))
    return refuse('signature_components');
  if (!coversAll(member, componentsOf(response, request))) return refuse('signature_components');
  const seconds = epochSeconds(now);
  if (typeof created !== 'number' || created < seconds - maxAge || created > seconds + maxAhead) {
    return refuse('signature_expired');
  }
  if (checkDigest(response.headers.get('content-digest'), response.body) !== undefined) return refuse('digest');
  const base = signatureBase(member.components, member.listText, (part) => responseValue(part, response, request));
  if (base === undefined) return refuse('signature_components');
  const key = keyOf(keyid);
  if (key === undefined) return refuse('key_unknown');
  return verifyBytes(key, Buffer.from(base, 'utf8'), member.signature)
    ? { kind: 'verified', keyid }
    : refuse('signature_invalid');
}

function coversAll({ components }: SignatureMember, wanted: readonly Component[]): boolean {
  const covered = new Set(components.map(componentText));
  if (components.some(({ odd }) => odd)) return false;
  return components.length === wanted.length && wanted.every((one) => covered.has(componentText(one)));
}
