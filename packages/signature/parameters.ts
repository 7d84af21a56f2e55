import { signBytes } from './algorithms.ts';
import { type Component, componentText, signatureBase } from './components.ts';
import type { PrivateKey } from './keys.ts';
import { type InnerList, parseDictionary, serializeDictionary } from 'structured-headers';
import { maxHeaderBytes } from './profile.ts';

/** One signature as the two headers give it: the list of what it covers, its parameters, and the bytes. */
export type SignatureMember = {
  /** Names as they stand in the list; those with `;req` cover a part of the request. `odd`: another parameter is there. */
  components: { name: string; ofRequest: boolean; odd: boolean }[];
  parameters: ReadonlyMap<string, unknown>;
  /** The list with its parameters as it was sent: the last line of the base. */
  listText: string;
  signature: Buffer;
};

/**
 * Reads `Signature-Input` and `Signature`, which must hold the one label that is asked for and nothing else, in the one
 * way in which RFC 9651 writes them: the received text is compared with what its meaning is written as, so no second
 * text can say the same. Undefined where they are anything else.
 */
export function readSignature(input: string, signature: string, label: string): SignatureMember | undefined {
  if (input.length > maxHeaderBytes || signature.length > maxHeaderBytes) return undefined;
  try {
    const lists = parseDictionary(input);
    const values = parseDictionary(signature);
    if (lists.size !== 1 || values.size !== 1) return undefined;
    const list = lists.get(label);
    const value = values.get(label);
    if (list === undefined || value === undefined || !isInnerList(list)) return undefined;
    if (serializeDictionary(lists) !== input || serializeDictionary(values) !== signature) return undefined;
    const [bytes, ofValue] = value;
    if (!(bytes instanceof ArrayBuffer) || ofValue.size > 0) return undefined;
    const components: SignatureMember['components'] = [];
    for (const [name, parameters] of list[0]) {
      const ofRequest = parameters.get('req') === true;
      if (typeof name !== 'string') return undefined;
      components.push({ name, ofRequest, odd: parameters.size > (ofRequest ? 1 : 0) });
    }
    return { components, parameters: list[1], listText: input.slice(label.length + 1), signature: Buffer.from(bytes) };
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
