import type { FieldError } from '../outcome.ts';
import { Problem } from './problem.ts';

/** Limits on hostile bodies; beyond them the field is named in a 422. */
const maxDepth = 16;
const maxKeys = 200;
const maxItems = 500;
const maxString = 4_000;
/** Field errors told in one answer; more help nobody. */
const maxErrors = 20;

const surrogate = /\\u[dD][89a-fA-F]/;
const integer = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * Bytes of a JSON body to a value, strictly: UTF-8, no duplicate keys, no `null`, no half of a surrogate pair, every
 * number an integer literal without sign, fraction or exponent that a JSON number carries exactly. What JSON.parse hides (duplicates, `1.0`,
 * `1e3`, 2⁵³ and beyond) is seen here, in one pass over the text without recursion.
 */
export function readJson(bytes: Uint8Array): unknown {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Problem('body_not_utf8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem('json_malformed');
  }
  const errors = inspect(text);
  if (errors.length > 0) throw new Problem('validation_failed', undefined, errors);
  return value;
}

type Frame = { pointer: string; keys?: Set<string>; key: string; index: number };

/** Walks text that JSON.parse accepts, token by token. */
function inspect(text: string): FieldError[] {
  const errors: FieldError[] = [];
  const stack: Frame[] = [];
  const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]|-?[0-9][0-9.eE+-]*|true|false|null/g;
  let expectKey = false;

  const at = () => {
    const frame = stack.at(-1);
    if (frame === undefined) return '';
    return `${frame.pointer}/${frame.keys ? escapePointer(frame.key) : frame.index}`;
  };
  const complain = (pointer: string, code: string, message: string) => {
    if (errors.length < maxErrors) errors.push({ pointer, code, message });
  };

  for (const [piece] of text.matchAll(token)) {
    const frame = stack.at(-1);
    switch (piece.charAt(0)) {
      case '{':
      case '[': {
        if (stack.length === maxDepth) {
          complain(at(), 'too_deep', `嵌套不得超过 ${maxDepth} 层`);
          return errors;
        }
        const pointer = at();
        stack.push(piece === '{' ? { pointer, keys: new Set(), key: '', index: 0 } : { pointer, key: '', index: 0 });
        expectKey = piece === '{';
        break;
      }
      case '}':
      case ']':
        stack.pop();
        expectKey = false;
        break;
      case ',':
        if (frame === undefined) break;
        expectKey = frame.keys !== undefined;
        frame.index += 1;
        if (frame.index === (frame.keys ? maxKeys : maxItems)) {
          complain(frame.pointer, 'too_many', `不得超过 ${frame.keys ? maxKeys : maxItems} 项`);
        }
        break;
      case ':':
        expectKey = false;
        break;
      case '"':
        if (expectKey && frame?.keys) {
          const key = String(JSON.parse(piece));
          if (frame.keys.has(key))
            throw new Problem('json_duplicate_key', `重复的键：${frame.pointer}/${key.slice(0, 64)}`);
          frame.keys.add(key);
          frame.key = key;
        } else if (piece.length - 2 > maxString) complain(at(), 'too_long', `文字不得超过 ${maxString} 个字符`);
        // Half a surrogate pair can be escaped, but no store, digest or page can carry it.
        if (surrogate.test(piece) && !String(JSON.parse(piece)).isWellFormed()) {
          complain(at(), 'invalid_format', '含有不成对的代理字符');
        }
        break;
      case 'n':
        complain(at(), 'null_not_allowed', '不接受 null；没有的字段请省略');
        break;
      case 't':
      case 'f':
        break;
      default:
        if (!integer.test(piece) || !Number.isSafeInteger(Number(piece))) {
          complain(at(), 'integer_expected', '应为 0 至 9007199254740991 的整数，不带小数点、指数或符号');
        }
    }
  }
  return errors;
}

export function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
