import type { PersonRole } from '#packages/roles';

/*
 * What is refused before any operation runs, as data: what is sent, and what is said to it. Codes and statuses are those
 * of the outside contract.
 */

export const unknownPaths = [
  '/nowhere',
  '/v1',
  '/v1/',
  '/v2/whitelist',
  '/v1/nothing',
  '/v1/nothing/at/all',
  '/V1/whitelist',
  '/v1/Whitelist',
  '/v1/whitelist/',
  '//v1/whitelist',
  '/v1//whitelist',
  '/v1/./whitelist',
  '/v1/enterprises/../whitelist',
  '/v1/enterprises/',
  '/v1/enterprises/%39%31',
  '/v1/enterprises/..',
  '/v1/enterprises/.hidden',
  '/v1/enterprises/~home',
  '/v1/enterprises/%00',
  '/v1/enterprises/a%2Fb',
  `/v1/enterprises/${'9'.repeat(65)}`,
  '/v1/enterprises/1/screenings/2',
  '/v1/whitelist-versions/one',
  '/v1/whitelist-versions/0',
  '/v1/screening-runs/{runId}',
  '/hooks/ip-ops/v1',
  '/.well-known/ippf-keys',
  '/favicon.ico',
];
