import { constants, createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  DisplayString,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  serializeList,
  Token,
} from 'structured-headers';
import { describe, expect, test } from 'vitest';
import { verifyBytes } from './algorithms.ts';
import { type Component, type RequestParts, requestValue, responseValue, signatureBase } from './components.ts';
import type { Algorithm } from './profile.ts';

/*
 * Vectors of others, which lie beside the project and not in it: RFC 9421 appendix B, the tests of structured fields, and
 * Wycheproof. Where they are absent these tests are skipped, and say so.
 */
const folder = fileURLToPath(new URL('../../../shared/vectors/', import.meta.url));
const there = existsSync(folder);
if (!there)
  console.warn('SKIPPED: the vectors of RFC 9421, structured fields and Wycheproof are not beside the project');

const readVectors = (path: string): any => (there ? JSON.parse(readFileSync(`${folder}${path}`, 'utf8')) : undefined);

describe.skipIf(!there)('RFC 9421, appendix B', () => {
  const { keys, request, response, cases } = readVectors('rfc9421.json') ?? { cases: [] };
  const headersOf = (headers: [string, string][]) =>
    new Map(headers.map(([name, value]) => [name.toLowerCase(), value]));

  test.each<[string, any]>(cases.map((one: any) => [one.title, one]))('%s', (_title, one) => {
    const [path, query = ''] = request.target.split('?');
    const headers = headersOf(request.headers);
    const parts: RequestParts = { method: request.method, authority: 'example.com', path, query, headers };
    const answer = { status: response.status, headers: headersOf(response.headers) };
    // B.2.4 signs a digest with a slip of the pen in it; the message has the true one.
    const printed = /"content-digest": (.*)/.exec(one.base)?.[1];
    if (one.message === 'response' && printed !== undefined) answer.headers.set('content-digest', printed);
    const [label = '', list] = [...parseDictionary(one.signatureInput)][0] ?? [];
    const components = (list as [[string, Map<string, unknown>][], unknown])[0].map(([name, parameters]): Component => {
      const queryParam = parameters.get('name');
      return typeof queryParam === 'string' ? { name, queryParam } : { name };
    });
    const listText = one.signatureInput.slice(label.length + 1);
    const base = signatureBase(components, listText, (component) =>
      one.message === 'response' ? responseValue(component, answer, parts) : requestValue(component, parts),
    );
    expect(base).toBe(one.base);

    const member = parseDictionary(one.signature).get(label);
    const signature = Buffer.from(member?.[0] as ArrayBuffer);
    if (one.alg === 'hmac-sha256') {
      const secret = Buffer.from(keys[one.keyid].secretBase64, 'base64');
      expect(timingSafeEqual(createHmac('sha256', secret).update(one.base).digest(), signature)).toBe(true);
    } else {
      const key = createPublicKey(keys[one.keyid].publicKeyPem);
      expect(verifiesAs(one.alg, key, Buffer.from(one.base), signature)).toBe(true);
      expect(verifiesAs(one.alg, key, Buffer.from(`${one.base} `), signature)).toBe(false);
    }
  });
});

function verifiesAs(alg: Algorithm, key: KeyObject, message: Uint8Array, signature: Uint8Array): boolean {
  const spki = key.export({ format: 'der', type: 'spki' });
  return verifyBytes({ alg, key, spki, point: undefined }, message, signature);
}

describe.skipIf(!there)('structured-field-tests', () => {
  const files = there ? readdirSync(`${folder}structured-fields`) : [];
  const cases = files.flatMap((file): [string, any][] =>
    readVectors(`structured-fields/${file}`).map((one: any) => [`${file}: ${one.name}`, one]),
  );

  // What a parser may refuse is left out: whether it does is not said.
  test.each(cases.filter(([, { raw, can_fail }]) => raw !== undefined && can_fail !== true))('%s', (_name, one) => {
    const read = () => readField(one.header_type, one.raw.join(', '));
    if (one.must_fail === true) {
      expect(read).toThrow();
      return;
    }
    expect(read().plain).toEqual(one.expected);
    // The library keeps a number and not its type, so it writes a whole decimal as an integer: for the profile, which
    // knows no decimals, `created=1.0` is thereby not canonical.
    const written = (one.canonical ?? one.raw).join(', ').replace(/(^|=)(-?\d+)\.0(?=$|;)/g, '$1$2');
    expect(read().written).toBe(written);
  });
});

