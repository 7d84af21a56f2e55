import { createHash } from 'node:crypto';

/** The tree of RFC 6962, 2.1, over hashes in hex: leaves and inner nodes are hashed apart, so that neither passes for the other. */
export type TreeHash = 'sha256' | 'sm3';

const leafMark = Buffer.from([0]);
const nodeMark = Buffer.from([1]);

function hashed(algorithm: TreeHash, ...parts: Buffer[]): Buffer {
  const hash = createHash(algorithm);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** The largest power of two below the count. */
function leftSize(count: number): number {
  let size = 1;
  while (size * 2 < count) size *= 2;
  return size;
}

function nodeOf(leaves: readonly string[], algorithm: TreeHash): Buffer {
  const [only] = leaves;
  if (only === undefined) return hashed(algorithm);
  if (leaves.length === 1) return hashed(algorithm, leafMark, Buffer.from(only, 'hex'));
  const left = leftSize(leaves.length);
  return hashed(algorithm, nodeMark, nodeOf(leaves.slice(0, left), algorithm), nodeOf(leaves.slice(left), algorithm));
}

/** The root, in hex. */
export function merkleRoot(leaves: readonly string[], algorithm: TreeHash = 'sha256'): string {
  return nodeOf(leaves, algorithm).toString('hex');
}

/** What somebody needs to see that the leaf at a place is in the tree, without the other leaves: from the leaf upwards. */
export function inclusionProof(leaves: readonly string[], place: number): string[] {
  if (leaves.length <= 1) return [];
  const left = leftSize(leaves.length);
  const [inside, beside, at] =
    place < left
      ? [leaves.slice(0, left), leaves.slice(left), place]
      : [leaves.slice(left), leaves.slice(0, left), place - left];
  return [...inclusionProof(inside, at), merkleRoot(beside)];
}

/** Whether a proof shows that `leaf` is at `place` of the tree of `count` leaves with this root. */
export function isIncluded(
  leaf: string,
  place: number,
  count: number,
  proof: readonly string[],
  root: string,
): boolean {
  if (place < 0 || place >= count) return false;
  const node = climb(Buffer.from(leaf, 'hex'), place, count, proof);
  return node?.toString('hex') === root;
}

function climb(leaf: Buffer, place: number, count: number, proof: readonly string[]): Buffer | undefined {
  if (count === 1) return proof.length === 0 ? hashed('sha256', leafMark, leaf) : undefined;
  const beside = proof.at(-1);
  if (beside === undefined) return undefined;
  const left = leftSize(count);
  const other = Buffer.from(beside, 'hex');
  const inside =
    place < left
      ? climb(leaf, place, left, proof.slice(0, -1))
      : climb(leaf, place - left, count - left, proof.slice(0, -1));
  if (inside === undefined) return undefined;
  return place < left ? hashed('sha256', nodeMark, inside, other) : hashed('sha256', nodeMark, other, inside);
}
