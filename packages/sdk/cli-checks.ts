import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { publicKeyOf } from '../signature/keys.ts';
import { explainRequest, readHttpRequest, type Step } from './explain.ts';
import { explainWebhook } from './explain-webhook.ts';
import { proofOf } from './key-proof.ts';
import { fetchPlatformKeys, pinnedKeys } from './platform-keys.ts';

const text = (path: string) => readFileSync(path, 'utf8');
const moment = (at: string | undefined) => (at === undefined ? new Date() : new Date(at));

/** What looks at things without calling: a signed request, a captured delivery, the challenge of a key. */
export function addChecks(program: Command): void {
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
        now: moment(options.at),
        authorities: options.authority ?? [request.authority],
        key: publicKeyOf(text(options.key)),
        theirBase: options.base === undefined ? undefined : text(options.base),
      });
      printSteps(steps);
    });

  program
    .command('prove')
    .description('对提交公钥时得到的挑战签名（POST …/keys/{keyid}/proofs 的 signature）')
    .argument('<文件>', '挑战原文，或 POST …/keys 的应答（JSON）；- 为标准输入')
    .requiredOption('--key <文件>', '所提交公钥的私钥（PEM）')
    .action((file: string, { key }: { key: string }) => {
      console.log(proofOf(challengeIn(file === '-' ? readFileSync(0, 'utf8') : text(file)), text(key)));
    });

  program
    .command('webhook-verify')
    .description('读一次收到的回调（请求行、请求头、空行、正文），逐步说明是否可信')
    .argument('<文件>', '例如由接收程序原样存下')
    .option('--base-url <地址>', '从此平台的 /.well-known/ippf-keys 读取公钥')
    .option('--fingerprint <指纹...>', '另一渠道得知的平台应答公钥指纹（SHA-256）')
    .option('--platform-key <文件...>', '平台的回调公钥（PEM）')
    .option('--secret <文件>', 'v1 密钥（whsec_…）所在文件')
    .option('--at <时刻>', '按此时刻判断；不给则为现在')
    .action(async (file: string, options: WebhookOptions) => {
      const { headers, body } = readHttpRequest(readFileSync(file));
      const keys = await keysOf(options);
      printSteps(explainWebhook({ headers: Object.fromEntries(headers), body, keys, now: moment(options.at) }));
    });
}

type WebhookOptions = {
  baseUrl?: string;
  fingerprint?: string[];
  platformKey?: string[];
  secret?: string;
  at?: string;
};

async function keysOf({ baseUrl, fingerprint: fingerprints, platformKey = [], secret }: WebhookOptions) {
  const published =
    baseUrl === undefined
      ? undefined
      : await fetchPlatformKeys(baseUrl, fingerprints === undefined ? {} : { fingerprints });
  const given = pinnedKeys(Object.fromEntries(platformKey.map((file): [string, string] => [file, text(file)])));
  return [
    ...(published?.webhookKeys() ?? []),
    ...given.webhookKeys(),
    ...(secret === undefined ? [] : [{ kind: 'v1' as const, secret: text(secret).trim() }]),
  ];
}

/** The challenge has line feeds in it: as JSON it comes through editors and terminals unharmed. */
function challengeIn(said: string): string {
  if (!said.trimStart().startsWith('{')) return said.replace(/\n$/, '');
  const { challenge }: { challenge?: unknown } = JSON.parse(said);
  return String(challenge);
}

function printSteps(steps: readonly Step[]): void {
  for (const { name, fits, said } of steps) {
    console.log(`${fits ? '✓' : '✗'} ${name}\n  ${said.replaceAll('\n', '\n  ')}`);
  }
  if (!steps.every(({ fits }) => fits)) process.exitCode = 1;
}
