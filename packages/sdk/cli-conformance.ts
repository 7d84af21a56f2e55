import { createPublicKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { privateKeyOf, type PublicKey, publicKeyOf } from '../signature/keys.ts';
import { partsOf, spkiOfPoint } from '../signature/sm2-key.ts';
import { lineOf, type Result, summaryOf } from './conformance/checks.ts';
import { checkSigner } from './conformance/own-signer.ts';
import { runConformance } from './conformance/run.ts';

type Options = {
  baseUrl: string;
  keyid: string;
  key?: string;
  fingerprint?: string[];
  approverTokenFile?: string;
  approvalWait?: number;
  webhookPort?: number;
  webhookUrl?: string;
  quick?: true;
  command?: string;
  publicKey?: string;
  report?: string;
};

const revocationSeconds = 75;
const text = (path: string) => readFileSync(path, 'utf8');

export function addConformance(program: Command): void {
  program
    .command('conformance')
    .description('对照测试环境检查接入：调用、应被拒绝的请求、重试、密钥轮换、回调；或检查另一语言的签名程序')
    .requiredOption('--base-url <地址>', '测试环境，例如 https://sandbox.example.cn')
    .requiredOption('--keyid <编号>', '测试环境的密钥编号')
    .option('--key <文件>', '该密钥的私钥（PKCS #8，PEM）')
    .option('--fingerprint <指纹...>', '另一渠道得知的平台应答公钥指纹（SHA-256）')
    .option('--approver-token-file <文件>', '复核人令牌所在文件（本机的测试环境）：自行批准所提交的密钥与地址')
    .option('--approval-wait <秒>', '等待市级复核人批准', whole)
    .option('--webhook-port <端口>', '在此端口接收回调；0 为任意', whole)
    .option('--webhook-url <地址>', '平台由此到达该端口；不给则为 http://127.0.0.1（仅本机的测试环境）')
    .option('--quick', '不等吊销生效（至多 60 秒）')
    .option('--command <命令>', '只检查签名程序：请求以 JSON 由标准输入给出，签名头以 JSON 打印')
    .option('--public-key <文件>', '签名程序所用密钥的公钥（PEM）；给出 --key 时不需要')
    .option('--report <文件>', '另写一份 JSON 报告')
    .action(async (options: Options) => {
      const results = await run(options);
      const { passed, failed, skipped } = summaryOf(results);
      console.log(`\n通过 ${passed}，不通过 ${failed}，跳过 ${skipped}`);
      if (options.report !== undefined) {
        const { baseUrl, keyid } = options;
        const report = { baseUrl, keyid, at: new Date().toISOString(), passed, failed, skipped, results };
        writeFileSync(options.report, `${JSON.stringify(report, null, 2)}\n`);
      }
      if (failed > 0) process.exitCode = 1;
    });
}

async function run(options: Options): Promise<Result[]> {
  const { baseUrl, keyid, key, command, publicKey } = options;
  const told = printer();
  if (command !== undefined) {
    if (publicKey === undefined && key === undefined) throw new InvalidArgumentError('请以 --public-key 给出公钥');
    const signer = publicKey === undefined ? publicHalfOf(text(String(key))) : publicKeyOf(text(publicKey));
    return checkSigner({ command, keyid, key: signer, baseUrl }, told);
  }
  if (key === undefined) throw new InvalidArgumentError('请以 --key 给出私钥');
  const { webhookPort: port, webhookUrl: url, approverTokenFile } = options;
  return runConformance(
    {
      baseUrl,
      keyid,
      privateKeyPem: text(key),
      fingerprints: options.fingerprint,
      reviewerToken: approverTokenFile === undefined ? undefined : text(approverTokenFile),
      webhook: port === undefined ? undefined : { port, url },
      approvalSeconds: options.approvalWait,
      revocationSeconds: options.quick === true ? 0 : revocationSeconds,
    },
    told,
  );
}

/** The public half, also where the runtime has no SM2. */
function publicHalfOf(privatePem: string): PublicKey {
  const { alg, pkcs8 } = privateKeyOf(privatePem);
  if (alg !== 'sm2') {
    return publicKeyOf(createPublicKey(privatePem).export({ format: 'pem', type: 'spki' }).toString());
  }
  const { point } = partsOf(pkcs8);
  return { alg, spki: spkiOfPoint(point), key: undefined, point };
}

function printer(): (result: Result) => void {
  let group = '';
  return (result) => {
    if (result.group !== group) console.log(`\n${result.group}`);
    group = result.group;
    console.log(lineOf(result));
  };
}

function whole(value: string): number {
  if (!/^\d{1,5}$/.test(value)) throw new InvalidArgumentError('应为整数');
  return Number(value);
}
