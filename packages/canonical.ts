import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** RFC 8785: the one spelling of a value, that is hashed and stored. A value that JSON cannot say is a bug. */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  assert(text !== undefined, 'a value that JSON cannot say');
  return text;
}

/** Hex digest of a text. */
export function hashOfText(text: string, algorithm: 'sha256' | 'sm3' = 'sha256'): string {
  return createHash(algorithm).update(text).digest('hex');
}

/** What the first link of a chain of hashes follows. */
export const noHash = '0'.repeat(64);
