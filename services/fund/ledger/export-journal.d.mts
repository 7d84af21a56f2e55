/** Exports a fund's journal page by page; answers how many entries there were. */
export function exportJournal(from: {
  api: string;
  fundId: string;
  token: string;
  write: (line: string) => void | Promise<void>;
}): Promise<number>;
