#!/usr/bin/env node
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { fingerprint, privateKeyOf, publicKeyOf } from '../signature/keys.ts';
import { newKeyPair } from '../signature/new-key.ts';
import { type Algorithm, algorithms } from '../signature/profile.ts';
import { newNonce, readRequest, signedRequest } from '../signature/request.ts';
import { type Call, openClient } from './client.ts';
import { requestOf } from './calls.ts';
import { explainRequest, readHttpRequest } from './explain.ts';

/*
 * 知融机构接入工具: makes keys, signs and sends a request, and explains step by step why a signature was refused.
 */

const program = new Command('zhirong').description('知融机构接入工具：生成密钥、签名并发送请求、逐步说明签名为何被拒');
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
  .option('--platform-key <编号=文件...>', '平台公钥，见 /.well-known/ippf-keys', [])
  .action(async (method: string, path: string, options: Signing & { platformKey: string[] }) => {
    const platformKeys = Object.fromEntries(
      options.platformKey.map(pairOf).map(([id, file]): [string, string] => [id, text(file)]),
    );
    const { baseUrl, keyid, key } = options;
    const client = openClient({ baseUrl, keyid, privateKeyPem: text(key), platformKeys });
    console.log(JSON.stringify(await client.call(callOf(method, path, options)), null, 2));
  });

program
  .command('explain')
  .description('读一个签好的 HTTP 请求，逐步说明验签的每一步')
  .argument('<文件>', '请求行、请求头、空行、正文')
  .requiredOption('--key <文件>', '公钥（PEM）')
  .option('--authority <主机...>', '平台的主机名；不给则取请求的 Host')
  .option('--at <时刻>', '按此时刻判断有效期，例如 2026-11-23T02:15:30Z；不给则为现在')
  .option('--base <文件>', '贵方签名时的基串，用来比较')
  .action((file: string, options: { key: string; authority?: string[]; at?: string; base?: string }) => {
    const request = readHttpRequest(readFileSync(file));
    const steps = explainRequest(request, {
      now: options.at === undefined ? new Date() : new Date(options.at),
      authorities: options.authority ?? [request.authority],
      key: publicKeyOf(text(options.key)),
      theirBase: options.base === undefined ? undefined : text(options.base),
    });
    for (const { name, fits, said } of steps)
      console.log(`${fits ? '✓' : '✗'} ${name}\n  ${said.replaceAll('\n', '\n  ')}`);
    if (!steps.every(({ fits }) => fits)) process.exitCode = 1;
  });

await program.parseAsync().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
