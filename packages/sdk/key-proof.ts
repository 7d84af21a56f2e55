import { signBytes } from '../signature/algorithms.ts';
import { privateKeyOf } from '../signature/keys.ts';

const opening = 'ippf-key-proof\n';

/**
 * The `signature` of `POST …/keys/{keyid}/proofs`: base64 of the signature over the challenge's UTF-8 bytes as they are, a
 * line feed at the end or the lack of it included. `challenge`: the text that `POST …/keys` answered with.
 * @throws RangeError where it is no challenge: a key signs nothing else that somebody sends
 */
export function proofOf(challenge: string, privateKeyPem: string): string {
  if (!challenge.startsWith(opening)) throw new RangeError('this is no challenge for a key');
  return signBytes(privateKeyOf(privateKeyPem), Buffer.from(challenge, 'utf8')).toString('base64');
}
