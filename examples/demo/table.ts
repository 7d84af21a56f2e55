/** Columns a text takes on a screen: Chinese characters and full-width signs take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const char of text) width += isWide(char.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

export type Column = { header: string; align: 'left' | 'right' };

/** Lines of a table whose columns stand one under the other in any terminal with a Chinese font. */
export function tableLines(columns: readonly Column[], rows: readonly (readonly (string | number)[])[]): string[] {
  const texts = [columns.map((column) => column.header), ...rows.map((row) => row.map(String))];
  const widths = columns.map((_, i) => Math.max(...texts.map((row) => widthOf(row[i] ?? ''))));
  const lines = texts.map((row) =>
    columns
      .map(({ align }, i) => {
        const text = row[i] ?? '';
        const gap = ' '.repeat((widths[i] ?? 0) - widthOf(text));
        return align === 'right' ? gap + text : text + gap;
      })
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '─'.repeat(width)).join('──');
  return [...lines.slice(0, 1), rule, ...lines.slice(1)];
}
