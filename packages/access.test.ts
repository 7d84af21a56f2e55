import { describe, expect, test } from 'vitest';
import { type Belongs, type Caller, callerId, isAnother, mayReach, mayUse } from './access.ts';
import { partnerRoles, personRoles } from './roles.ts';

const person = { kind: 'person', issuer: 'https://issuer.example', sub: 'someone' } as const;
const here: Belongs = {
  divisions: ['411502'],
  parks: ['XY-ZONE-YSQY'],
  uscc: '91411502MA9TETT0X9',
  partnerId: 'bank-a',
};
const elsewhere: Belongs = {
  divisions: ['411525'],
  parks: ['XY-ZONE-GX'],
  uscc: '91411525MA9TEXT277',
  partnerId: 'bank-b',
};
const claims = { divisionCode: '411502', parkId: 'XY-ZONE-YSQY', uscc: '91411502MA9TETT0X9' };

/** What each role reaches: everything, its own, or nothing when it lacks its claim. */
const everything = new Set(['city-admin', 'city-reviewer', 'auditor', 'regulator']);

describe('who reaches what', () => {
  test.each(personRoles)('%s', (role) => {
    const bound: Caller = { ...person, role, ...claims };
    const unbound: Caller = { ...person, role };
    expect(mayReach(bound, here)).toBe(true);
    expect(mayReach(bound, elsewhere)).toBe(everything.has(role));
    expect(mayReach(unbound, here)).toBe(everything.has(role));
    expect(mayReach(bound, {})).toBe(everything.has(role));
  });

  test.each(partnerRoles)('%s reaches its own', (role) => {
    const caller: Caller = { kind: 'partner', partnerId: 'bank-a', role };
    expect(mayReach(caller, here)).toBe(true);
    expect(mayReach(caller, elsewhere)).toBe(false);
    expect(mayReach(caller, {})).toBe(false);
  });

  test('a claim of another kind opens nothing', () => {
    expect(mayReach({ ...person, role: 'county-clerk', parkId: 'XY-ZONE-YSQY' }, here)).toBe(false);
    expect(mayReach({ ...person, role: 'park-manager', divisionCode: '411502' }, here)).toBe(false);
    expect(mayReach({ ...person, role: 'enterprise-user', divisionCode: '411502' }, here)).toBe(false);
  });
});

test('a route is for the roles it names and nobody else', () => {
  for (const role of personRoles) {
    expect(mayUse({ ...person, role }, [])).toBe(false);
    expect(mayUse({ ...person, role }, [role])).toBe(true);
    expect(
      mayUse(
        { ...person, role },
        personRoles.filter((other) => other !== role),
      ),
    ).toBe(false);
  }
});

test('the second person has another issuer or another sub, whatever the role', () => {
  const first = callerId({ ...person, role: 'city-reviewer' });
  expect(isAnother({ ...person, role: 'city-admin' }, first)).toBe(false);
  expect(isAnother({ ...person, role: 'city-admin', sub: 'another' }, first)).toBe(true);
  expect(isAnother({ ...person, role: 'city-admin', issuer: 'https://other.example' }, first)).toBe(true);
});
