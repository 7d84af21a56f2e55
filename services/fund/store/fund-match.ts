import * as z from 'zod';
import { jsonText } from '#packages/json-text';
import { inPartition, type Item, type Query, type Write } from '#packages/table';
import { FundMatch } from '../contract/match-schemas.ts';

const matchesPk = (fundId: string) => `FUND-MATCH#${fundId}`;
const Stored = z.object({ match: jsonText(FundMatch) });

/** A day has one: run again it says what is so now. */
export function matchWrite(match: FundMatch): Write {
  const item = { pk: matchesPk(match.fundId), sk: match.on, match: JSON.stringify(z.encode(FundMatch, match)) };
  return { kind: 'put', item };
}

export function matchesOf(fundId: string): Query {
  return { condition: inPartition(matchesPk(fundId)), newestFirst: true };
}

export function readMatch(item: Item): FundMatch {
  return Stored.parse(item).match;
}
