import { renameSync, writeFileSync } from 'node:fs';
import type { PersonRole } from '../roles.ts';
import type { Issuer } from './issuer.ts';
import type { LocalPartner } from './partners.ts';

type Operator = { sub: string; role: PersonRole; divisionCode?: string; parkId?: string; uscc?: string };

/** What `credentials.json` holds: everything one needs to call the system that runs here. */
export type Credentials = {
  baseUrl: string;
  authority: string;
  /** Organisations and their keys, by id. */
  partners: Record<string, LocalPartner>;
  /** People by name, each with a token for a day. */
  operators: Record<string, Operator & { token: string }>;
};

const county = (divisionCode: string): Operator[] => [
  { sub: `county-clerk-${divisionCode}`, role: 'county-clerk', divisionCode },
  { sub: `county-reviewer-${divisionCode}`, role: 'county-reviewer', divisionCode },
];

/** The people there are from the start. Two of each city role, because one may not approve what he proposed. */
const operators: readonly Operator[] = [
  { sub: 'city-admin', role: 'city-admin' },
  { sub: 'city-admin-2', role: 'city-admin' },
  { sub: 'city-reviewer', role: 'city-reviewer' },
  { sub: 'city-reviewer-2', role: 'city-reviewer' },
  ...county('411502'),
  ...county('411525'),
  { sub: 'park-manager', role: 'park-manager', parkId: 'XY-ZONE-YSQY' },
  // A company of the example data, with a made-up code.
  { sub: 'enterprise-user', role: 'enterprise-user', uscc: '91411502MA9TETT0X9' },
  { sub: 'auditor', role: 'auditor' },
  { sub: 'regulator', role: 'regulator' },
];

/** Makes the tokens anew. */
export async function makeCredentials(baseUrl: string, issuer: Issuer): Promise<Credentials> {
  const signedIn = await Promise.all(
    operators.map(
      async (operator) => [operator.sub, { token: await issuer.issueToken(operator), ...operator }] as const,
    ),
  );
  return { baseUrl, authority: new URL(baseUrl).host, partners: {}, operators: Object.fromEntries(signedIn) };
}

/** Writes the file in one step, readable for its owner only: nobody finds half of it. */
export function writeCredentials(file: string, credentials: Credentials): void {
  writeFileSync(`${file}.new`, `${JSON.stringify(credentials, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
