import { createHash } from 'node:crypto';
import { verifyBytes } from '../signature/algorithms.ts';
import type { PublicKey } from '../signature/keys.ts';

type Mistake = [said: string, of: (base: string) => string | Buffer];

/** What implementers in other languages get wrong, each as the base that they sign instead. */
const mistakes: readonly Mistake[] = [
  ['基串末尾多了一个换行', (base) => `${base}\n`],
  ['行间用了 CRLF，应只用 LF', (base) => base.replaceAll('\n', '\r\n')],
  ['@query 行少了开头的 ?（没有参数时也应为 ?）', (base) => base.replace(/^("@query": )\?/m, '$1')],
  ['@method 行应为大写', (base) => base.replace(/^("@method": )(.*)$/m, (_all, name, method) => name + lower(method))],
  ['@authority 行不应带协议', (base) => base.replace(/^("@authority": )/m, '$1https://')],
  ['@authority 行少了端口', (base) => base.replace(/^("@authority": .*):\d+$/m, '$1')],
  ['@path 行不应带查询串', (base) => base.replace(/^("@path": .*)\n("@query": )(.*)$/m, '$1$3\n$2$3')],
  ['最后一行不应带 sig1=', (base) => base.replace(/^("@signature-params": )/m, '$1sig1=')],
  ['最后一行缺失', (base) => base.replace(/\n"@signature-params": .*$/, '')],
  ['字段名少了引号', (base) => base.replaceAll(/^"([^"]+)": /gm, '$1: ')],
  ['冒号后少了空格', (base) => base.replaceAll(/^("[^"]+"): /gm, '$1:')],
  ['先对基串做了 SHA-256，再对摘要签名', (base) => createHash('sha256').update(base).digest()],
  ['先对基串做了 SHA-256，再对摘要的十六进制签名', (base) => createHash('sha256').update(base).digest('hex')],
];

const lower = (text: unknown) => String(text).toLowerCase();
const rawBytes = 64;
const derSequence = 0x30;

/** What went wrong, where a signature that does not hold over the base is one of these; undefined where it is none. */
export function usualMistake(base: string, signature: Uint8Array, key: PublicKey): string | undefined {
  const found = mistakes.find(([, of]) => {
    const other = of(base);
    return other !== base && verifyBytes(key, Buffer.from(other), signature);
  });
  if (found !== undefined) return found[0];
  const isShort = key.alg === 'ecdsa-p256-sha256' || key.alg === 'sm2';
  if (isShort && signature.length !== rawBytes) {
    return signature[0] === derSequence
      ? '签名是 DER 编码，应为 r‖s 共 64 字节'
      : `签名有 ${signature.length} 字节，应为 r‖s 共 64 字节`;
  }
  return undefined;
}
