/**
 * Encodes text as GB18030, in which Chinese spreadsheet programs save CSV. The platform only decodes it, so the table
 * is made once by decoding every sequence of two and four bytes.
 * @throws RangeError on a lone surrogate, which no encoding has.
 */
export function gb18030(text: string): Buffer {
  const known = (table ??= makeTable());
  const codes: number[] = [];
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    const code =
      point < 0x80 ? [point] : point > 0xffff ? fourBytes(point - 0x10000 + supplementary) : known.get(point);
    if (code === undefined) throw new RangeError(`U+${point.toString(16)} cannot be encoded`);
    codes.push(...code);
  }
  return Buffer.from(codes);
}

let table: Map<number, readonly number[]> | undefined;

/** Where the sequences of the characters beyond U+FFFF begin: 0x90 0x30 0x81 0x30. */
const supplementary = 189_000;

function makeTable(): Map<number, readonly number[]> {
  const decoder = new TextDecoder('gb18030');
  const made = new Map<number, readonly number[]>();
  const add = (code: readonly number[]) => {
    const characters = decoder.decode(Uint8Array.from(code));
    const point = characters.codePointAt(0) ?? 0xfffd;
    // The shortest sequence wins where two mean the same; anything else is not a single character.
    if (characters.length === 1 && point !== 0xfffd && !made.has(point)) made.set(point, code);
  };
  for (let first = 0x81; first <= 0xfe; first += 1) {
    for (let second = 0x40; second <= 0xfe; second += 1) if (second !== 0x7f) add([first, second]);
  }
  for (let index = 0; index < 39_420; index += 1) add(fourBytes(index));
  return made;
}

function fourBytes(index: number): readonly number[] {
  const third = Math.floor(index / 10);
  const second = Math.floor(third / 126);
  return [0x81 + Math.floor(second / 10), 0x30 + (second % 10), 0x81 + (third % 126), 0x30 + (index % 10)];
}
