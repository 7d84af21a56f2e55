import type { Routes } from '#packages/contract';

/**
 * Where a service's routes lie: the first two words of their paths, once each and in order, e.g. `v1/enterprises`,
 * `.well-known/ippf-keys`. All below one goes to one function.
 */
export function placesOf(routes: Routes): string[] {
  const places = new Set<string>();
  for (const [name, { path }] of Object.entries(routes)) {
    const place = /^\/((?:v1\/[a-z][a-z-]*)|(?:\.well-known\/[a-z][a-z-]*))(?:\/|$)/.exec(path)?.[1];
    if (place === undefined) throw new Error(`${name}: ${path} does not begin with /v1/ or /.well-known/ and a noun`);
    places.add(place);
  }
  return [...places].toSorted();
}

/** Who answers where. Throws where two services claim one place: the gateway could send it to one of them only. */
export function ownersOf<Owner>(services: readonly { routes: Routes; owner: Owner }[]): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { routes, owner } of services) {
    for (const place of placesOf(routes)) {
      if (owners.has(place)) throw new Error(`two services claim /${place}`);
      owners.set(place, owner);
    }
  }
  return owners;
}
