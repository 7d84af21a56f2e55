import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  newSecret,
  parseSecret,
  privateKeyOfText,
  publicKeyOfText,
  type SignedHeaders,
  type SigningKey,
  signWebhook,
  textOfPrivateKey,
  textOfPublicKey,
  type VerificationKey,
  verifyWebhook,
} from './standard-webhooks.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const id = 'msg_p5jXN8AQM9LWM0D4loKWxJek';
const timestamp = 1_614_265_330;
const body = Buffer.from('{"test": 2432232314}');
const known = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=';
const otherV1 = 'v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=';
const pair = generateKeyPairSync('ed25519');
const v1: SigningKey & VerificationKey = { kind: 'v1', secret };
const v1a: SigningKey & VerificationKey = { kind: 'v1a', ...pair };
const at = (seconds: number) => new Date(seconds * 1_000);

type Change = {
  id?: unknown;
  timestamp?: unknown;
  signature?: unknown;
  body?: Uint8Array;
  now?: Date;
  keys?: VerificationKey[];
  toleranceSeconds?: number;
};

function check({ body: bytes = body, now = at(timestamp), keys = [v1], toleranceSeconds, ...headers }: Change = {}) {
  const sent: any = { id, timestamp: String(timestamp), signature: known, ...headers };
  const tolerance = toleranceSeconds === undefined ? {} : { toleranceSeconds };
  return verifyWebhook({ headers: sent, body: bytes, now, keys, ...tolerance });
}

const refused = (reason: string) => ({ kind: 'refused', reason });
const verified = { kind: 'verified', id, timestamp };
const signature = (keys: SigningKey[]) => signWebhook({ id, timestamp, body, keys })['webhook-signature'];

test('the known answer of the specification, signed and verified', () => {
  expect(signWebhook({ id, timestamp, body, keys: [v1] })).toEqual({
    'webhook-id': id,
    'webhook-timestamp': '1614265330',
    'webhook-signature': known,
  });
  expect(check()).toEqual(verified);
});

test('the known answer of the reference implementation with Ed25519', () => {
  const privateKey = privateKeyOfText('whsk_VEVTVFNJR05JTkdLRVlET05PVFVTRVRISVNGT1JBTlk=');
  expect(signature([{ kind: 'v1a', privateKey }])).toBe(
    'v1a,tQ9V2XOqn7jL/DQenEFpqIugdBVtiMmER5mhSkXBNwM0mkATuDe6KYYUuxqtaiHeYGb7KaaBRdM5WqyeFiL8Ag==',
  );
});

describe('what the ready-made library lets through is refused:', () => {
  test.each([`${timestamp}abc`, ` +${timestamp}`, ` ${timestamp}`, `${timestamp}.9`, `${timestamp}\n`, '0614265330'])(
    'the time %j',
    (text) => expect(check({ timestamp: text })).toEqual(refused('timestamp_malformed')),
  );

  test('a byte that is no UTF-8 in the place of the character that replaces it', () => {
    const text = signWebhook({ id, timestamp, body: Buffer.from('{"name":"\uFFFD"}'), keys: [v1] });
    const bytes = Buffer.from('{"name":"\xFF"}', 'latin1');
    expect(check({ signature: text['webhook-signature'], body: bytes })).toEqual(refused('signature_invalid'));
  });

  test('an id that moves the border between id, time and body', () => {
    expect(check({ id: `${id}.${timestamp}` })).toEqual(refused('id_malformed'));
    expect(() => signWebhook({ id: 'a.b', timestamp, body, keys: [v1] })).toThrow(RangeError);
  });

  test('a thousand signatures before the one that fits', () => {
    const many = [...Array.from({ length: 1_000 }, () => otherV1), known].join(' ');
    expect(check({ signature: many })).toEqual(refused('signature_malformed'));
  });

  test.each([1, 23, 65])('a secret of %i bytes', (length) => {
    const weak: SigningKey & VerificationKey = {
      kind: 'v1',
      secret: `whsec_${Buffer.alloc(length).toString('base64')}`,
    };
    expect(() => signWebhook({ id, timestamp, body, keys: [weak] })).toThrow(RangeError);
    expect(() => check({ keys: [weak] })).toThrow(RangeError);
  });
});

