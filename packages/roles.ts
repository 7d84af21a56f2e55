import * as z from 'zod';

/** People: they carry an OIDC bearer token with exactly one of these roles. */
export const personRoles = [
  'city-admin',
  'city-reviewer',
  'county-clerk',
  'county-reviewer',
  'park-manager',
  'enterprise-user',
  'auditor',
  'regulator',
] as const;

/** Organisations: they sign every message. */
export const partnerRoles = ['bank', 'guarantor', 'insurer', 'platform'] as const;

export const PersonRole = z.enum(personRoles);
export type PersonRole = z.output<typeof PersonRole>;
export type PartnerRole = (typeof partnerRoles)[number];
export type Role = PersonRole | PartnerRole;

/** Recipients of a consent that mean every bank: no partner may go by that name. */
export const allBanks = 'all-banks';

/** `people` in the outside contract. */
export const people: readonly Role[] = personRoles;
