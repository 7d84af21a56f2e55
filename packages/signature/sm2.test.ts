import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { signBytes } from './algorithms.ts';
import { privateKeyOf, publicKeyOf } from './keys.ts';
import { newKeyPair } from './new-key.ts';
import { knownAnswer, loadPortable, signSm2, sm2Engine, sm2PrivateKey, sm3, verifySm2, zaOf } from './sm2.ts';
import { isOnCurve, pkcs8Of, pointOf, scalarOf } from './sm2-key.ts';

const hex = (text: string) => Buffer.from(text, 'hex');
const point = hex(knownAnswer.publicKey);
const message = Buffer.from(knownAnswer.message);
const signature = hex(knownAnswer.signature);
const keyOf = (pkcs8: Buffer) => ({ key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }), pkcs8 });
const engines = ['native', 'portable'] as const;
const order = hex('FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123');

beforeAll(loadPortable);

test('Node’s own SM2 is used here', () => {
  expect(sm2Engine()).toBe('native');
});

test('SM3 of "abc" is as GM/T 0004 says', () => {
  expect(sm3(Buffer.from('a'), Buffer.from('bc')).toString('hex')).toBe(
    '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
  );
});

describe.each(engines)('GM/T 0003.5 with the engine %s', (engine) => {
  test('ZA and the signature are the known ones', () => {
    expect(zaOf(point).toString('hex').toUpperCase()).toBe(knownAnswer.za);
    expect(verifySm2(point, message, signature, engine)).toBe(true);
  });

  test.each<[string, Buffer, Buffer, Buffer]>([
    ['another message', point, Buffer.from('message digesT'), signature],
    ['r of nothing', point, message, Buffer.concat([Buffer.alloc(32), signature.subarray(32)])],
    ['s of nothing', point, message, Buffer.concat([signature.subarray(0, 32), Buffer.alloc(32)])],
    ['r as large as the order', point, message, Buffer.concat([order, signature.subarray(32)])],
    ['s as large as the order', point, message, Buffer.concat([signature.subarray(0, 32), order])],
    ['r and s exchanged', point, message, Buffer.concat([signature.subarray(32), signature.subarray(0, 32)])],
    ['one byte less', point, message, signature.subarray(0, 63)],
    ['one byte more', point, message, Buffer.concat([signature, Buffer.alloc(1)])],
    ['a point off the curve', Buffer.concat([point.subarray(0, 63), Buffer.of(1)]), message, signature],
    ['no point', Buffer.alloc(64), message, signature],
  ])('%s is refused', (_what, other, said, by) => {
    expect(verifySm2(other, said, by, engine)).toBe(false);
  });
});

test('a signature under another user id is refused', () => {
  expect(zaOf(point, '').equals(zaOf(point))).toBe(false);
});

test('what one engine signs the other verifies', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  const { d } = { d: privateKey.export({ format: 'der', type: 'pkcs8' }) };
  const own = pointOf(publicKey.export({ format: 'der', type: 'spki' }));
  expect(own).toHaveLength(64);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.constantFrom(...engines), (said, engine) => {
      const made = signSm2(keyOf(d), said, engine);
      expect(made).toHaveLength(64);
      for (const other of engines) expect(verifySm2(own!, said, made, other)).toBe(true);
      const changed = Buffer.concat([said, Buffer.of(0)]);
      for (const other of engines) expect(verifySm2(own!, changed, made, other)).toBe(false);
    }),
    { numRuns: 60 },
  );
});

test('the key of the known answer signs what verifies', () => {
  const key = pkcs8Of(hex(knownAnswer.privateKey), point);
  for (const engine of engines) {
    const made = signSm2(keyOf(key), message, engine);
    for (const other of engines) expect(verifySm2(point, message, made, other)).toBe(true);
  }
});