test.each<[string, Change, string]>([
  ['no id', { id: undefined }, 'header_missing'],
  ['no time', { timestamp: undefined }, 'header_missing'],
  ['no signature', { signature: undefined }, 'header_missing'],
  ['a header twice, as a list', { id: [id] }, 'header_missing'],
  ['a header twice, joined', { id: `${id}, ${id}` }, 'id_malformed'],
  ['an empty id', { id: '' }, 'id_malformed'],
  ['an id that is too long', { id: 'a'.repeat(65) }, 'id_malformed'],
  ['an id with a line end', { id: `${id}\n` }, 'id_malformed'],
  ['a time in milliseconds', { timestamp: `${timestamp}000` }, 'timestamp_malformed'],
  ['a negative time', { timestamp: '-614265330' }, 'timestamp_malformed'],
  ['an empty signature', { signature: '' }, 'signature_malformed'],
  ['a signature without a version', { signature: known.slice(3) }, 'signature_malformed'],
  ['an empty version', { signature: known.slice(2) }, 'signature_malformed'],
  ['a version in capitals', { signature: known.replace('v', 'V') }, 'signature_malformed'],
  ['a version and nothing', { signature: 'v1,' }, 'signature_malformed'],
  ['an unknown version and nothing', { signature: `v2, ${known}` }, 'signature_malformed'],
  ['neither version nor comma', { signature: `abcd ${known}` }, 'signature_malformed'],
  ['an unknown one without end', { signature: `v2,${'A'.repeat(8_192)} ${known}` }, 'signature_malformed'],
  ['two spaces', { signature: `${otherV1}  ${known}` }, 'signature_malformed'],
  ['a space at the end', { signature: `${known} ` }, 'signature_malformed'],
  ['a tab in between', { signature: `${otherV1}\t${known}` }, 'signature_malformed'],
  ['a header twice, joined by a comma', { signature: `${known},${known}` }, 'signature_malformed'],
  ['no padding', { signature: known.slice(0, -1) }, 'signature_malformed'],
  ['padding in between', { signature: known.replace('/', '=') }, 'signature_malformed'],
  ['bits after the end', { signature: known.replace('OE=', 'OF=') }, 'signature_malformed'],
  ['base64url', { signature: known.replace('+', '-').replace('/', '_') }, 'signature_malformed'],
  ['31 bytes', { signature: `v1,${Buffer.alloc(31).toString('base64')}` }, 'signature_malformed'],
  ['33 bytes', { signature: `v1,${Buffer.alloc(33).toString('base64')}` }, 'signature_malformed'],
  ['32 bytes for Ed25519', { signature: known.replace('v1', 'v1a') }, 'signature_malformed'],
  ['one malformed beside one that fits', { signature: `${known} v1,AA==` }, 'signature_malformed'],
  ['five signatures', { signature: Array(5).fill(known).join(' ') }, 'signature_malformed'],
  ['five, most of them unknown', { signature: `v2,AA== v3,AA== v4,AA== v5,AA== ${known}` }, 'signature_malformed'],
  ['only unknown versions', { signature: known.replace('v1', 'v2') }, 'signature_invalid'],
  ['another signature', { signature: otherV1 }, 'signature_invalid'],
  ['another body', { body: Buffer.from('{"test": 2432232315}') }, 'signature_invalid'],
  ['an empty body', { body: new Uint8Array() }, 'signature_invalid'],
  ['no keys', { keys: [] }, 'signature_invalid'],
  ['only a key of the other kind', { keys: [v1a] }, 'signature_invalid'],
  ['301 seconds of age', { now: at(timestamp + 301) }, 'timestamp_too_old'],
  ['301 seconds ahead', { now: at(timestamp - 301) }, 'timestamp_too_new'],
  ['one second with no tolerance', { now: at(timestamp + 1), toleranceSeconds: 0 }, 'timestamp_too_old'],
])('%s is refused', (_case, change, reason) => expect(check(change)).toEqual(refused(reason)));

test.each<[string, Change]>([
  ['300 seconds of age', { now: at(timestamp + 300) }],
  ['a part of a second more', { now: at(timestamp + 300.9) }],
  ['300 seconds ahead', { now: at(timestamp - 300) }],
  ['no second with no tolerance', { toleranceSeconds: 0 }],
  ['the fourth of four', { signature: `v2,AA== ${otherV1} v1sm2,${known.slice(3)} ${known}` }],
  ['a repeated one', { signature: `${known} ${known}` }],
])('%s is accepted', (_case, change) => expect(check(change)).toEqual(verified));

