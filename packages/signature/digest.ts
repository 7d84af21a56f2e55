import { createHash } from 'node:crypto';
import { parseDictionary, serializeDictionary } from 'structured-headers';
import { maxHeaderBytes, type Refused, refused } from './profile.ts';
import { sm3 } from './sm2.ts';

/** Of RFC 9530, and `sm3`, which stands beside one of the others by agreement. */
const hashes = new Map<string, (body: Uint8Array) => Buffer>([
  ['sha-256', (body) => createHash('sha256').update(body).digest()],
  ['sha-512', (body) => createHash('sha512').update(body).digest()],
  ['sm3', (body) => sm3(body)],
]);
const enough = ['sha-256', 'sha-512'];

export type DigestName = 'sha-256' | 'sha-512' | 'sm3';

/** The `Content-Digest` of a body: `sha-256=:…:`. */
export function contentDigest(body: Uint8Array, names: readonly DigestName[] = ['sha-256']): string {
  return names.map((name) => `${name}=:${hashes.get(name)?.(body).toString('base64')}:`).join(', ');
}

/** Nothing where every digest that we know is that of the body, and one of SHA-256 and SHA-512 is among them. */
export function checkDigest(header: string | undefined, body: Uint8Array): Refused | undefined {
  if (header === undefined) return refused('digest_missing', 'no Content-Digest');
  const members = readDigests(header);
  if (members === undefined) return refused('digest_malformed', 'Content-Digest is no dictionary of byte sequences');
  const known = members.filter(([name]) => hashes.has(name));
  if (!known.some(([name]) => enough.includes(name))) {
    return refused('digest_malformed', 'Content-Digest has neither sha-256 nor sha-512');
  }
  // The body is no secret, so there is nothing to learn from how long the comparison takes.
  const wrong = known.find(([name, digest]) => hashes.get(name)?.(body).equals(digest) !== true);
  return wrong === undefined ? undefined : refused('digest_mismatch', `${wrong[0]} is not that of the body`);
}

function readDigests(header: string): [string, Buffer][] | undefined {
  if (header.length > maxHeaderBytes) return undefined;
  try {
    const dictionary = parseDictionary(header);
    // Two texts for one meaning are one too many.
    if (serializeDictionary(dictionary) !== header) return undefined;
    const members: [string, Buffer][] = [];
    for (const [name, [value, parameters]] of dictionary) {
      if (!(value instanceof ArrayBuffer) || parameters.size > 0) return undefined;
      members.push([name, Buffer.from(value)]);
    }
    return members;
  } catch {
    return undefined;
  }
}
