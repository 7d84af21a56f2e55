/** The numbers of partners' access, each with its source in the signing profile (`ippf-bank-v1`). */
export const keyPolicy = {
  /** A key holds for a year at the most. */
  maxDays: 365,
  /** Two at once, while the old one's place is taken by the new. */
  maxLive: 2,
  /** Days for which the old key goes on after the new one is approved: what is given where nobody says otherwise. */
  overlapDays: { min: 1, default: 14, max: 90 },
  /** A challenge is answered within a day, or asked for anew. */
  challengeHours: 24,
  /** Days before a key's end on which its partner is told. */
  noticeDays: [60, 30, 7, 1],
  /** On record of one partner. All that were ever approved stay; a full record lets go of what never was and is revoked. */
  maxOnRecord: 60,
} as const;

/** The platform's own keys, with which answers and webhooks are signed. */
export const ownKeyPolicy = {
  days: 365,
  /** The next key is made so long before the end of the one in use, and listed so long before its first use. */
  renewDaysBefore: 30,
  listedDaysBefore: 7,
  /** An ended key stays listed for those who check what they received before. */
  listedDaysAfter: 90,
} as const;

const seconds = 1_000;
const minutes = 60 * seconds;
const hours = 60 * minutes;

/** Standard Webhooks' schedule as this platform keeps it. All milliseconds. */
export const deliveryPolicy = {
  /** Before the first attempt and after each one that failed: 75.6 hours in all. */
  waitsMs: [
    0,
    5 * seconds,
    5 * minutes,
    30 * minutes,
    2 * hours,
    5 * hours,
    10 * hours,
    14 * hours,
    20 * hours,
    24 * hours,
  ],
  /** Waits vary by so much either way, so that what failed together is not tried together. */
  jitter: 0.1,
  /** The longest that a receiver's `Retry-After` is honoured. */
  maxRetryAfterMs: 24 * hours,
  timeoutMs: 15 * seconds,
  maxAnswerBytes: 64 * 1024,
  /** Messages on their way to one address at once. */
  lanes: 2,
  /** An address at which nothing succeeded for so long is disabled. */
  disableAfterMs: 5 * 24 * hours,
  /** After so many failures in a row the address is left alone, longer each time. */
  breaker: { failures: 5, firstMs: minutes, longestMs: 15 * minutes },
  /** What waits for a person (a disabled address, a suspended partner) is looked at again so often, in case none says so. */
  parkedMs: 6 * hours,
  /** Attempts of one delivery that are kept on record, replays included. */
  maxAttemptsOnRecord: 50,
} as const;

export const webhookPolicy = {
  /** Addresses of one partner that are not ended: one event is written to all of them in one transaction. */
  maxPerPartner: 10,
  /** How long the secret before goes on after a new one was made. */
  secretOverlapMs: 24 * hours,
  /** One signature per secret, and strict receivers take so many. */
  maxLiveSecrets: 4,
} as const;
