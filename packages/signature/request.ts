import { randomBytes } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { epochSeconds } from '../epoch-seconds.ts';
import { pretendToVerify, verifyBytes } from './algorithms.ts';
import { type RequestParts, requestValue, signatureBase } from './components.ts';
import { checkDigest, contentDigest, type DigestName } from './digest.ts';
import type { PrivateKey, PublicKey } from './keys.ts';
import { readSignature, type SignatureMember, writeSignature } from './parameters.ts';
import {
  extraComponents,
  keyidPattern,
  maxAge,
  maxAhead,
  namedAlgorithms,
  noncePattern,
  type Refused,
  refused,
  requestLabel,
  requestTag,
  requiredComponents,
} from './profile.ts';
import { isCanonicalPath, isCanonicalQuery } from './target.ts';

export type SignableRequest = RequestParts & { body: Uint8Array };

/** What a signed request says of its signature, everything checked that needs no key. Times in seconds since 1970. */
export type ReadRequest = {
  kind: 'read';
  keyid: string;
  nonce: string;
  created: number;
  expires: number;
  alg: string | undefined;
  base: Buffer;
  signature: Buffer;
};

export type RequestRules = {
  now: Date;
  /** Hosts (with a port other than 443) under which this environment is reached. */
  authorities: readonly string[];
};

/**
 * Everything about a signed request that can be found out without the key, the cheap before the costly (`signing.md` 1.3,
 * steps 2 to 6), the target behind the host: what is not said to us need not be said in our form. Names of headers are
 * lower-case, and each is there once.
 */
export function readRequest(request: SignableRequest, { now, authorities }: RequestRules): ReadRequest | Refused {
  const [input, signature] = [request.headers.get('signature-input'), request.headers.get('signature')];
  if (input === undefined || signature === undefined) {
    return refused('signature_malformed', 'Signature-Input and Signature belong together');
  }
  const member = readSignature(input, signature, requestLabel);
  if (member === undefined) {
    return refused('signature_malformed', `not one canonical signature under the label ${requestLabel}`);
  }
  const parameters = readParameters(member);
  if (parameters.kind === 'refused') return parameters;
  const misfit = checkComponents(request.method, member) ?? checkTime(parameters, now);
  if (misfit !== undefined) return misfit;
  if (!authorities.includes(request.authority)) return refused('signature_invalid', 'not an authority of ours');
  if (!isCanonicalPath(request.path) || !isCanonicalQuery(request.query)) {
    return refused('target_not_canonical', 'path or query could be written in another way');
  }
  const content = checkContent(request);
  if (content !== undefined) return content;
  const base = signatureBase(member.components, member.listText, (component) => requestValue(component, request));
  if (base === undefined) return refused('signature_components', 'a covered header is not there');
  return { ...parameters, base: Buffer.from(base, 'utf8'), signature: member.signature };
}

/**
 * Whether the request was signed with this key; `undefined` where the key is not there or does not hold, which takes as
 * long and is answered the same.
 */
export function verifyRequest(read: ReadRequest, key: PublicKey | undefined): { kind: 'verified' } | Refused {
  if (key === undefined) {
    pretendToVerify(read.base);
    return refused('signature_invalid', 'no such key, or it does not hold');
  }
  if (read.alg !== undefined && read.alg !== key.alg) return refused('signature_invalid', 'alg is not that of the key');
  if (!verifyBytes(key, read.base, read.signature)) {
    return refused('signature_invalid', 'the signature does not fit the base and the key');
  }
  return { kind: 'verified' };
}

export type Signer = { key: PrivateKey; keyid: string };

/** The headers that sign a request: `content-digest` where it has a body, `signature-input`, `signature`. */
export function signRequest(
  request: SignableRequest,
  { key, keyid }: Signer,
  { now, nonce, digests }: { now: Date; nonce: string; digests?: readonly DigestName[] },
): Record<string, string> {
  const required = requiredComponents(request.method);
  if (required === undefined) throw new Error(`${request.method} requests are not signed`);
  const made: Record<string, string> = required.includes('content-digest')
    ? { 'content-digest': contentDigest(request.body, digests) }
    : {};
  const headers = new Map([...request.headers, ...Object.entries(made)]);
  const created = epochSeconds(now);
  const signature = writeSignature(
    key,
    {
      label: requestLabel,
      components: required.map((name) => ({ name })),
      parameters: `created=${created};expires=${created + maxAge};nonce="${nonce}";keyid="${keyid}";tag="${requestTag}"`,
    },
    (component) => requestValue(component, { ...request, headers }),
  );
  if (signature === undefined) throw new Error(`a ${request.method} request has to have ${required.join(', ')}`);
  return { ...made, ...signature };
}

