/** Numbers of the filing's rules, each with where it comes from. */

/**
 * A loan is filed by so many days after it was paid out (api: 备案). Later, it may have been overdue for as long as
 * makes it non-performing, so that it counts as filed after default.
 */
export const filingDays = 90;

/** What is shown of a loan's past at once. */
export const historyRows = 100;
