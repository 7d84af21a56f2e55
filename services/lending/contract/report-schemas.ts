/** What lending tells and the fund judges by: the words are common, so that neither contract needs the other's. */
export { Classification, classifications, isNonPerforming } from '#packages/classification';
