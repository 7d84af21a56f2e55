import { type VerificationKey, verifyWebhook as verifySignature } from '../signature/standard-webhooks.ts';
import type { Step } from './explain.ts';
import { type HeaderValues, verifyWebhook, webhookHeaders } from './webhooks.ts';

const names = { id: 'webhook-id', timestamp: 'webhook-timestamp', signature: 'webhook-signature' };

const refusalWords: Record<string, string> = {
  header_missing: '三个 webhook- 请求头应各有一个',
  id_malformed: 'webhook-id 写法有误',
  timestamp_malformed: 'webhook-timestamp 应为十位秒数',
  signature_malformed: 'webhook-signature 写法有误',
  timestamp_too_old: '时间戳已过 300 秒：可能是重放，也可能是本机时钟不准',
  timestamp_too_new: '时间戳在 300 秒以后：请校准本机时钟',
  signature_invalid: '签名不成立：密钥不对，或正文与平台发出的字节不同（请用原始字节，不要先解析再写出）',
  body_malformed: '签名成立，但正文不是知融的通知',
};

/** Explains step by step what becomes of a delivery that was captured. */
export function explainWebhook(message: {
  headers: HeaderValues;
  body: Uint8Array;
  keys: readonly VerificationKey[];
  now: Date;
}): Step[] {
  const { headers, body, keys, now } = message;
  const said = webhookHeaders(headers);
  const missing = Object.entries(said).flatMap(([part, value]) =>
    value === undefined ? [Object.getOwnPropertyDescriptor(names, part)?.value] : [],
  );
  const steps: Step[] = [
    {
      name: '请求头',
      fits: missing.length === 0,
      said: missing.length === 0 ? `webhook-id ${said.id}` : `没有或重复：${missing.join(' ')}`,
    },
  ];
  if (said.timestamp !== undefined) {
    const age = Math.floor(now.getTime() / 1_000) - Number(said.timestamp);
    steps.push({
      name: '时间',
      fits: Math.abs(age) <= 300,
      said: `${said.timestamp}，距判断时刻 ${age} 秒，容许 300 秒`,
    });
  }
  const offered = (said.signature ?? '').split(' ').map((part) => part.split(',')[0]);
  const held = [...new Set(keys.map(({ kind }) => kind))];
  steps.push({
    name: '签名版本',
    fits: offered.some((version) => held.some((kind) => kind === version)),
    said: `消息：${offered.join(' ') || '（没有）'}；您有的密钥：${held.join(' ') || '（没有）'}`,
  });
  steps.push({ name: '正文', fits: body.length > 0, said: `${body.length} 字节，签名覆盖 id.时间戳.正文` });
  // A hint that is worth its own line: what editors and terminals add when a body is captured.
  const end = body.at(-1);
  const shorter =
    end === 0x0a || end === 0x0d
      ? Buffer.from(body)
          .toString('latin1')
          .replace(/[\r\n]+$/, '')
      : undefined;
  const trimmed = shorter === undefined ? undefined : Buffer.from(shorter, 'latin1');
  const verdict = verifyWebhook(message);
  if (
    verdict.kind === 'refused' &&
    trimmed !== undefined &&
    verifySignature({ headers: said, body: trimmed, keys, now }).kind === 'verified'
  ) {
    steps.push({ name: '多余的换行', fits: false, said: '去掉正文末尾的换行后签名成立：换行不是平台发出的' });
  }
  steps.push({
    name: '结论',
    fits: verdict.kind !== 'refused',
    said:
      verdict.kind === 'refused'
        ? `${verdict.reason}：${refusalWords[verdict.reason] ?? ''}`
        : verdict.kind === 'challenge'
          ? `归属挑战：应答 200 与 ${verdict.answer}`
          : `通知 ${verdict.event.type}，${verdict.event.subject} 第 ${verdict.event.sequence} 号`,
  });
  return steps;
}