test('a malformed webhook costs no cryptography: the keys are not even read', () => {
  const keys: VerificationKey[] = [{ kind: 'v1', secret: 'none' }];
  expect(check({ keys, id: '' })).toEqual(refused('id_malformed'));
  expect(check({ keys, now: at(0) })).toEqual(refused('timestamp_too_new'));
  expect(() => check({ keys })).toThrow(RangeError);
});

test.each([{ now: new Date(Number.NaN) }, { toleranceSeconds: Number.NaN }, { toleranceSeconds: -1 }])(
  'a time that is none opens nothing: %o',
  (change) => expect(() => check(change)).toThrow(RangeError),
);

const word = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const time = fc.integer({ min: 1_000_000_000, max: 9_999_999_999 });
const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 });
const key: fc.Arbitrary<SigningKey & VerificationKey> = fc.oneof(
  fc.uint8Array({ minLength: 24, maxLength: 64 }).map((raw) => ({
    kind: 'v1' as const,
    secret: `whsec_${Buffer.from(raw).toString('base64')}`,
  })),
  fc.uint8Array({ minLength: 32, maxLength: 32 }).map((raw) => {
    const privateKey = privateKeyOfText(`whsk_${Buffer.from(raw).toString('base64')}`);
    return { kind: 'v1a' as const, privateKey, publicKey: createPublicKey(privateKey) };
  }),
);
const received = (headers: SignedHeaders) => ({
  id: headers['webhook-id'],
  timestamp: headers['webhook-timestamp'],
  signature: headers['webhook-signature'],
});

test('what was signed is verified, under each of the keys and under no other', () => {
  fc.assert(
    fc.property(
      word,
      time,
      fc.uint8Array(),
      fc.array(key, { minLength: 1, maxLength: 4 }),
      (name, seconds, raw, keys) => {
        const headers = received(signWebhook({ id: name, timestamp: seconds, body: raw, keys }));
        const webhook = { headers, body: raw, now: at(seconds) };
        for (const one of keys) {
          expect(verifyWebhook({ ...webhook, keys: [one] })).toEqual({
            kind: 'verified',
            id: name,
            timestamp: seconds,
          });
        }
        const others: VerificationKey[] = [{ kind: 'v1', secret: newSecret() }, v1a];
        expect(verifyWebhook({ ...webhook, keys: others })).toEqual(refused('signature_invalid'));
      },
    ),
  );
});

test('one byte changed in id, time, signature or body is refused', () => {
  const part = fc.constantFrom('id' as const, 'timestamp' as const, 'signature' as const, 'body' as const);
  const flip = fc.integer({ min: 1, max: 255 });
  fc.assert(
    fc.property(word, time, bytes, key, part, fc.nat(), flip, (name, seconds, raw, one, where, position, bits) => {
      const headers = received(signWebhook({ id: name, timestamp: seconds, body: raw, keys: [one] }));
      const sent = { ...headers, body: Buffer.from(raw).toString('latin1') };
      const changed = Buffer.from(sent[where], 'latin1');
      const index = position % changed.length;
      changed[index] = changed[index]! ^ bits;
      const { body: text, ...rest } = { ...sent, [where]: changed.toString('latin1') };
      const webhook = { headers: rest, body: Buffer.from(text, 'latin1'), now: at(seconds), keys: [one] };
      expect(verifyWebhook(webhook).kind).toBe('refused');
    }),
    { numRuns: 1_000 },
  );
});

test('nothing that can be sent makes it throw', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.stringMatching(/^v1a?,[A-Za-z0-9+/]{42,86}={0,2}( v1a?,[A-Za-z0-9+/]{0,86}={0,2}){0,4}$/),
    fc.constantFrom(id, String(timestamp), known),
  );
  const header = fc.option(text, { nil: undefined });
  fc.assert(
    fc.property(header, header, header, fc.uint8Array(), (name, seconds, signed, raw) => {
      const change = { id: name, timestamp: seconds, signature: signed, body: raw, keys: [v1, v1a] };
      expect(check(change).kind).toBe('refused');
    }),
  );
});

describe('while keys are changed', () => {
  const next: SigningKey & VerificationKey = { kind: 'v1', secret: newSecret() };

  test('a sender signs with both secrets and either receiver is content', () => {
    const both = signature([v1, next]);
    expect(both.split(' ')).toHaveLength(2);
    for (const one of [v1, next]) expect(check({ signature: both, keys: [one] })).toEqual(verified);
  });

  test('a receiver takes both secrets, and the old one no more once it is gone', () => {
    for (const one of [v1, next]) expect(check({ signature: signature([one]), keys: [v1, next] })).toEqual(verified);
    expect(check({ keys: [next] })).toEqual(refused('signature_invalid'));
  });

  test('a secret and a key pair stand side by side', () => {
    const mixed = signature([v1, v1a]);
    expect(mixed).toMatch(/^v1,\S{44} v1a,\S{88}$/);
    for (const keys of [[v1], [v1a], [v1a, v1], [next, v1a]]) {
      expect(check({ signature: mixed, keys })).toEqual(verified);
    }
  });
});

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });

