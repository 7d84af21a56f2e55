export function least(first: bigint, ...others: bigint[]): bigint {
  return others.reduce((least, one) => (one < least ? one : least), first);
}

/** The amount, or nothing where it is below zero. */
export function atLeastZero(amount: bigint): bigint {
  return amount > 0n ? amount : 0n;
}

export function sum(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}
