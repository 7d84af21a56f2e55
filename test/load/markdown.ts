/** A Markdown table; the first column is text, the others are numbers and stand on the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_cell, place) => (place === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

export function whole(number: number): string {
  return Math.round(number).toLocaleString('en-US');
}

export function seconds(milliseconds: number): string {
  return (milliseconds / 1_000).toFixed(1);
}

/** The one in the middle. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
