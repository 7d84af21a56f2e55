/** Shares by the size of an amount: the first step that reaches it, or what lies above them all. */
export type Tiers = {
  steps: readonly { upToFen: bigint; shareBps: bigint }[];
  above: { shareBps: bigint };
};

/** The share of the one step into which the amount falls: for the whole amount, bounds inclusive. */
export function tierShare({ steps, above }: Tiers, amountFen: bigint): bigint {
  return (steps.find(({ upToFen }) => amountFen <= upToFen) ?? above).shareBps;
}
