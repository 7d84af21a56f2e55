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
const bound: Record<Role, 'all' | 'division' | 'park' | 'company' | 'partner'> = {
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

/** May this caller reach an object that belongs there? A caller that lacks the claim its role is bound by reaches nothing. */
export function mayReach(caller: Caller, object: Belongs): boolean {
  switch (bound[caller.role]) {
    case 'all':
      return true;
    case 'division':
      return caller.kind === 'person' && names(object.divisions, caller.divisionCode);
    case 'park':
      return caller.kind === 'person' && names(object.parks, caller.parkId);
    case 'company':
      return caller.kind === 'person' && caller.uscc !== undefined && caller.uscc === object.uscc;
    case 'partner':
      return caller.kind === 'partner' && caller.partnerId === object.partnerId;
    default:
      return false;
  }
}

function names(list: readonly string[] | undefined, wanted: string | undefined): boolean {
  return wanted !== undefined && list !== undefined && list.includes(wanted);
}

/** One string for one caller, for scopes of keys and cursors. */
export function callerId(caller: Caller): string {
  return caller.kind === 'person' ? `person|${caller.issuer}|${caller.sub}` : `partner|${caller.partnerId}`;
}

/** Two people: another issuer or another sub. An organisation is never the second person. */
export function isAnother(caller: Caller, first: string): boolean {
  return callerId(caller) !== first;
}