function readField(type: 'dictionary' | 'list' | 'item', raw: string): { plain: unknown; written: string } {
  if (type === 'item') {
    const item = parseItem(raw);
    return { plain: plainMember(item), written: serializeItem(item) };
  }
  if (type === 'list') {
    const list = parseList(raw);
    return { plain: list.map(plainMember), written: serializeList(list) };
  }
  const dictionary = parseDictionary(raw);
  const plain = [...dictionary].map(([name, member]) => [name, plainMember(member)]);
  return { plain, written: serializeDictionary(dictionary) };
}

function plainMember([value, parameters]: any): unknown {
  const plain = Array.isArray(value) ? value.map(plainMember) : plainValue(value);
  return [plain, [...parameters].map(([name, one]) => [name, plainValue(one)])];
}

function plainValue(value: unknown): unknown {
  if (value instanceof Token) return { __type: 'token', value: value.toString() };
  if (value instanceof DisplayString) return { __type: 'displaystring', value: value.toString() };
  if (value instanceof Date) return { __type: 'date', value: value.getTime() / 1_000 };
  if (value instanceof ArrayBuffer) return { __type: 'binary', value: base32(Buffer.from(value)) };
  // There is one zero.
  return value === 0 ? 0 : value;
}

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  const letters = bits.match(/.{1,5}/g) ?? [];
  const text = letters
    .map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
  return text.padEnd(Math.ceil(text.length / 8) * 8, '=');
}

describe.skipIf(!there)('Wycheproof', () => {
  const spkiOf = (group: any) =>
    createPublicKey({ key: Buffer.from(group.publicKeyDer, 'hex'), format: 'der', type: 'spki' });
  const each = (file: string): [string, any, any][] =>
    (readVectors(`wycheproof/${file}`)?.testGroups ?? []).flatMap((group: any) =>
      group.tests.map((one: any) => [`${one.tcId} ${one.comment} (${one.result})`, group, one]),
    );

  function judged(files: string[], judge: (group: any, one: any) => boolean): void {
    for (const file of files) {
      const wrong = each(file).filter(([, group, one]) => judge(group, one) !== (one.result === 'valid'));
      expect(each(file).length).toBeGreaterThan(100);
      expect(wrong.map(([name]) => name)).toEqual([]);
    }
  }
  const by = (alg: Algorithm) => (group: any, one: any) =>
    verifiesAs(alg, spkiOf(group), Buffer.from(one.msg, 'hex'), Buffer.from(one.sig, 'hex'));

  test('ecdsa-p256-sha256, r and s side by side', () => {
    judged(['ecdsa_secp256r1_sha256_p1363_test.json'], by('ecdsa-p256-sha256'));
  });

  test('ecdsa in DER, which the profile does not take: what Node makes of it', () => {
    judged(['ecdsa_secp256r1_sha256_test.json'], (group, one) =>
      verify('sha256', Buffer.from(one.msg, 'hex'), spkiOf(group), Buffer.from(one.sig, 'hex')),
    );
    const der = each('ecdsa_secp256r1_sha256_test.json').filter(([, group, one]) =>
      by('ecdsa-p256-sha256')(group, one),
    );
    expect(der).toEqual([]);
  });

  test('ed25519', () => judged(['ed25519_test.json'], by('ed25519')));

  test('rsa-pss-sha512 with a salt of 64 bytes', () => {
    judged(['rsa_pss_4096_sha512_mgf1_64_test.json'], by('rsa-pss-sha512'));
  });

  test('rsa-pss-sha512 with another salt is refused, though it is sound', () => {
    const file = 'rsa_pss_4096_sha512_mgf1_32_test.json';
    const sound = each(file).filter(([, , one]) => one.result === 'valid');
    expect(sound.length).toBeGreaterThan(50);
    expect(sound.filter(([, group, one]) => by('rsa-pss-sha512')(group, one))).toEqual([]);
    const padding = constants.RSA_PKCS1_PSS_PADDING;
    judged([file], (group, one) =>
      verify(
        'sha512',
        Buffer.from(one.msg, 'hex'),
        { key: spkiOf(group), padding, saltLength: 32 },
        Buffer.from(one.sig, 'hex'),
      ),
    );
  });

  test.each(['32', '64'])('a key that names its parameters (salt %s) is no plain RSA key', (salt) => {
    const groups = readVectors(`wycheproof/rsa_pss_4096_sha512_mgf1_${salt}_params_test.json`).testGroups;
    for (const group of groups) expect(spkiOf(group).asymmetricKeyType).toBe('rsa-pss');
  });
});