/** The request with the headers that sign it. */
export function signedRequest(
  request: SignableRequest,
  signer: Signer,
  means: Parameters<typeof signRequest>[2],
): SignableRequest {
  return { ...request, headers: new Map([...request.headers, ...Object.entries(signRequest(request, signer, means))]) };
}

/** 144 random bits, for one request. */
export function newNonce(): string {
  return randomBytes(18).toString('base64url');
}

type SaidParameters = Pick<ReadRequest, 'kind' | 'keyid' | 'nonce' | 'created' | 'expires' | 'alg'>;
const known = ['created', 'expires', 'nonce', 'keyid', 'tag', 'alg'];

function readParameters({ parameters }: SignatureMember): SaidParameters | Refused {
  const malformed = (what: string) => refused('signature_malformed', what);
  for (const name of parameters.keys())
    if (!known.includes(name)) return refused('signature_components', 'an unknown parameter');
  const missing = known.find((name) => name !== 'alg' && !parameters.has(name));
  if (missing !== undefined) return refused('signature_components', `the parameter ${missing} is missing`);
  const [created, expires] = [parameters.get('created'), parameters.get('expires')];
  const [nonce, keyid] = [parameters.get('nonce'), parameters.get('keyid')];
  const [tag, alg] = [parameters.get('tag'), parameters.get('alg')];
  if (!isTime(created) || !isTime(expires)) return malformed('created and expires are whole seconds since 1970');
  if (typeof nonce !== 'string' || !noncePattern.test(nonce))
    return malformed(`nonce is a string ${noncePattern.source}`);
  if (typeof keyid !== 'string' || !keyidPattern.test(keyid))
    return malformed(`keyid is a string ${keyidPattern.source}`);
  if (typeof tag !== 'string') return malformed('tag is a string');
  if (alg !== undefined && typeof alg !== 'string') return malformed('alg is a string');
  if (tag !== requestTag) return refused('signature_components', `tag is not ${requestTag}`);
  if (alg !== undefined && !namedAlgorithms.includes(alg))
    return refused('signature_invalid', 'alg is not one of ours');
  return { kind: 'read', created, expires, nonce, keyid, alg };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

function checkComponents(method: string, { components }: SignatureMember): Refused | undefined {
  const required = requiredComponents(method);
  if (required === undefined) return refused('signature_components', 'no request of this method is signed');
  const names = components.map(({ name }) => name);
  if (components.some(({ ofRequest, odd }) => ofRequest || odd))
    return refused('signature_components', 'a component has a parameter');
  if (new Set(names).size !== names.length) return refused('signature_malformed', 'a component is covered twice');
  const missing = required.find((name) => !names.includes(name));
  if (missing !== undefined) return refused('signature_components', `${missing} is not covered`);
  const extra = names.some((name) => !required.includes(name) && !extraComponents.includes(name));
  return extra ? refused('signature_components', 'something is covered that must not be') : undefined;
}

/** All bounds belong to what is allowed. */
function checkTime({ created, expires }: SaidParameters, now: Date): Refused | undefined {
  const seconds = epochSeconds(now);
  if (expires <= created) return refused('signature_components', 'expires is not after created');
  if (expires > created + maxAge) return refused('signature_components', `expires is over ${maxAge} s after created`);
  if (created > seconds + maxAhead) return refused('signature_not_yet_valid', 'created lies ahead of our clock');
  if (created < seconds - maxAge || seconds > expires) return refused('signature_expired', 'the time is over');
  return undefined;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function checkContent({ method, headers, body }: SignableRequest): Refused | undefined {
  if (requiredComponents(method)?.includes('content-digest') !== true) return undefined;
  try {
    utf8.decode(body);
  } catch {
    return refused('body_not_utf8', 'the body is not UTF-8');
  }
  return checkDigest(headers.get('content-digest'), body);
}
