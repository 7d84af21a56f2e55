import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSign,
  createVerify,
  getHashes,
  type KeyObject,
} from 'node:crypto';
import { curve, half, partsOf, pkcs8Of, pkcs8OfScalar, pointOf, spkiOfPoint } from './sm2-key.ts';

/*
 * SM2 with SM3 (GB/T 32918) under the user id that banks use. Node's own OpenSSL does it where it was built with SM2, but
 * not in one call: what is hashed is ZA and then the message, and signatures come as DER. Whether this runtime can is
 * found out once, by the known answer of GM/T 0003.5; where it cannot, a library in JavaScript does.
 */

export const userId = '1234567812345678';

/** Of GM/T 0003.5: a key, a message and its signature. */
export const knownAnswer = {
  privateKey: '3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8',
  publicKey:
    '09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020' +
    'CCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13',
  message: 'message digest',
  za: 'B2E14C5C79C6DF5B85F4FE7ED8DB7A262B9DA7E07CCB0EA9F4747B8CCDA8A4F3',
  signature:
    'F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3' +
    'B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA',
};

export type Engine = 'native' | 'portable';

/** Which of the two is used here. */
export function sm2Engine(): Engine {
  return works ? 'native' : 'portable';
}

function nativeKnows(): boolean {
  try {
    const point = Buffer.from(knownAnswer.publicKey, 'hex');
    const message = Buffer.from(knownAnswer.message);
    const signature = Buffer.from(knownAnswer.signature, 'hex');
    const other = Buffer.from('message digesT');
    return verifyNative(point, message, signature) && !verifyNative(point, other, signature);
  } catch {
    return false;
  }
}

/** The list is made anew at every asking. */
const hashesSm3 = getHashes().includes('sm3');

/** SM3 of the parts one after the other. */
export function sm3(...parts: Uint8Array[]): Buffer {
  const whole = Buffer.concat(parts);
  if (!hashesSm3) return Buffer.from(library().sm3(whole), 'hex');
  return createHash('sm3').update(whole).digest();
}

/** SM3 over who signs: the length of the user id in bits, the id, the curve, the public key. */
export function zaOf(point: Uint8Array, id = userId): Buffer {
  const name = Buffer.from(id, 'utf8');
  const length = Buffer.alloc(2);
  length.writeUInt16BE(name.length * 8);
  return sm3(length, name, curve, point);
}

/** `signature` is r and s, 64 bytes. */
export function verifySm2(
  point: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  by: Engine = sm2Engine(),
): boolean {
  if (signature.length !== 2 * half || point.length !== 2 * half) return false;
  try {
    return by === 'native' ? verifyNative(point, message, signature) : verifyPortable(point, message, signature);
  } catch {
    return false;
  }
}

/** A private key of SM2 as PKCS #8 with its point, and as Node has it where Node's engine is to sign. */
export type Sm2PrivateKey = { key: KeyObject | undefined; pkcs8: Buffer };

/** Of the number of a private key, 32 bytes. */
export function sm2PrivateKey(scalar: Uint8Array, by: Engine = sm2Engine()): Sm2PrivateKey {
  if (by === 'portable') {
    const hex = library().sm2.getPublicKeyFromPrivateKey(Buffer.from(scalar).toString('hex'));
    return { key: undefined, pkcs8: pkcs8Of(scalar, Buffer.from(hex, 'hex').subarray(1)) };
  }
  const alone = createPrivateKey({ key: pkcs8OfScalar(scalar), format: 'der', type: 'pkcs8' });
  const point = pointOf(createPublicKey(alone).export({ format: 'der', type: 'spki' }));
  if (point === undefined) throw new Error('the engine wrote a public key of SM2 in another form');
  const pkcs8 = pkcs8Of(scalar, point);
  return { key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }), pkcs8 };
}

/** r and s of a message. */
export function signSm2({ key, pkcs8 }: Sm2PrivateKey, message: Uint8Array, by: Engine = sm2Engine()): Buffer {
  const { scalar, point } = partsOf(pkcs8);
  if (by === 'portable') {
    const options = { hash: true, der: false, userId, publicKey: `04${point.toString('hex')}` };
    return Buffer.from(library().sm2.doSignature(message, scalar.toString('hex'), options), 'hex');
  }
  if (key === undefined) throw new Error('this private key was read for the portable engine');
  return fromDer(createSign('sm3').update(zaOf(point)).update(message).sign(key));
}

/** The key that the native engine works with, by its point: to import one costs more than to use it. */
const imported = new Map<string, KeyObject>();
const keptKeys = 100;

function nativeKey(point: Uint8Array): KeyObject {
  const name = Buffer.from(point).toString('base64');
  const known = imported.get(name);
  if (known !== undefined) return known;
  const key = createPublicKey({ key: spkiOfPoint(point), format: 'der', type: 'spki' });
  if (imported.size === keptKeys) imported.clear();
  imported.set(name, key);
  return key;
}

function verifyNative(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  return createVerify('sm3').update(zaOf(point)).update(message).verify(nativeKey(point), toDer(signature));
}

function verifyPortable(point: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const hex = Buffer.from(signature).toString('hex');
  return library().sm2.doVerifySignature(message, hex, `04${Buffer.from(point).toString('hex')}`, {
    hash: true,
    der: false,
    userId,
  });
}

function toDer(signature: Uint8Array): Buffer {
  const body = Buffer.concat([derInteger(signature.subarray(0, half)), derInteger(signature.subarray(half))]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

function derInteger(number: Uint8Array): Buffer {
  let from = 0;
  while (from < number.length - 1 && number[from] === 0) from += 1;
  const digits = number.subarray(from);
  const sign = (digits[0] ?? 0) >= 0x80 ? [0] : [];
  return Buffer.concat([Buffer.from([0x02, digits.length + sign.length, ...sign]), digits]);
}

/** From what our own signing made, which is well-formed. */
function fromDer(der: Buffer): Buffer {
  const first = der[3] ?? 0;
  const second = der[5 + first] ?? 0;
  const padded = (from: number, length: number) =>
    Buffer.concat([Buffer.alloc(half), der.subarray(from, from + length)]).subarray(-half);
  return Buffer.concat([padded(4, first), padded(6 + first, second)]);
}

/**
 * The self-test, once at the start of a process, takes about as long as two verifications. The library is many times
 * larger than all the rest of this package, so only who needs it loads it.
 */
const works = nativeKnows();
let loaded = works ? undefined : await import('sm-crypto-v2');

/** Also where Node's own does: for those who compare the two. */
export async function loadPortable(): Promise<void> {
  loaded ??= await import('sm-crypto-v2');
}

function library() {
  if (loaded === undefined) throw new Error('the portable engine was not loaded');
  return loaded;
}
