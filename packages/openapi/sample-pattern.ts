/**
 * A text that fits a regular expression, always the same one: the first alternative, each repetition as few times as
 * allowed, the signs of a class in turn. Knows what contracts use (literals, classes, groups, repetitions); undefined
 * where it does not understand or the text does not fit after all.
 */
export function samplePattern(pattern: string): string | undefined {
  const reader: Reader = { pattern, at: 0, made: 0 };
  const text = alternatives(reader);
  if (text === undefined || reader.at < pattern.length) return undefined;
  return new RegExp(pattern, 'u').test(text) ? text : undefined;
}

type Reader = { pattern: string; at: number; made: number };

/** Signs before `)` or the end: of several alternatives the first, the others read and left. */
function alternatives(reader: Reader): string | undefined {
  const first = sequence(reader);
  while (reader.pattern[reader.at] === '|') {
    reader.at += 1;
    if (sequence(reader) === undefined) return undefined;
  }
  return first;
}

function sequence(reader: Reader): string | undefined {
  let text = '';
  while (reader.at < reader.pattern.length && !')|'.includes(reader.pattern.charAt(reader.at))) {
    const start = reader.at;
    const once = atom(reader);
    if (once === undefined) return undefined;
    const end = reader.at;
    const times = repetitions(reader);
    const after = reader.at;
    if (times > 0) text += once;
    for (let count = 1; count < times; count += 1) {
      reader.at = start;
      text += atom(reader) ?? '';
      reader.at = end;
    }
    reader.at = after;
  }
  return text;
}

/** How often at least, at the quantifier that may stand here. */
function repetitions(reader: Reader): number {
  const [quantifier] = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/.exec(reader.pattern.slice(reader.at)) ?? [''];
  reader.at += quantifier.length;
  if (quantifier === '' || quantifier.startsWith('+')) return 1;
  return quantifier.startsWith('{') ? Number.parseInt(quantifier.slice(1), 10) : 0;
}

function atom(reader: Reader): string | undefined {
  const sign = reader.pattern.charAt(reader.at);
  reader.at += 1;
  switch (sign) {
    case '^':
    case '$':
      return '';
    case '(': {
      if (reader.pattern.startsWith('?:', reader.at)) reader.at += 2;
      const inner = alternatives(reader);
      reader.at += 1;
      return inner;
    }
    case '[':
      return next(reader, classSigns(reader));
    case '.':
      return next(reader, letters);
    case '\\': {
      const escaped = reader.pattern.charAt(reader.at);
      reader.at += 1;
      if (escaped === 'd') return next(reader, digits);
      if (escaped === 'w') return next(reader, letters);
      return /[A-Za-z0-9]/.test(escaped) ? undefined : escaped;
    }
    default:
      return '?*+{'.includes(sign) ? undefined : sign;
  }
}

const digits = '1234567890'.split('');
const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');

function next(reader: Reader, signs: string[]): string | undefined {
  reader.made += 1;
  return signs[(reader.made - 1) % Math.max(signs.length, 1)];
}

/** The signs of a class in order; none for a negated one, which only a person can fill sensibly. */
function classSigns(reader: Reader): string[] {
  const close = /(?<!\\)\]/.exec(reader.pattern.slice(reader.at));
  const inside = reader.pattern.slice(reader.at, reader.at + (close?.index ?? 0));
  reader.at += inside.length + 1;
  if (inside.startsWith('^') || /\\[A-Za-z]/.test(inside)) return [];
  const signs: string[] = [];
  for (const [, from = '', to] of inside.matchAll(/\\?(.)(?:-(?!$)\\?(.))?/gu)) {
    for (let code = from.charCodeAt(0); code <= (to ?? from).charCodeAt(0); code += 1) {
      signs.push(String.fromCharCode(code));
    }
  }
  return signs;
}
