import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { algorithms } from '../signature/profile.ts';

const cli = fileURLToPath(new URL('cli.ts', import.meta.url));
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'zhirong-sdk-'));
  folders.push(made);
  return made;
}
const run = (...args: string[]) => spawnSync(process.execPath, [cli, ...args], { encoding: 'utf8' });

test.each(algorithms)('makes a key of %s, signs with it, and finds the request good or says what is wrong', (alg) => {
  const at = folder();
  const [priv, pub] = [join(at, 'private.pem'), join(at, 'public.pem')];
  expect(run('keys', '--alg', alg, '--out', at).stdout).toMatch(/指纹 SHA-256 [0-9a-f]{64}/);
  expect(statSync(priv).mode & 0o777).toBe(0o600);
  const body = join(at, 'body.json');
  writeFileSync(body, '{"bankLoanNo":"2026-1"}');
  const target = ['POST', '/v1/loans', '--base-url', 'https://api.example.cn', '--keyid', 'bank-a.test.20261101.1'];
  const signed = run('sign', ...target, '--key', priv, '--body', body);
  expect(signed.stderr).toContain('"@path": /v1/loans');
  const request = join(at, 'request.http');
  writeFileSync(request, signed.stdout.replace(/\n$/, ''));
  const good = run('explain', request, '--key', pub);
  expect([good.status, good.stdout.match(/✗/g)]).toEqual([0, null]);
  writeFileSync(request, signed.stdout.replace('2026-1', '2026-2').replace(/\n$/, ''));
  const bad = run('explain', request, '--key', pub);
  expect(bad.status).toBe(1);
  expect(bad.stdout).toContain('✗ 正文摘要');
});

test('writes no key over another, and says in words what it cannot do', () => {
  const at = folder();
  run('keys', '--out', at);
  expect(run('keys', '--out', at)).toMatchObject({ status: 1, stderr: expect.stringContaining('EEXIST') });
  const options = ['--base-url', 'https://x.cn', '--keyid', 'k', '--key', join(at, 'private.pem')];
  expect(run('sign', 'PATCH', '/v1/x', ...options)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('GET、POST'),
  });
  expect(run('sign', 'GET', '/v1/x', ...options, '--query', 'name')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('名=值'),
  });
  expect(run('sign', 'GET', '/v1/../x', ...options)).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('canonical'),
  });
});
