/*
 * Points of Ed25519 of which a small multiple is nothing: under such a key one forged signature fits many messages. All
 * their encodings, those too that are not the shortest form of their number; the sign bit is left out of the comparison.
 */
const encodings = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** `point`: a public key's 32 bytes. */
export function isSmallOrder(point: Uint8Array): boolean {
  const bytes = Buffer.from(point);
  bytes[31] = (bytes[31] ?? 0) & 0x7f;
  return encodings.has(bytes.toString('hex'));
}
