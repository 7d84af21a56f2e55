import { describe, expect, test } from 'vitest';
import { authority, ed25519Pem, keyid, nonce, now, p256Pem, post, privateKeyPem } from '../signature/example.ts';
import { privateKeyOf, publicKeyOf } from '../signature/keys.ts';
import { type SignableRequest, signedRequest } from '../signature/request.ts';
import { explainRequest, readHttpRequest } from './explain.ts';
import stored from './vectors.json' with { type: 'json' };
import { vectors } from './vectors.ts';

const signer = { key: privateKeyOf(privateKeyPem), keyid };
const good = signedRequest(post, signer, { now, nonce });
const { base } = stored.requests.post;
const key = publicKeyOf(ed25519Pem);
const explain = (request: SignableRequest, theirBase?: string, by = key) =>
  explainRequest(request, { now, authorities: [authority], key: by, theirBase });
const wrong = (steps: ReturnType<typeof explain>) => steps.filter(({ fits }) => !fits).map(({ name }) => name);

test('the vectors beside this file are what the code makes', () => {
  expect(stored).toEqual(JSON.parse(JSON.stringify(vectors())));
});

test('a good request fits in every step, and its base is shown', () => {
  const steps = explain(good, base);
  expect(wrong(steps)).toEqual([]);
  expect(steps.find(({ name }) => name === '签名基串')?.said).toBe(base);
});

describe('names what does not fit', () => {
  const header = (name: string, value: string) => ({ ...good, headers: new Map([...good.headers, [name, value]]) });

  test.each<[string, ReturnType<typeof explain>, string[], string]>([
    [
      'a body changed after signing',
      explain({ ...good, body: Buffer.from('{}') }),
      ['正文摘要', '验签结论'],
      'digest_mismatch',
    ],
    ['another key', explain(good, undefined, publicKeyOf(p256Pem)), ['验签结论'], 'signature_invalid'],
    [
      'another path in their base',
      explain(good, base.replace('/decisions', '/decision')),
      ['与贵方基串比较'],
      '第 3 行不同',
    ],
    [
      'a list that is not canonical',
      explain(header('signature-input', `${good.headers.get('signature-input')} `)),
      ['签名头', '验签结论'],
      'signature_malformed',
    ],
    [
      'a covered header that is not there',
      explain({ ...good, headers: new Map([...good.headers].filter(([name]) => name !== 'idempotency-key')) }),
      ['签名基串', '验签结论'],
      '"idempotency-key"',
    ],
  ])('%s', (_what, steps, names, said) => {
    expect(wrong(steps)).toEqual(names);
    expect(steps.map((step) => step.said).join('\n')).toContain(said);
  });
});

describe('a request as it goes over the wire', () => {
  const head = [
    `POST ${good.path} HTTP/1.1`,
    `Host: ${authority}`,
    ...[...good.headers].map((pair) => pair.join(': ')),
  ];

  test.each(['\n', '\r\n'])('is read with lines that end with %j, the body as it is', (end) => {
    const bytes = Buffer.concat([Buffer.from([...head, '', ''].join(end)), good.body]);
    const read = readHttpRequest(bytes);
    expect(wrong(explain(read))).toEqual([]);
    expect(Buffer.from(read.body).equals(Buffer.from(good.body))).toBe(true);
  });

  test('its target is divided at the first question mark, and its host is in small letters', () => {
    const read = readHttpRequest(Buffer.from(`GET /a?b=1?c=2 HTTP/1.1\nHost: ${authority.toUpperCase()}`));
    expect([read.path, read.query, read.authority]).toEqual(['/a', 'b=1?c=2', authority]);
    expect(readHttpRequest(Buffer.from('GET /a?')).query).toBe('');
  });

  test.each([
    ['', 'no request line'],
    ['POST', 'no request line'],
    ['GET / HTTP/1.1\nHost', 'no header'],
    ['GET / HTTP/1.1\nA: 1\na: 2', 'twice'],
  ])('%j is none', (text, why) => {
    expect(() => readHttpRequest(Buffer.from(text))).toThrow(why);
  });
});
