import * as z from 'zod';

/** The five grades of a loan (风险分类), best first; from `substandard` on it is non-performing. */
export const classifications = ['normal', 'special-mention', 'substandard', 'doubtful', 'loss'] as const;
export const Classification = z.enum(classifications);
export type Classification = z.output<typeof Classification>;

/** Whether a grade counts as non-performing (不良). */
export function isNonPerforming(grade: Classification): boolean {
  return isWorseOrSame(grade, 'substandard');
}

export function isWorseOrSame(grade: Classification, than: Classification): boolean {
  return classifications.indexOf(grade) >= classifications.indexOf(than);
}
