import type { Routes } from '#packages/contract';

/** The nouns of a service: the first word after `/v1/` of each of its routes, once each and in order. */
export function nounsOf(routes: Routes): string[] {
  const nouns = new Set<string>();
  for (const [name, { path }] of Object.entries(routes)) {
    const noun = /^\/v1\/([a-z][a-z-]*)(?:\/|$)/.exec(path)?.[1];
    if (noun === undefined) throw new Error(`${name}: ${path} does not begin with /v1/ and a noun`);
    nouns.add(noun);
  }
  return [...nouns].toSorted();
}

/** Who answers for which noun. Throws where two services claim one: the gateway could send it to one of them only. */
export function ownersOf<Owner>(services: readonly { routes: Routes; owner: Owner }[]): Map<string, Owner> {
  const owners = new Map<string, Owner>();
  for (const { routes, owner } of services) {
    for (const noun of nounsOf(routes)) {
      if (owners.has(noun)) throw new Error(`two services claim /v1/${noun}`);
      owners.set(noun, owner);
    }
  }
  return owners;
}
