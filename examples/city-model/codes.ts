import type { Random } from './random.ts';

/** GB 32100: the digits of a 统一社会信用代码, without I, O, S, V and Z. */
const usccAlphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
const usccWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const organisationWeights = [3, 7, 9, 10, 5, 8, 4, 2];
const patentWeights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5];

/** The body that all invented codes share: real organisation codes of this shape are not known to exist. */
const reservedBody = 'MA9T';

/** An invented code of a company of that division: both check digits hold (GB 32100 outside, GB 11714 inside). */
export function inventUscc(random: Random, divisionCode: string): string {
  const serial = Array.from({ length: 4 }, () => usccAlphabet[random.int(0, 30)]).join('');
  return usccOf(divisionCode, `${reservedBody}${serial}`);
}

/** The whole code around the eight characters of an organisation code. */
export function usccOf(divisionCode: string, organisation: string): string {
  const body = `91${divisionCode}${organisation}${organisationCheck(organisation)}`;
  return body + usccCheck(body);
}

/** The same code with a check digit that does not hold, as a few real codes have one. */
export function withWrongCheck(uscc: string): string {
  const right = usccAlphabet.indexOf(uscc.slice(17));
  return `${uscc.slice(0, 17)}${usccAlphabet[(right + 7) % 31]}`;
}

/** The 18th digit for the first 17. */
export function usccCheck(body: string): string {
  const sum = Array.from(body).reduce(
    (total, char, i) => total + usccAlphabet.indexOf(char) * (usccWeights[i] ?? 0),
    0,
  );
  return usccAlphabet[(31 - (sum % 31)) % 31] ?? '';
}

/** The ninth digit of an organisation code; letters count 10 to 35. */
export function organisationCheck(organisation: string): string {
  const sum = Array.from(organisation).reduce(
    (total, char, i) => total + Number.parseInt(char, 36) * (organisationWeights[i] ?? 0),
    0,
  );
  const check = 11 - (sum % 11);
  if (check === 10) return 'X';
  return check === 11 ? '0' : String(check);
}

export type PatentKind = 'invention' | 'utility-model' | 'design';
const patentDigit = { invention: 1, 'utility-model': 2, design: 3 } as const;

/** An invented patent number of that year with a check digit that holds, e.g. `201710601862.3`. */
export function inventPatentNumber(random: Random, kind: PatentKind, year: number): string {
  const body = `${year}${patentDigit[kind]}${String(random.int(0, 1_999_999)).padStart(7, '0')}`;
  const sum = Array.from(body).reduce((total, char, i) => total + Number(char) * (patentWeights[i] ?? 0), 0);
  const check = sum % 11;
  return `${body}.${check === 10 ? 'X' : check}`;
}
