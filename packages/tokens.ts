import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import type { Person } from './access.ts';
import { PersonRole } from './roles.ts';

export type TokenSettings = { issuer: string; audience: string; jwksUrl: string };

const Claims = z.object({
  sub: z.string().min(1).max(256),
  role: PersonRole,
  divisionCode: z
    .string()
    .regex(/^[0-9]{6}$/)
    .optional(),
  parkId: z.string().min(1).max(64).optional(),
  uscc: z.string().length(18).optional(),
});

/** Signature algorithms an issuer may use; anything else, `none` and HMAC above all, is refused. */
const algorithms = ['ES256', 'ES384', 'PS256', 'RS256', 'EdDSA'];
const clockSkewSeconds = 5;

/** The issuer's key set could not be had, or is none: nothing is known about the token. */
export class KeysUnavailable extends Error {
  override name = 'KeysUnavailable';
  readonly code = 'ERR_JWKS_UNAVAILABLE';
}

/** jose's words for that. The general one is said of a key set's answer that is not 200 or not JSON, and of nothing else. */
const keySetFaults = new Set([errors.JOSEError.code, errors.JWKSTimeout.code, errors.JWKSInvalid.code]);

export type TokenCheck = (token: string) => Promise<Person | 'token_invalid' | 'token_expired'>;

/** Checks OIDC access tokens of one issuer. Throws when the issuer's keys cannot be fetched: that is a fault, not a no. */
export function tokenCheck(settings: TokenSettings, keys?: JWTVerifyGetKey): TokenCheck {
  const jwks = keys ?? createRemoteJWKSet(new URL(settings.jwksUrl), { timeoutDuration: 3_000 });
  return async (token) => {
    try {
      const { payload } = await jwtVerify(token, jwks, {
        issuer: settings.issuer,
        audience: settings.audience,
        algorithms,
        typ: 'at+jwt',
        clockTolerance: clockSkewSeconds,
        requiredClaims: ['sub', 'exp', 'iat'],
      });
      // The tolerance is for tokens that are not valid yet; one past its end is past it.
      if (payload.exp === undefined || payload.exp * 1_000 <= Date.now()) return 'token_expired';
      const claims = Claims.safeParse(payload);
      if (!claims.success) return 'token_invalid';
      const { sub, role, divisionCode, parkId, uscc } = claims.data;
      return {
        kind: 'person',
        issuer: settings.issuer,
        sub,
        role,
        ...(divisionCode !== undefined && { divisionCode }),
        ...(parkId !== undefined && { parkId }),
        ...(uscc !== undefined && { uscc }),
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return 'token_expired';
      if (!(error instanceof errors.JOSEError)) throw error;
      if (keySetFaults.has(error.code)) throw new KeysUnavailable(error.message, { cause: error });
      return 'token_invalid';
    }
  };
}
