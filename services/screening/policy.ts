/** How long an entry stays valid from the day of the version that it enters with (domain.md 9.1). */
export const validMonths = 12;

/** Working days that an objection may take (河南省社会信用条例 41): our own data, the provider's answer, with the provider. */
export const objectionDays = { own: 3, providerReply: 3, provider: 7 } as const;

/**
 * Calendar days after which what a source said is confirmed anew, even where it reports no change, and over how many
 * days those of one day are spread (`whitelist.rescreenDays`: 30 at the most).
 */
export const confirmDays = { least: 23, spread: 8 } as const;
