let table: Map<string, Uint8Array> | undefined;

/**
 * Encodes text in GB18030. Node can only decode it, so the table comes from decoding every two-byte sequence once
 * (10 ms); everything else lies in the four-byte area, whose order is that of the code points it has left over.
 */
export function encodeGb18030(text: string): Uint8Array {
  table ??= twoByteTable();
  const parts: Uint8Array[] = [];
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) parts.push(Uint8Array.of(code));
    else parts.push(table.get(char) ?? fourBytes(char, code));
  }
  return Buffer.concat(parts);
}

function twoByteTable(): Map<string, Uint8Array> {
  const decoder = new TextDecoder('gb18030', { fatal: true });
  const pairs = new Map<string, Uint8Array>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      if (trail === 0x7f) continue;
      const bytes = Uint8Array.of(lead, trail);
      const char = decoder.decode(bytes);
      // Where two sequences mean the same character the first one is the standard's.
      if (!pairs.has(char)) pairs.set(char, bytes);
    }
  }
  return pairs;
}

/** Four bytes count like a number with the digits 81–FE, 30–39, 81–FE, 30–39. */
function fourBytesOf(index: number): Uint8Array {
  return Uint8Array.of(
    0x81 + Math.floor(index / 12_600),
    0x30 + (Math.floor(index / 1260) % 10),
    0x81 + (Math.floor(index / 10) % 126),
    0x30 + (index % 10),
  );
}

function fourBytes(char: string, code: number): Uint8Array {
  // Beyond the first plane the order is arithmetic; within it a search finds the place, as the order is that of code points.
  if (code >= 0x10000) return fourBytesOf(189_000 + code - 0x10000);
  const decoder = new TextDecoder('gb18030', { fatal: true });
  let [low, high] = [0, 39_419];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const bytes = fourBytesOf(middle);
    const found = decoder.decode(bytes).codePointAt(0) ?? 0;
    if (found === code) return bytes;
    if (found < code) low = middle + 1;
    else high = middle - 1;
  }
  throw new Error(`GB18030 has no place for ${char}`);
}
