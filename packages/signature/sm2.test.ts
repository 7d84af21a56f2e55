import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { knownAnswer, loadPortable, pkcs8Of, pointOf, signSm2, sm2Engine, sm3, verifySm2, zaOf } from './sm2.ts';

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
