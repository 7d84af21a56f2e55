import { signBytes } from './algorithms.ts';
import { type Component, componentText, signatureBase } from './components.ts';
import type { PrivateKey } from './keys.ts';
import { type InnerList, type Item, parseDictionary, serializeDictionary } from 'structured-headers';
import { maxHeaderBytes } from './profile.ts';

/** What `Signature-Input` says of a signature. */
export type SignatureList = {
  /** Names as they stand in the list; those with `;req` cover a part of the request. `odd`: another parameter is there. */
  components: { name: string; ofRequest: boolean; odd: boolean }[];
  parameters: ReadonlyMap<string, unknown>;
  /** The list with its parameters as it was sent: the last line of the base. */
  listText: string;
};
/** One signature as the two headers give it: the list of what it covers, its parameters, and the bytes. */
export type SignatureMember = SignatureList & { signature: Buffer };

/**
 * Reads `Signature-Input` and `Signature`, which must hold the one label that is asked for and nothing else, in the one
 * way in which RFC 9651 writes them: the received text is compared with what its meaning is written as, so no second
 * text can say the same. Undefined where they are anything else.
 */
export function readSignature(input: string, signature: string, label: string): SignatureMember | undefined {
  const list = readList(input, label);
  const value = onlyMember(signature, label);
  if (list === undefined || value === undefined) return undefined;
  const [bytes, ofValue] = value;
  if (!(bytes instanceof ArrayBuffer) || ofValue.size > 0) return undefined;
  return { ...list, signature: Buffer.from(bytes) };
}

/** `Signature-Input` alone, read as strictly. */
export function readList(input: string, label: string): SignatureList | undefined {
  const list = onlyMember(input, label);
  if (list === undefined || !isInnerList(list)) return undefined;
  const components: SignatureList['components'] = [];
  for (const [name, parameters] of list[0]) {
    const ofRequest = parameters.get('req') === true;
    if (typeof name !== 'string') return undefined;
    components.push({ name, ofRequest, odd: parameters.size > (ofRequest ? 1 : 0) });
  }
  return { components, parameters: list[1], listText: input.slice(label.length + 1) };
}

function onlyMember(header: string, label: string): Item | InnerList | undefined {
  if (header.length > maxHeaderBytes) return undefined;
  try {
    const members = parseDictionary(header);
    return members.size === 1 && serializeDictionary(members) === header ? members.get(label) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The two headers that `readSignature` reads: signs these components, with `parameters` written as they are to stand
 * behind the list. Undefined where a component is not there.
 */
export function writeSignature(
  key: PrivateKey,
  { label, components, parameters }: { label: string; components: readonly Component[]; parameters: string },
  valueOf: (component: Component) => string | undefined,
): { 'signature-input': string; signature: string } | undefined {
  const listText = `(${components.map(componentText).join(' ')});${parameters}`;
  const base = signatureBase(components, listText, valueOf);
  if (base === undefined) return undefined;
  const signature = signBytes(key, Buffer.from(base, 'utf8')).toString('base64');
  return { 'signature-input': `${label}=${listText}`, signature: `${label}=:${signature}:` };
}

function isInnerList(member: unknown): member is InnerList {
  return Array.isArray(member) && Array.isArray(member[0]);
}