describe('a private key in PEM', () => {
  const scalar = hex(knownAnswer.privateKey);
  const pem = (der: Buffer, kind = 'PRIVATE KEY') =>
    `-----BEGIN ${kind}-----\n${der.toString('base64')}\n-----END ${kind}-----\n`;
  const sec1 = (number: string) => `0201010420${number}a00a06082a811ccf5501822d`;
  const sm2 = '301306072a8648ce3d020106082a811ccf5501822d';
  const forms = {
    'PKCS #8 with its point': pem(pkcs8Of(scalar, point)),
    'PKCS #8 without it': pem(hex(`3041020100${sm2}042730250201010420${knownAnswer.privateKey}`)),
    'PKCS #8 with a point that is not its own': pem(pkcs8Of(scalar, Buffer.alloc(64, 1))),
    'SEC 1': pem(hex(`3031${sec1(knownAnswer.privateKey)}`), 'EC PRIVATE KEY'),
    'SEC 1 with its point': pem(
      hex(`3077${sec1(knownAnswer.privateKey)}a14403420004${knownAnswer.publicKey}`),
      'EC PRIVATE KEY',
    ),
    'SEC 1 behind its parameters': `${pem(hex('06082a811ccf5501822d'), 'EC PARAMETERS')}${pem(hex(`3031${sec1(knownAnswer.privateKey)}`), 'EC PRIVATE KEY')}`,
  };

  test.each(Object.entries(forms))('%s is read by either engine, and signs', (_form, text) => {
    for (const engine of engines) {
      const key = privateKeyOf(text, engine);
      expect(key.alg).toBe('sm2');
      expect(key.key === undefined).toBe(engine === 'portable');
      expect(key.pkcs8).toEqual(pkcs8Of(scalar, point));
      const made = key.alg === 'sm2' ? signSm2(key, message, engine) : Buffer.alloc(0);
      for (const other of engines) expect(verifySm2(point, message, made, other)).toBe(true);
    }
    expect(verifySm2(point, message, signBytes(privateKeyOf(text), message))).toBe(true);
  });

  test('as Node writes one, either engine finds the same point', () => {
    for (let nth = 0; nth < 20; nth += 1) {
      const made = generateKeyPairSync('ec', { namedCurve: 'SM2' });
      const own = pointOf(made.publicKey.export({ format: 'der', type: 'spki' }));
      for (const type of ['pkcs8', 'sec1'] as const) {
        const text = made.privateKey.export({ format: 'pem', type }).toString();
        for (const engine of engines) expect(privateKeyOf(text, engine).pkcs8.subarray(-64)).toEqual(own);
      }
      expect(isOnCurve(own!)).toBe(true);
    }
  });

  test.each<[string, string]>([
    ['nothing', '00'.repeat(32)],
    ['one less than the order', 'FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54122'],
    ['more than the order', 'ff'.repeat(32)],
  ])('%s is no key', (_what, number) => {
    expect(() => privateKeyOf(pem(hex(`3031${sec1(number)}`), 'EC PRIVATE KEY'))).toThrow(RangeError);
  });

  test('of another kind, or broken off anywhere, is not taken for one of SM2', () => {
    const others = [
      generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'pem', type: 'sec1' }).toString(),
    ];
    for (const other of others) expect(scalarOf(other)).toBeUndefined();
    const whole = pkcs8Of(scalar, point);
    for (let length = 0; length < whole.length; length += 1)
      expect(scalarOf(pem(whole.subarray(0, length)))).toBeUndefined();
  });

  test('whatever the bytes are, reading them ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(scalarOf(pem(Buffer.from(bytes)))).toBeUndefined();
      }),
      { numRuns: 500 },
    );
  });
});

test('a new pair is made with either engine, and written as OpenSSL writes it', () => {
  for (const engine of engines) {
    const { privateKeyPem, publicKeyPem } = newKeyPair('sm2', engine);
    expect(createPrivateKey(privateKeyPem).export({ format: 'pem', type: 'pkcs8' })).toBe(privateKeyPem);
    expect(createPublicKey(publicKeyPem).export({ format: 'pem', type: 'spki' })).toBe(publicKeyPem);
    expect(privateKeyOf(privateKeyPem, engine).pkcs8.subarray(-64)).toEqual(publicKeyOf(publicKeyPem).point);
  }
});

test('a number of the portable engine is a key there only', () => {
  expect(() => signSm2(sm2PrivateKey(hex(knownAnswer.privateKey), 'portable'), message, 'native')).toThrow('portable');
});
