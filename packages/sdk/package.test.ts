import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildSdk } from '../../scripts/sdk-build.ts';
import { type SmallPlatform, startSmallPlatform } from '../../test/support/small-platform.ts';
import { privateKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { signWebhook } from '../signature/standard-webhooks.ts';

const root = resolve(import.meta.dirname, '../..');
const modules = join(root, 'node_modules');
const readme = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8');
/** The code of the README under a heading, as somebody copies it. */
const example = (heading: string, kind = 'js') =>
  readme.split(`## ${heading}`)[1]!.split(`\`\`\`${kind}\n`)[1]!.split('```')[0]!;

// The machine's own Node, where there is one of 20 or newer beside ours.
const path = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
const older = spawnSync('node', ['-p', 'process.execPath'], { encoding: 'utf8', env: { PATH: path.join(delimiter) } });
const version = spawnSync('node', ['-v'], { encoding: 'utf8', env: { PATH: path.join(delimiter) } }).stdout ?? '';
const major = Number(/^v(\d+)/.exec(version)?.[1] ?? 0);
const nodes = [process.execPath, ...(older.status === 0 && major >= 20 ? [older.stdout.trim()] : [])];

const folder = mkdtempSync(join(tmpdir(), 'zhirong-package-'));
const installed = join(folder, 'consumer', 'node_modules');
let platform: SmallPlatform;

/** Installed as a bank has it: what `npm pack` puts into the file, and the three packages that it asks for. */
beforeAll(async () => {
  platform = await startSmallPlatform();
  const built = join(folder, 'built');
  buildSdk(built);
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  execFileSync(npm, ['pack', '--silent', '--offline', '--pack-destination', folder], { cwd: built });
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz'))!;
  mkdirSync(join(installed, '@zhirong'), { recursive: true });
  execFileSync('tar', ['-xzf', join(folder, packed), '-C', folder]);
  renameSync(join(folder, 'package'), join(installed, '@zhirong', 'sdk'));
  for (const name of ['commander', 'structured-headers', 'sm-crypto-v2', '@noble', '@types', 'undici-types']) {
    symlinkSync(join(modules, name), join(installed, name), 'dir');
  }
  const { privateKeyPem } = newKeyPair('sm2');
  writeFileSync(join(folder, 'consumer', 'private.pem'), privateKeyPem);
  platform.state.answer = { items: [{ uscc: '91411502MA9TETT0X9' }], nextCursor: null };
}, 120_000);
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

function write(name: string, code: string): string {
  const file = join(folder, 'consumer', name);
  writeFileSync(
    file,
    code.replaceAll('https://api.example.cn', platform.baseUrl).replace('.listen(8080)', '.listen(0)'),
  );
  return file;
}

// The platform answers in this process, so nothing may be waited for in a way that stops it.
async function run(node: string, args: string[]): Promise<{ code: number | null; said: string }> {
  const child = spawn(node, args, { cwd: join(folder, 'consumer') });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part: Buffer) => (said += part.toString()));
  return new Promise((done) => {
    child.on('close', (code) => done({ code, said }));
  });
}

test.each(nodes)('the first call of the README, copied, works under %s', async (node) => {
  const { code, said } = await run(node, [write('first.mjs', example('A first call'))]);
  expect([code, said]).toEqual([0, expect.stringContaining('91411502MA9TETT0X9')]);
});

