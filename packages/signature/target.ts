/**
 * The canonical form of a request's target. A gateway decodes a query and hands on its parts, so what was signed can be
 * rebuilt only where there is one way to write it: segments and values of `A–Z a–z 0–9 . _ ~ -`, everything else as
 * upper-case `%XX` of its UTF-8 bytes, a query's parameters sorted by name, each name once. In a segment nothing may be
 * encoded that somebody on the way could take for a part of the path, or that cannot be seen.
 */

const plainSegment = /^[A-Za-z0-9._~-]+$/;
const encodedSegment = /^(?:[A-Za-z0-9._~-]|%[0-9A-F]{2})+$/;
const unfit = /[/\\?#%\p{Cc}\p{Zl}\p{Zp}]/u;
const plain = /^[A-Za-z0-9._~-]*$/;

export function isCanonicalPath(path: string): boolean {
  const [before, ...segments] = path.split('/');
  return before === '' && segments.length > 0 && segments.every((segment) => readSegment(segment) !== undefined);
}

/** What a segment of a path stands for; undefined where it is not written in the one way. */
export function readSegment(segment: string): string | undefined {
  if (segment === '.' || segment === '..') return undefined;
  if (plainSegment.test(segment)) return segment;
  const text = encodedSegment.test(segment) ? decode(segment) : undefined;
  return text === undefined || unfit.test(text) || encode(text) !== segment ? undefined : text;
}

/** A text as the segment of a path that stands for it. */
export function writeSegment(text: string): string {
  return encode(text);
}

/** The query, without its question mark, of parameters as a gateway decodes them; undefined where one has two values. */
export function canonicalQuery(parameters: Iterable<readonly [name: string, value: string]>): string | undefined {
  const pairs = [...parameters];
  return new Set(pairs.map(([name]) => name)).size === pairs.length ? writeQuery(pairs) : undefined;
}

/** The same where names may be there twice: it is not canonical then, but says what was asked. */
export function writeQuery(parameters: Iterable<readonly [name: string, value: string]>): string {
  return [...parameters]
    .map(([name, value]): [string, string] => [encode(name), encode(value)])
    .toSorted(([one, first], [other, second]) => compare(one, other) || compare(first, second))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

/** Whether a query, without its question mark, is what a canonical client sends. */
export function isCanonicalQuery(query: string): boolean {
  if (query === '') return true;
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    const at = part.indexOf('=');
    if (at < 1) return false;
    const [name, value] = [decode(part.slice(0, at)), decode(part.slice(at + 1))];
    if (name === undefined || value === undefined) return false;
    pairs.push([name, value]);
  }
  return canonicalQuery(pairs) === query;
}

function encode(text: string): string {
  if (plain.test(text)) return text;
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const letter = String.fromCharCode(byte);
    encoded += plain.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
