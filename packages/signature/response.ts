import { epochSeconds } from '../epoch-seconds.ts';
import { verifyBytes } from './algorithms.ts';
import {
  type Component,
  componentText,
  type RequestParts,
  requestValue,
  responseValue,
  signatureBase,
} from './components.ts';
import { checkDigest, contentDigest } from './digest.ts';
import type { PublicKey } from './keys.ts';
import { readList, readSignature, type SignatureMember, writeSignature } from './parameters.ts';
import { keyidPattern, maxAge, maxAhead, requestLabel, responseLabel, responseTag } from './profile.ts';
import type { Signer } from './request.ts';

export type SignableResponse = { status: number; headers: ReadonlyMap<string, string>; body: Uint8Array };

/** What an answer covers of a request whose `Signature-Input` cannot be read. */
const unreadableComponents: readonly string[] = ['@method', '@authority', '@path'];

/**
 * What an answer covers of a request: just what the request's signature covered, whatever else is wrong with it. Who
 * sent a list that can be read knows what the answer has to cover, and takes no shorter one. A list is not readable
 * either where it names something twice, in part, or that is not there.
 */
function coveredOf(request: RequestParts): readonly string[] {
  const components = readList(request.headers.get('signature-input') ?? '', requestLabel)?.components ?? [];
  const names = components.map(({ name }) => name);
  const plain = components.every(({ ofRequest, odd }) => !ofRequest && !odd);
  const there = signatureBase(components, '', (part) => requestValue(part, request)) !== undefined;
  const once = new Set(names).size === names.length;
  return names.length > 0 && plain && there && once ? names : unreadableComponents;
}

/**
 * What an answer covers: its own parts, and parts of the request. A type only where there is something of that type: a
 * gateway may add one to an empty body.
 */
function componentsOf(response: SignableResponse, request: RequestParts): Component[] {
  const content = response.body.length > 0 ? ['content-type'] : [];
  return [
    ...['@status', ...content, 'content-digest', 'x-request-id'].map((name) => ({ name })),
    ...coveredOf(request).map((name) => ({ name, ofRequest: true })),
  ];
}

/** The headers that sign an answer: `content-digest`, `signature-input`, `signature`. It has to have `x-request-id`. */
export function signResponse(
  response: SignableResponse,
  request: RequestParts,
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

/** `created`, `keyid`, `tag`. */
const responseParameters = 3;

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
  request: RequestParts,
  { now, keyOf }: { now: Date; keyOf: (keyid: string) => PublicKey | undefined },
): { kind: 'verified'; keyid: string } | { kind: 'refused'; reason: ResponseMisfit } {
  const refuse = (reason: ResponseMisfit) => ({ kind: 'refused', reason }) as const;
  const [input, text] = [response.headers.get('signature-input'), response.headers.get('signature')];
  if (input === undefined || text === undefined) return refuse('signature_missing');
  const member = readSignature(input, text, responseLabel);
  if (member === undefined) return refuse('signature_malformed');
  const { created, keyid, tag } = Object.fromEntries(member.parameters);
  if (member.parameters.size > responseParameters) return refuse('signature_components');
  if (tag !== responseTag || typeof keyid !== 'string' || !keyidPattern.test(keyid))
    return refuse('signature_components');
  if (!coversAll(member, componentsOf(response, request))) return refuse('signature_components');
  const seconds = epochSeconds(now);
  if (
    !Number.isSafeInteger(created) ||
    typeof created !== 'number' ||
    created < seconds - maxAge ||
    created > seconds + maxAhead
  ) {
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
