/**
 * What can be said of a right's number by itself. `number` is its normal form: however a number is typed, a right has
 * one. `year` is the one that the number states; of what is filed under it (application, registration) the register
 * says no more.
 */
export type NumberReading =
  | { ok: true; number: string; year?: number; filed?: DateRange; niceClass?: number; warnings: NumberWarning[] }
  | { ok: false; message: string };

/** Both days belong to it. */
export type DateRange = { earliest: string; latest: string };

export type NumberWarning = {
  code: 'check-digit-missing' | 'check-digit' | 'unusual-form';
  message: string;
};

/**
 * Text as the rules read it: full-width signs made plain, any dash a hyphen, no blanks, capitals. Half of what people
 * type differs from the register in nothing else.
 */
export function plainNumber(text: string): string {
  return text
    .normalize('NFKC')
    .toUpperCase()
    .normalize('NFKC')
    .replace(/[\s\p{Cf}\p{M}]/gu, '')
    .replace(/\p{Pd}/gu, '-')
    .normalize('NFKC')
    .replace(/^第+(?<number>[^第号]+)号+$/u, '$<number>');
}

export const malformed = (message: string): NumberReading => ({ ok: false, message });

/** The year of two digits of a system that began in 1985 or later. */
export const fullYear = (twoDigits: number): number => (twoDigits < 85 ? 2000 : 1900) + twoDigits;
