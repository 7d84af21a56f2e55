#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fingerprint, privateKeyOf, publicKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { type Algorithm, algorithms } from '../signature/profile.ts';
import { newNonce, readRequest, signedRequest } from '../signature/request.ts';
import { type Call, requestOf } from './calls.ts';
import { addChecks } from './cli-checks.ts';
import { addConformance } from './cli-conformance.ts';
import { openClient } from './client.ts';
import { fetchPlatformKeys } from './platform-keys.ts';

/*
 * 知融机构接入工具: makes keys, signs and sends a request, explains step by step why a signature was refused, and checks
 * an integration against a test environment.
 */

const program = new Command('zhirong').description(
  '知融机构接入工具：生成密钥、签名并发送请求、逐步说明签名为何被拒、检查接入是否合规',
);
const text = (path: string) => readFileSync(path, 'utf8');

program
  .command('keys')
  .description('生成一对密钥，写入 private.pem 与 public.pem；私钥不离开本机')
  .addOption(new Option('--alg <算法>', '签名算法').choices(algorithms).default('ecdsa-p256-sha256'))
  .option('--out <目录>', '写入的目录', '.')
  .action(({ alg, out }: { alg: Algorithm; out: string }) => {
    const { privateKeyPem, publicKeyPem } = newKeyPair(alg);
    // A key that is there already is somebody's: it is never written over.
    writeFileSync(join(out, 'private.pem'), privateKeyPem, { mode: 0o600, flag: 'wx' });
    writeFileSync(join(out, 'public.pem'), publicKeyPem, { flag: 'wx' });
    const key = publicKeyOf(publicKeyPem);
    console.log(`算法 ${alg}\n指纹 SHA-256 ${fingerprint(key)}\n指纹 SM3     ${fingerprint(key, 'sm3')}`);
    console.log('请把 public.pem 交登记，并用另一渠道（函件或电话）核对指纹。');
  });

const signing = (command: Command) =>
  command
    .argument('<方法>', 'GET、POST、PUT 或 DELETE')
    .argument('<路径>', '例如 /v1/whitelist')
    .requiredOption('--base-url <地址>', '例如 https://api.example.cn')
    .requiredOption('--keyid <编号>', '登记的密钥编号')
    .requiredOption('--key <文件>', '私钥（PKCS #8，PEM）')
    .option('--query <名=值...>', '查询参数')
    .option('--body <文件>', 'JSON 正文')
    .option('--idempotency-key <流水号>', '不给则新生成');
type Signing = {
  baseUrl: string;
  keyid: string;
  key: string;
  query?: string[];
  body?: string;
  idempotencyKey?: string;
};

/** `名=值`, cut at the first sign. */
function pairOf(pair: string): [string, string] {
  const at = pair.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`“${pair}” 应写作 名=值`);
  return [pair.slice(0, at), pair.slice(at + 1)];
}

function callOf(method: string, path: string, { query = [], body, idempotencyKey }: Signing): Call {
  if (method !== 'GET' && method !== 'POST' && method !== 'PUT' && method !== 'DELETE') {
    throw new InvalidArgumentError('方法应为 GET、POST、PUT 或 DELETE');
  }
  return {
    method,
    path,
    query: Object.fromEntries(query.map(pairOf)),
    ...(body !== undefined && { body: JSON.parse(text(body)) }),
    ...(idempotencyKey !== undefined && { idempotencyKey }),
  };
}

signing(program.command('sign').description('只签名，不发送：打印请求与签名基串')).action(
  (method: string, path: string, options: Signing) => {
    const now = new Date();
    const { host } = new URL(options.baseUrl);
    const signer = { key: privateKeyOf(text(options.key)), keyid: options.keyid };
    const asked = requestOf(callOf(method, path, options), host, now);
    const request = signedRequest(asked, signer, { now, nonce: newNonce() });
    const target = request.query === '' ? path : `${path}?${request.query}`;
    const lines = [
      `${method} ${target} HTTP/1.1`,
      `host: ${host}`,
      ...[...request.headers].map((pair) => pair.join(': ')),
    ];
    console.log([...lines, '', Buffer.from(request.body).toString()].join('\n'));
    const read = readRequest(request, { now, authorities: [host] });
    if (read.kind === 'read') console.error(`签名基串（${read.base.length} 字节）：\n${read.base.toString()}`);
  },
);

signing(program.command('send').description('签名、发送，并核对应答的签名'))
  .option('--platform-key <编号=文件...>', '平台公钥；不给则从 /.well-known/ippf-keys 读取', [])
  .option('--fingerprint <指纹...>', '另一渠道得知的平台应答公钥指纹（SHA-256）')
  .action(
    async (method: string, path: string, options: Signing & { platformKey: string[]; fingerprint?: string[] }) => {
      const { baseUrl, keyid, key, fingerprint: fingerprints } = options;
      const platformKeys =
        options.platformKey.length === 0
          ? await fetchPlatformKeys(baseUrl, fingerprints === undefined ? {} : { fingerprints })
          : Object.fromEntries(options.platformKey.map(pairOf).map(([id, file]): [string, string] => [id, text(file)]));
      const client = openClient({ baseUrl, keyid, privateKeyPem: text(key), platformKeys });
      console.log(JSON.stringify(await client.call(callOf(method, path, options)), null, 2));
    },
  );

program
  .command('requests')
  .description('应答丢失后，按流水号（Idempotency-Key）问明一次请求的结果')
  .argument('<流水号>')
  .requiredOption('--base-url <地址>', '例如 https://api.example.cn')
  .requiredOption('--keyid <编号>', '登记的密钥编号')
  .requiredOption('--key <文件>', '私钥（PKCS #8，PEM）')
  .option('--fingerprint <指纹...>', '另一渠道得知的平台应答公钥指纹（SHA-256）')
  .action(async (idempotencyKey: string, options: Signing & { fingerprint?: string[] }) => {
    const { baseUrl, keyid, key, fingerprint: fingerprints } = options;
    const platformKeys = await fetchPlatformKeys(baseUrl, fingerprints === undefined ? {} : { fingerprints });
    const client = openClient({ baseUrl, keyid, privateKeyPem: text(key), platformKeys });
    const answer = await client.getRequest({ params: { idempotencyKey } });
    console.log(JSON.stringify(answer.kind === 'done' ? answer.body : answer.problem, null, 2));
    if (answer.kind === 'problem') process.exitCode = 1;
  });

addChecks(program);
addConformance(program);

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
