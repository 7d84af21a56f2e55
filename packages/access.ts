import type { PartnerRole, PersonRole, Role } from './roles.ts';

/** Who calls, proved: a person by token, an organisation by signature. */
export type Person = {
  kind: 'person';
  issuer: string;
  sub: string;
  role: PersonRole;
  divisionCode?: string;
  parkId?: string;
  uscc?: string;
};
export type Partner = { kind: 'partner'; partnerId: string; role: PartnerRole };
export type Caller = Person | Partner;

/** What an object belongs to; a caller bound to a place, park or company reaches only its own. */
export type Belongs = { divisions?: readonly string[]; parks?: readonly string[]; uscc?: string; partnerId?: string };

/**
 * The access table: what binds each role. `all` reaches everything that its routes touch. Whether a role has a route
 * at all stands in the contract; a role or a route that neither names is denied.
 */
const bound: Record<Role, Bound['by']> = {
  'city-admin': 'all',
  'city-reviewer': 'all',
  auditor: 'all',
  regulator: 'all',
  'county-clerk': 'division',
  'county-reviewer': 'division',
  'park-manager': 'park',
  'enterprise-user': 'company',
  bank: 'partner',
  guarantor: 'partner',
  insurer: 'partner',
  platform: 'partner',
};

/** May this role use a route with these roles? Default deny. */
export function mayUse(caller: Caller, roles: readonly Role[]): boolean {
  return roles.includes(caller.role);
}

/** What a caller is bound to: the whole city, or one place, company or organisation. */
export type Bound = { by: 'all' } | { by: 'division' | 'park' | 'company' | 'partner'; id: string };

/** Nothing for a caller that lacks the claim its role is bound by: it reaches nothing, and has no list. */
export function boundOf(caller: Caller): Bound | undefined {
  const by = bound[caller.role];
  if (by === 'all') return { by };
  const id = claimOf(caller, by);
  return id === undefined ? undefined : { by, id };
}

function claimOf(caller: Caller, by: Exclude<Bound['by'], 'all'>): string | undefined {
  if (caller.kind === 'partner') return by === 'partner' ? caller.partnerId : undefined;
  switch (by) {
    case 'division':
      return caller.divisionCode;
    case 'park':
      return caller.parkId;
    case 'company':
      return caller.uscc;
    case 'partner':
      return undefined;
  }
}

/** May this caller reach an object that belongs there? */
export function mayReach(caller: Caller, object: Belongs): boolean {
  const within = boundOf(caller);
  switch (within?.by) {
    case 'all':
      return true;
    case 'division':
      return object.divisions?.includes(within.id) ?? false;
    case 'park':
      return object.parks?.includes(within.id) ?? false;
    case 'company':
      return object.uscc === within.id;
    case 'partner':
      return object.partnerId === within.id;
    case undefined:
      return false;
  }
}

/** Of what belongs to one enterprise of one division, and to one organisation. */
export function belongsTo(object: {
  divisionCode: string;
  parkId?: string | undefined;
  uscc: string;
  partnerId: string;
}): Belongs {
  const { divisionCode, parkId, uscc, partnerId } = object;
  return { divisions: [divisionCode], parks: parkId === undefined ? [] : [parkId], uscc, partnerId };
}

/** One string for one caller, for scopes of keys and cursors. */
export function callerId(caller: Caller): string {
  return caller.kind === 'person' ? `person|${caller.issuer}|${caller.sub}` : `partner|${caller.partnerId}`;
}

/** Two people: another issuer or another sub. An organisation is never the second person. */
export function isAnother(caller: Caller, first: string): boolean {
  return callerId(caller) !== first;
}
