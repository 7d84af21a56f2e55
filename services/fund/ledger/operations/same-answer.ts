import type { Entry } from '../entry.ts';

/**
 * Makes one answer for each entry, however often it is asked: an answer that was proved in the entry's own transaction
 * must be the very one that the operation gives, or it would be kept, and said to be replayed, a second time.
 */
export function sameAnswer<Result>(make: (entry: Entry) => Result): (entry: Entry) => Result {
  const made = new Map<string, Result>();
  return (entry) => {
    const known = made.get(entry.hash) ?? make(entry);
    made.set(entry.hash, known);
    return known;
  };
}
