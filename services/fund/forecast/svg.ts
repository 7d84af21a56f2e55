/*
 * A picture as text: elements are made inside out and everything that stands in them is escaped. Whole coordinates only,
 * so that the same facts give the same bytes.
 */

export type Svg = { readonly svg: string };
type Attributes = Record<string, string | number>;

const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => escapes[sign] ?? sign);
}

export function element(name: string, attributes: Attributes = {}, ...inside: (Svg | string)[]): Svg {
  const said = Object.entries(attributes).map(([key, value]) => ` ${key}="${escaped(String(value))}"`);
  const content = inside.map((one) => (typeof one === 'string' ? escaped(one) : one.svg)).join('');
  return { svg: content === '' ? `<${name}${said.join('')}/>` : `<${name}${said.join('')}>${content}</${name}>` };
}

export function label(x: number, y: number, text: string, more: Attributes = {}): Svg {
  return element('text', { x, y, ...more }, text);
}

/** Lines of text, each so many signs at most: SVG does not break lines itself. */
export function paragraph(x: number, y: number, sentences: readonly string[], signsPerLine: number): Svg {
  const lines = sentences.flatMap((sentence) => broken(sentence, signsPerLine));
  return element('g', {}, ...lines.map((line, place) => label(x, y + place * lineHeight, line)));
}

export const lineHeight = 22;

export function linesOf(sentences: readonly string[], signsPerLine: number): number {
  return sentences.flatMap((sentence) => broken(sentence, signsPerLine)).length;
}

/** Latin signs are half as wide as Chinese ones. */
function broken(sentence: string, signsPerLine: number): string[] {
  const lines: string[] = [];
  let line = '';
  let halves = 0;
  for (const sign of sentence) {
    const wide = sign >= '\u2e80' ? 2 : 1;
    // A line does not begin with a mark that closes.
    if (halves + wide > signsPerLine * 2 && !'，。；、）：'.includes(sign)) {
      lines.push(line);
      [line, halves] = ['', 0];
    }
    line += sign;
    halves += wide;
  }
  return [...lines, line];
}

/** A whole picture with its name and, for those who do not see it, what it shows in words. */
export function picture(
  { width, height, title, description }: { width: number; height: number; title: string; description: string },
  ...inside: Svg[]
): string {
  const fonts = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Source Han Sans SC',sans-serif";
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      role: 'img',
      'font-family': fonts,
      'font-size': 14,
      fill: '#1f2933',
    },
    element('title', {}, title),
    element('desc', {}, description),
    element('rect', { width, height, fill: '#ffffff' }),
    ...inside,
  ).svg;
}
