import * as z from 'zod';
import type { Api } from '#packages/local/patient-client';

/** The part of `credentials.json` that people sign in with, and organisations sign with. */
export type Credentials = {
  operators: Record<string, { token: string }>;
  partners: Record<string, { partnerId: string; role: string; keyid: string; alg: string; privateKeyPem: string }>;
};

/** Answers the token of a person by role and, where the role is bound to one, division or company. */
export type TokenOf = (role: string, divisionCode?: string, uscc?: string) => Promise<string>;

const Issued = z.looseObject({ token: z.string() });

/** People of the file, and of the local issuer where the file has nobody of that county. */
export function signIn(api: Api, credentials: Credentials): TokenOf {
  const issued = new Map<string, Promise<string>>();
  const issue = async (sub: string, role: string, divisionCode?: string, uscc?: string) => {
    const bound = { ...(divisionCode !== undefined && { divisionCode }), ...(uscc !== undefined && { uscc }) };
    const json = { sub, role, ...bound, ttlSeconds: 86_400 };
    return Issued.parse((await api.call({ method: 'POST', path: '/__local/tokens', json })).body).token;
  };
  return async (role, divisionCode, uscc) => {
    const sub = [role, divisionCode, uscc].filter((part) => part !== undefined).join('-');
    const known = credentials.operators[sub]?.token;
    if (known !== undefined) return known;
    const token = issued.get(sub) ?? issue(sub, role, divisionCode, uscc);
    issued.set(sub, token);
    return token;
  };
}
