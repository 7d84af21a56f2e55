/** How long an entry stays valid from the day of the version that it enters with (domain.md 9.1). */
export const validMonths = 12;

/** Working days that an objection may take (河南省社会信用条例 41): our own data, the provider's answer, with the provider. */
export const objectionDays = { own: 3, providerReply: 3, provider: 7 } as const;
