/** What no programme says and the office follows all the same; its basis is domain research 9.1. */
export const claimPolicy = {
  /** Months from the payment of an advance within which it is to be settled (`pre.settleDeadlineMonths`). */
  settleDeadlineMonths: 24,
};
