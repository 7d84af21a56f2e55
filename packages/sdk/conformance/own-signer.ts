import { spawnSync } from 'node:child_process';
import type { PublicKey } from '../../signature/keys.ts';
import type { SignableRequest } from '../../signature/request.ts';
import { type Call, requestOf } from '../calls.ts';
import { explainRequest } from '../explain.ts';
import type { Result } from './checks.ts';

/** Requests of every method, and what is easily written in another way: an empty query, letters beside ASCII, an order. */
const calls: readonly [name: string, call: Call][] = [
  ['GET，没有参数', { method: 'GET', path: '/v1/whitelist' }],
  [
    'GET，参数有次序和中文',
    { method: 'GET', path: '/v1/whitelist', query: { status: 'listed', about: '知识产权 a+b' } },
  ],
  ['POST，JSON 正文', { method: 'POST', path: '/v1/loans', body: { bankLoanNo: '2026-0001', note: '质押' } }],
  ['PUT，JSON 正文', { method: 'PUT', path: '/v1/products/p-1', body: {} }],
  ['DELETE，没有正文', { method: 'DELETE', path: '/v1/partners/bank-a/webhooks/w-1' }],
];

const timeoutMs = 30_000;

export type SignerCheck = {
  /** Run by the shell, once for each request. */
  command: string;
  keyid: string;
  key: PublicKey;
  baseUrl: string;
};

/**
 * Checks a signer in another language: it gets a request as JSON on stdin, and prints the headers that sign it as JSON,
 * with its own `base` among them if it likes. What does not fit is told by the first step that does not.
 */
export function checkSigner({ command, keyid, key, baseUrl }: SignerCheck, told: (result: Result) => void): Result[] {
  const { host, origin } = new URL(baseUrl);
  return calls.map(([name, call]) => {
    const request = requestOf(call, host, new Date());
    const result: Result = { group: '签名程序', name, expected: '通过', ...judge(request) };
    told(result);
    return result;
  });

  function judge(request: SignableRequest): Pick<Result, 'outcome' | 'seen' | 'note'> {
    const input = JSON.stringify(asked(request));
    const run = spawnSync(command, { shell: true, input, encoding: 'utf8', timeout: timeoutMs });
    if (run.status !== 0) return { outcome: 'failed', seen: `程序退出码 ${run.status}`, note: run.stderr.trim() };
    const printed = readHeaders(run.stdout);
    if (printed === undefined) return { outcome: 'failed', seen: '输出不是 JSON 对象', note: run.stdout.slice(0, 500) };
    const { base, ...headers } = printed;
    const steps = explainRequest(
      { ...request, headers: new Map([...request.headers, ...Object.entries(headers)]) },
      { now: new Date(), authorities: [host], key, theirBase: base },
    );
    const misfits = steps.filter(({ fits }) => !fits);
    const said = misfits.map((step) => `${step.name}：${step.said}`).join('\n');
    const wrong = keyidOf(headers) === keyid ? misfits[0]?.name : 'keyid';
    if (wrong === undefined) return { outcome: 'passed', seen: '通过' };
    return { outcome: 'failed', seen: wrong, note: said || `keyid 应为 ${keyid}` };
  }

  function asked({ method, path, query, headers, body }: SignableRequest) {
    const url = `${origin}${path}${query === '' ? '' : `?${query}`}`;
    const text = Buffer.from(body).toString('utf8');
    return { method, url, authority: host, path, query, headers: Object.fromEntries(headers), body: text, keyid };
  }
}

function readHeaders(text: string): Record<string, string> | undefined {
  try {
    const said: Record<string, unknown> | null = JSON.parse(text);
    if (typeof said !== 'object' || said === null || Array.isArray(said)) return undefined;
    return Object.fromEntries(Object.entries(said).map(([name, value]) => [name.toLowerCase(), String(value)]));
  } catch {
    return undefined;
  }
}

function keyidOf(headers: Record<string, string>): string | undefined {
  return /;keyid="([^"]*)"/.exec(headers['signature-input'] ?? '')?.[1];
}
