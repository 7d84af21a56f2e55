import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publicKeyOf } from '../../signature/keys.ts';
import { newKeyPair } from '../../signature/new-key.ts';
import { checkSigner } from './own-signer.ts';

const folder = mkdtempSync(join(tmpdir(), 'zhirong-signer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const keyid = 'bank-a.test.20261101.1';
const baseUrl = 'http://127.0.0.1:3000';
const { privateKeyPem, publicKeyPem } = newKeyPair('ed25519');

/** A bank's signer, written from the README alone; `BREAK` says what it gets wrong. */
const program = `
import { createHash, randomBytes, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
const wrong = process.argv[2];
const { method, authority, path, query, headers, body, keyid } = JSON.parse(readFileSync(0, 'utf8'));
const values = { '@method': wrong === 'method' ? method.toLowerCase() : method, '@authority': authority, '@path': path,
  '@query': (query === '' && wrong === 'query' ? '' : '?') + query };
const made = {};
if (body !== '') {
  made['content-digest'] = 'sha-256=:' + createHash('sha256').update(wrong === 'digest' ? body + ' ' : body).digest('base64') + ':';
}
Object.assign(values, headers, made);
const names = Object.keys(values);
const created = Math.floor(Date.now() / 1000);
const list = '(' + names.map((name) => '"' + name + '"').join(' ') + ');created=' + created + ';expires=' + (created + 300) +
  ';nonce="' + randomBytes(18).toString('base64url') + '";keyid="' + (wrong === 'keyid' ? 'x.test.20260101.1' : keyid) + '";tag="ippf-bank-v1"';
const base = names.map((name) => '"' + name + '": ' + values[name]).join('\\n') + '\\n"@signature-params": ' + list + (wrong === 'newline' ? '\\n' : '');
if (wrong === 'crash') throw new Error('no key');
if (wrong === 'text') console.log('done');
else console.log(JSON.stringify({ ...made, 'Signature-Input': 'sig1=' + list,
  Signature: 'sig1=:' + sign(null, Buffer.from(base), readFileSync('private.pem')).toString('base64') + ':',
  ...(process.argv[3] === 'base' && { base }) }));
`;
beforeAll(() => {
  writeFileSync(join(folder, 'private.pem'), privateKeyPem);
  writeFileSync(join(folder, 'public.pem'), publicKeyPem);
  writeFileSync(
    join(folder, 'signer.mjs'),
    program.replace("'private.pem'", JSON.stringify(join(folder, 'private.pem'))),
  );
});

const check = (...wrong: string[]) => {
  const command = [process.execPath, join(folder, 'signer.mjs'), ...wrong].map((word) => `"${word}"`).join(' ');
  return checkSigner({ command, keyid, key: publicKeyOf(publicKeyPem), baseUrl }, () => undefined);
};

test('a signer written in another language from the README passes', () => {
  expect(check('nothing', 'base').map(({ outcome }) => outcome)).toEqual(Array(5).fill('passed'));
});

test('a signer that shows its base is told which line of it differs', () => {
  const [first, second] = check('query', 'base');
  expect(first).toMatchObject({ outcome: 'failed', seen: '与贵方基串比较' });
  expect(first!.note).toContain('第 4 行不同\n  我方："@query": ?\n  贵方："@query": \n');
  expect(second!.outcome).toBe('passed');
});

test('one that does not is told what its signature fits instead', () => {
  expect(check('newline')[0]!.note).toContain('常见错误：基串末尾多了一个换行');
  expect(check('method')[0]!.note).toContain('常见错误：@method 行应为大写');
});

test.each([
  ['digest', '正文摘要'],
  ['keyid', 'keyid'],
  ['crash', '程序退出码 1'],
  ['text', '输出不是 JSON 对象'],
])('wrong %s is found', (wrong, seen) => {
  expect(check(wrong)[2]).toMatchObject({ outcome: 'failed', seen });
});

test('the tool says the same, and exits with a failure', () => {
  const cli = fileURLToPath(new URL('../cli.ts', import.meta.url));
  const signer = `"${process.execPath}" "${join(folder, 'signer.mjs')}" query base`;
  const options = ['--base-url', baseUrl, '--keyid', keyid, '--public-key', join(folder, 'public.pem')];
  const run = spawnSync(process.execPath, [cli, 'conformance', ...options, '--command', signer], { encoding: 'utf8' });
  expect(run.status).toBe(1);
  expect(run.stdout).toContain('✗ GET，没有参数：应为 通过，实为 与贵方基串比较');
  expect(run.stdout).toContain('第 4 行不同');
});
