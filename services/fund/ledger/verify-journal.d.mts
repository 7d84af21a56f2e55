/** RFC 8785 of what a journal consists of. */
export function canonical(value: unknown): string;
export function merkleRoot(hashes: readonly string[]): string;
export function verifyJournal(
  text: string,
  outside?: { roots?: Record<string, string>; head?: string },
): { problems: string[]; entries: number; headHash: string; seals: Record<string, string> };
/** What funds gave each other and is not the same in both books, of exports of different funds. */
export function verifyTransfers(texts: readonly string[]): string[];
/** The last line of an export: what its entries come to. */
export function summaryOf(entries: readonly unknown[], fundId: string): Record<string, unknown>;
