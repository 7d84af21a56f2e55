import { componentText, requestValue, signatureBase } from '../signature/components.ts';
import { contentDigest } from '../signature/digest.ts';
import type { PublicKey } from '../signature/keys.ts';
import { readSignature } from '../signature/parameters.ts';
import { requestLabel, requiredComponents } from '../signature/profile.ts';
import { readRequest, type SignableRequest, verifyRequest } from '../signature/request.ts';
import { usualMistake } from './usual-mistakes.ts';

/** One step of the check: what was looked at, whether it fits, and what we see there, in 中文 with the bytes as they are. */
export type Step = { name: string; fits: boolean; said: string };

/**
 * Explains what becomes of a signed request: every step on its own, so that a wrong digest does not hide a wrong base. The
 * last step is the verdict of the verifier itself. `theirBase`: what the signer signed; the first difference is told.
 */
export function explainRequest(
  request: SignableRequest,
  {
    now,
    authorities,
    key,
    theirBase,
  }: { now: Date; authorities: readonly string[]; key: PublicKey; theirBase?: string | undefined },
): Step[] {
  const { headers, method } = request;
  const steps: Step[] = [];
  const step = (name: string, fits: boolean, said: string) => steps.push({ name, fits, said });

  const member = readSignature(headers.get('signature-input') ?? '', headers.get('signature') ?? '', requestLabel);
  step(
    '签名头',
    member !== undefined,
    member === undefined
      ? `Signature-Input 与 Signature 应各含一个规范写法的 ${requestLabel}：${headers.get('signature-input') ?? '（没有）'}`
      : member.listText,
  );
  if (requiredComponents(method)?.includes('content-digest') === true) {
    const [sent, own] = [headers.get('content-digest'), contentDigest(request.body)];
    step(
      '正文摘要',
      sent?.split(', ').includes(own) === true,
      `按收到的 ${request.body.length} 字节计算：${own}；请求中：${sent ?? '（没有）'}`,
    );
  }
  if (member !== undefined) {
    const names = member.components.map(({ name }) => name);
    const missing = (requiredComponents(method) ?? []).filter((name) => !names.includes(name));
    step('覆盖字段', missing.length === 0, missing.length === 0 ? names.join(' ') : `未覆盖：${missing.join(' ')}`);
    const absent = member.components.filter((component) => requestValue(component, request) === undefined);
    const base = signatureBase(member.components, member.listText, (component) => requestValue(component, request));
    step('签名基串', base !== undefined, base ?? `覆盖了请求中没有的字段：${absent.map(componentText).join(' ')}`);
    if (base !== undefined && theirBase !== undefined)
      step('与贵方基串比较', base === theirBase, difference(base, theirBase));
    const mistake = base === undefined ? undefined : usualMistake(base, member.signature, key);
    if (mistake !== undefined) step('常见错误', false, mistake);
  }
  const read = readRequest(request, { now, authorities });
  const verdict = read.kind === 'refused' ? read : verifyRequest(read, key);
  step(
    '验签结论',
    verdict.kind === 'verified',
    verdict.kind === 'verified' ? '通过' : `${verdict.code}：${verdict.reason}`,
  );
  return steps;
}

/** The first line in which two bases differ. */
function difference(ours: string, theirs: string): string {
  if (ours === theirs) return '相同';
  const [own, other] = [ours.split('\n'), theirs.split('\n')];
  const at = own.findIndex((line, nth) => line !== other[nth]);
  const nth = at === -1 ? own.length : at;
  return `第 ${nth + 1} 行不同\n  我方：${own[nth] ?? '（没有这一行）'}\n  贵方：${other[nth] ?? '（没有这一行）'}`;
}

/**
 * A request as it goes over the wire: request line, headers, an empty line, the body. Lines end with LF or CRLF; the body
 * is taken as it is. Throws a RangeError where it is none.
 */
export function readHttpRequest(bytes: Uint8Array): SignableRequest {
  const whole = Buffer.from(bytes);
  const [end, gap] = [whole.indexOf('\r\n\r\n'), whole.indexOf('\n\n')];
  const crlf = end !== -1 && (gap === -1 || end < gap);
  const at = crlf ? end : gap;
  const head = (at === -1 ? whole : whole.subarray(0, at)).toString('utf8');
  const body = at === -1 ? Buffer.alloc(0) : whole.subarray(at + (crlf ? 4 : 2));
  const [first = '', ...lines] = head.split(/\r?\n/);
  const [, method, target] = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?$/.exec(first) ?? [];
  if (method === undefined || target === undefined) throw new RangeError(`"${first}" is no request line`);
  const headers = new Map<string, string>();
  for (const line of lines.filter((one) => one !== '')) {
    const colon = line.indexOf(':');
    if (colon < 1) throw new RangeError(`"${line}" is no header`);
    const name = line.slice(0, colon).toLowerCase();
    if (headers.has(name)) throw new RangeError(`the header ${name} is there twice`);
    headers.set(name, line.slice(colon + 1).trim());
  }
  const mark = target.indexOf('?');
  const [path, query] = mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
  return { method, authority: (headers.get('host') ?? '').toLowerCase(), path, query, headers, body };
}