test.each(nodes)('the receiver of the README, copied, works under %s', async (node) => {
  const code = example('Webhooks').replace('createServer(', 'const server = createServer(');
  const file = write('receiver.mjs', `${code}\nserver.on('listening', () => console.log(server.address().port));\n`);
  const child = spawn(node, [file], { cwd: join(folder, 'consumer') });
  const said: string[] = [];
  child.stdout.on('data', (part: Buffer) => said.push(part.toString()));
  const heard = async (text: RegExp) => {
    for (;;) {
      const found = text.exec(said.join(''));
      if (found !== null) return found;
      if (child.exitCode !== null) throw new Error(`the receiver ended: ${said.join('')}`);
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  try {
    const [, port] = await heard(/^(\d+)\n/);
    const { privateKeyPem } = platform.state.keys.find(({ use }) => use === 'webhooks')!;
    const keys = [{ kind: 'v1a' as const, privateKey: privateKeyOf(privateKeyPem).key! }];
    const post = async (id: string, message: object, change = '') => {
      const body = Buffer.from(JSON.stringify(message));
      const headers = { ...signWebhook({ id, timestamp: Math.floor(Date.now() / 1_000), body, keys }) };
      const reply = await fetch(`http://127.0.0.1:${port}/`, {
        method: 'POST',
        headers,
        body: body.toString() + change,
      });
      return [reply.status, await reply.text()];
    };
    const event = (sequence: number) => ({
      type: 't.v1',
      timestamp: '2026-11-23T02:15:30.000Z',
      eventId: `e-${sequence}`,
      subject: 'whitelist/1',
      sequence,
      data: {},
    });
    expect(await post('c', { type: 'webhook.challenge', challenge: 'x' })).toEqual([200, '{"challenge":"x"}']);
    expect(await post('d', event(2), ' ')).toEqual([401, 'signature_invalid']);
    for (const [id, sequence] of [
      ['d2', 2],
      ['d2', 2],
      ['d1', 1],
      ['d3', 3],
    ] as const) {
      expect(await post(id, event(sequence))).toEqual([204, '']);
    }
    await heard(/whitelist\/1 3/);
    expect(said.join('').match(/whitelist\/1 \d/g)).toEqual(['whitelist/1 2', 'whitelist/1 3']);
  } finally {
    child.kill();
  }
});

test.each(nodes)('the tool runs under %s', async (node) => {
  const cli = join(installed, '@zhirong/sdk/dist/sdk/cli.js');
  const options = ['--base-url', platform.baseUrl, '--keyid', 'demo-bank.test.20261101.1', '--key', 'private.pem'];
  const { code, said } = await run(node, [cli, 'send', 'GET', '/v1/whitelist', ...options]);
  expect([code, said]).toEqual([0, expect.stringContaining('"kind": "done"')]);
});

test('who writes TypeScript is told what a call takes and gives', () => {
  const right = [
    `if (answer.kind === 'done') answer.body.items[0]!.name satisfies string;`,
    `for await (const { keyid } of client.each.listKeys({ params: { partnerId: 'a' } })) keyid satisfies string;`,
    `await client.submitKey({ params: { partnerId: 'a' }, body: { publicKeyPem: '' }, idempotencyKey: '1' });`,
    `if (answer.kind === 'problem' && answer.code === 'cursor_invalid') answer.problem.requestId satisfies string;`,
  ];
  const wrong = [
    `await client.listWhitelist({ query: { status: 'liste' } });`,
    `await client.getWhitelistEntry({});`,
    `await client.submitKey({ params: { partnerId: 'a' }, body: { publicKey: '' } });`,
    `await client.enterPartner({});`,
    `for await (const entry of client.each.getPartner({ params: { partnerId: 'a' } })) void entry;`,
    `if (answer.kind === 'done') answer.body.items[0]!.version satisfies string;`,
    `if (answer.kind === 'problem' && answer.code === 'no_such_code') void 0;`,
  ];
  const head = `${example('A first call').trimEnd()}\n`;
  const file = write('typed.mts', `${head}${[...right, ...wrong].join('\n')}\n`);
  const flags = '--noEmit --strict --skipLibCheck --module nodenext --target es2022 --types node';
  const { stdout } = spawnSync(process.execPath, [join(modules, 'typescript/bin/tsc'), ...flags.split(' '), file], {
    cwd: join(folder, 'consumer'),
    encoding: 'utf8',
  });
  const before = head.split('\n').length - 1 + right.length;
  const lines = [...stdout.matchAll(/^typed\.mts\((\d+),/gm)].map(([, line]) => Number(line) - before);
  expect([...new Set(lines)], stdout).toEqual(wrong.map((_code, place) => place + 1));
});
