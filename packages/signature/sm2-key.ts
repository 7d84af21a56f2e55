/*
 * Keys of SM2 in the forms in which they are exchanged, read without a runtime that knows the curve: SPKI, and PKCS #8 or
 * SEC 1 (RFC 5915) in PEM.
 */

export const half = 32;

/** a, b and the base point of the curve, as ZA takes them. */
export const curve = Buffer.from(
  'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC' +
    '28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93' +
    '32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7' +
    'BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0',
  'hex',
);
const a = numberOf(curve.subarray(0, half));
const b = numberOf(curve.subarray(half, 2 * half));
const prime = a + 3n;
const order = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;

const algorithm = Buffer.from('301306072A8648CE3D020106082A811CCF5501822D', 'hex');
const curveName = algorithm.subarray(-10);
const spkiPrefix = Buffer.from(`3059${algorithm.toString('hex')}03420004`, 'hex');
const pkcs8Prefix = Buffer.from(`308187020100${algorithm.toString('hex')}046D306B0201010420`, 'hex');
const pkcs8Point = Buffer.from('A14403420004', 'hex');
const bareAlone = Buffer.from(`3041020100${algorithm.toString('hex')}042730250201010420`, 'hex');

/** x and y (64 bytes) of a public key in SPKI form, which is DER and uncompressed; undefined where it is none of SM2. */
export function pointOf(spki: Uint8Array): Buffer | undefined {
  const bytes = Buffer.from(spki);
  const prefix = bytes.subarray(0, spkiPrefix.length);
  if (!prefix.equals(spkiPrefix) || bytes.length !== spkiPrefix.length + 2 * half) return undefined;
  return bytes.subarray(spkiPrefix.length);
}

export function spkiOfPoint(point: Uint8Array): Buffer {
  return Buffer.concat([spkiPrefix, point]);
}

/** Whether x and y are numbers below the prime that fit y² = x³ + ax + b. */
export function isOnCurve(point: Uint8Array): boolean {
  if (point.length !== 2 * half) return false;
  const [x, y] = [numberOf(point.subarray(0, half)), numberOf(point.subarray(half))];
  return x < prime && y < prime && (y * y - (x * x * x + a * x + b)) % prime === 0n;
}

/** A private key (32 bytes) with its point as PKCS #8, which Node reads as a key of SM2 and not of ECDSA on its curve. */
export function pkcs8Of(scalar: Uint8Array, point: Uint8Array): Buffer {
  return Buffer.concat([pkcs8Prefix, scalar, pkcs8Point, point]);
}

/** The same without its point, for who wants it computed. */
export function pkcs8OfScalar(scalar: Uint8Array): Buffer {
  return Buffer.concat([bareAlone, scalar]);
}

/** The two parts of what `pkcs8Of` makes. */
export function partsOf(pkcs8: Uint8Array): { scalar: Buffer; point: Buffer } {
  const bytes = Buffer.from(pkcs8);
  return { scalar: bytes.subarray(pkcs8Prefix.length, pkcs8Prefix.length + half), point: bytes.subarray(-2 * half) };
}

const privatePem = /-----BEGIN ((?:EC )?PRIVATE KEY)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

/**
 * The number of a private key of SM2 in PEM, 32 bytes; undefined where it is a key of something else or none. Throws a
 * RangeError where the number can be no key. A point beside it is left alone: it is computed anew.
 */
export function scalarOf(pem: string): Buffer | undefined {
  const [, kind, text = ''] = privatePem.exec(pem) ?? [];
  const whole = elementsOf(elementsOf(Buffer.from(text, 'base64'))[0]?.content);
  const inner = kind === 'PRIVATE KEY' ? pkcs8Inner(whole) : whole;
  const [version, number, ...more] = inner ?? [];
  const named = kind === 'PRIVATE KEY' || more.some(({ tag, content }) => tag === 0xa0 && content.equals(curveName));
  if (!named || version?.tag !== 0x02 || number?.tag !== 0x04) return undefined;
  const scalar = Buffer.concat([Buffer.alloc(half), number.content]).subarray(-half);
  if (!isPrivateNumber(number.content)) throw new RangeError('the number is no private key of SM2');
  return scalar;
}

/** From 1 to n − 2: with n − 1, 1 + d has no inverse. */
export function isPrivateNumber(bytes: Uint8Array): boolean {
  const value = numberOf(bytes);
  return value >= 1n && value <= order - 2n;
}

function pkcs8Inner([, algorithmOf, octets]: Element[]): Element[] | undefined {
  if (algorithmOf?.tag !== 0x30 || !algorithmOf.content.equals(algorithm.subarray(2))) return undefined;
  return octets?.tag === 0x04 ? elementsOf(elementsOf(octets.content)[0]?.content) : undefined;
}

type Element = { tag: number; content: Buffer };

/** The elements of DER that lie one behind the other, as far as they can be read. */
function elementsOf(bytes: Buffer = Buffer.alloc(0)): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 1 < bytes.length;) {
    const [tag = 0, first = 0] = bytes.subarray(at);
    const more = first < 0x80 ? 0 : first - 0x80;
    if (more > 2 || first === 0x80 || at + 2 + more > bytes.length) return [];
    const from = at + 2 + more;
    const length = more === 0 ? first : bytes.readUIntBE(at + 2, more);
    if (from + length > bytes.length) return [];
    elements.push({ tag, content: bytes.subarray(from, from + length) });
    at = from + length;
  }
  return elements;
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x0${Buffer.from(bytes).toString('hex')}`);
}