test.each<[string, Partial<Parameters<typeof signWebhook>[0]>]>([
  ['an empty id', { id: '' }],
  ['milliseconds', { timestamp: timestamp * 1_000 }],
  ['a part of a second', { timestamp: timestamp + 0.5 }],
  ['no time', { timestamp: Number.NaN }],
  ['no key', { keys: [] }],
  ['five keys', { keys: [v1, v1, v1, v1, v1] }],
  ['a public key', { keys: [{ kind: 'v1a', privateKey: pair.publicKey }] }],
  ['a key of RSA', { keys: [{ kind: 'v1a', privateKey: rsa.privateKey }] }],
])('nothing is signed with %s', (_case, change) => {
  expect(() => signWebhook({ id, timestamp, body, keys: [v1], ...change })).toThrow(RangeError);
});

test.each<[string, KeyObject]>([
  ['RSA', rsa.publicKey],
  ['a private key', pair.privateKey],
])('nothing is verified with %s', (_case, publicKey) => {
  expect(() => check({ signature: signature([v1a]), keys: [{ kind: 'v1a', publicKey }] })).toThrow(RangeError);
});

describe('keys as text', () => {
  test('a new secret is 32 bytes, and another each time', () => {
    expect(parseSecret(newSecret())).toHaveLength(32);
    expect(newSecret()).not.toBe(newSecret());
  });

  test.each(['', 'whsec_', secret.slice(6), `${secret} `, `${secret}=`, secret.replace('whsec', 'WHSEC')])(
    'no secret: %j',
    (text) => expect(() => parseSecret(text)).toThrow(RangeError),
  );

  test('a refused secret does not stand in the message', () => {
    expect(() => parseSecret('whsec_c2hvcnQ=')).toThrow(/^a webhook secret of 5 bytes, which is not 24 to 64$/);
  });

  test('a key pair survives its text', () => {
    expect(textOfPublicKey(pair.privateKey)).toBe(textOfPublicKey(pair.publicKey));
    expect(publicKeyOfText(textOfPublicKey(pair.publicKey))?.equals(pair.publicKey)).toBe(true);
    expect(privateKeyOfText(textOfPrivateKey(pair.privateKey)).equals(pair.privateKey)).toBe(true);
  });

  test('a key has its own form only', () => {
    const texts = ['', 'whpk_', 'whpk_AA==', textOfPrivateKey(pair.privateKey), `${textOfPublicKey(pair.publicKey)}=`];
    for (const text of texts) expect(publicKeyOfText(text), text).toBeUndefined();
    expect(() => privateKeyOfText(textOfPublicKey(pair.publicKey))).toThrow(RangeError);
    expect(() => textOfPrivateKey(pair.publicKey)).toThrow(RangeError);
    expect(() => textOfPublicKey(rsa.publicKey)).toThrow(RangeError);
  });

  const zeros = '00'.repeat(30);
  const ones = 'ff'.repeat(30);
  test.each([
    ['order 1', `01${zeros}00`],
    ['order 1, x = -0', `01${zeros}80`],
    ['order 1, y > p', `ee${ones}7f`],
    ['order 1, x = -0, y > p', `ee${ones}ff`],
    ['order 2', `ec${ones}7f`],
    ['order 2, x = -0', `ec${ones}ff`],
    ['order 4', `00${zeros}00`],
    ['order 4, y = p', `ed${ones}7f`],
    ['order 4, -x', `00${zeros}80`],
    ['order 4, -x, y = p', `ed${ones}ff`],
    ['order 8', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'],
    ['order 8, -x', '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85'],
    ['order 8, -y', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'],
    ['order 8, -x, -y', 'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa'],
  ])('a public key of small order is none: %s', (_case, hex) => {
    const raw = Buffer.from(hex, 'hex');
    expect(publicKeyOfText(`whpk_${raw.toString('base64')}`)).toBeUndefined();
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') };
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' });
    expect(() => check({ signature: signature([v1a]), keys: [{ kind: 'v1a', publicKey }] })).toThrow(RangeError);
  });
});
