import { NominationFacts, sources } from '../facts.ts';
import { type Vocabulary, vocabularyOf } from './vocabulary.ts';

/** Everything a policy can ask. */
export const factVocabulary: Vocabulary = {
  nomination: { type: 'record', fields: vocabularyOf(NominationFacts) },
  credit: { type: 'record', fields: vocabularyOf(sources.credit.schema) },
  ip: { type: 'record', fields: vocabularyOf(sources.ip.schema) },
};
