import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importJWK, SignJWT, UnsecuredJWT } from 'jose';
import type { Route } from '#packages/contract';
import type { OpenApiDocument } from '#packages/openapi/types';
import { personRoles } from '#packages/roles';
import { site } from '../../../services/portal/site.ts';
import type { City, Send } from '../../support/city.ts';
import { grantOf, newUscc, nominationOf } from '../story.ts';

export const csv = 'text/csv';
export const csvHeader = '统一社会信用代码,企业名称,行政区划代码,企业规模,行业代码,成立日期';

const documented = JSON.parse(site().openApi) as OpenApiDocument;

/** The address of a route, with the same thing in every brace, and the parameters that it cannot be asked without. */
export function addressOf(route: Route, value: string): string {
  const path = route.path
    .replace('{source}', 'credit')
    .replace('{kind}', 'invention')
    .replace(/\{[^}]+\}/g, route.path.includes('{version}/') ? '1' : value);
  const parameters = documented.paths[route.path]?.[route.method.toLowerCase()]?.parameters ?? [];
  const needed = parameters.filter((parameter) => parameter.in === 'query' && parameter.required === true);
  const query = needed.map(({ name, example }) => `${name}=${example as string}`).join('&');
  return query === '' ? path : `${path}?${query}`;
}

function exampleOf({ path, method }: Route): unknown {
  return documented.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json']?.example;
}

/** A body that the route would take. */
export function bodyOf(route: Route): unknown {
  switch (`${route.method} ${route.path}`) {
    case 'POST /v1/enterprises':
      return nominationOf(newUscc());
    case 'PUT /v1/enterprises/{uscc}/consent':
      return grantOf();
    case 'POST /v1/enterprises/{uscc}/county-opinions':
      return { opinion: 'recommend', reason: '县区核实' };
    case 'POST /v1/screening-runs':
      return { scope: { divisionCode: '411599' } };
    default:
      return exampleOf(route) ?? {};
  }
}

/** A call of the route as its contract wants it. */
export function contentOf(route: Route): Send {
  if (route.method === 'GET' || route.method === 'DELETE') return {};
  if (route.file === undefined) return { json: bodyOf(route) };
  const [mediaType = ''] = route.file.mediaTypes.includes(csv) ? [csv] : route.file.mediaTypes;
  return { bytes: Buffer.from(`${csvHeader}\n`), headers: { 'content-type': mediaType } };
}

/** A person of each role, bound to the places and the company that the example operators are bound to. */
export async function peopleOf(city: City): Promise<Record<(typeof personRoles)[number], string>> {
  const bound = { divisionCode: '411502', parkId: 'XY-ZONE-YSQY', uscc: '91411502MA9TETT0X9' };
  const tokens = personRoles.map(async (role) => {
    const token = await city.cloud.issueToken({ sub: `any-${role}`, role, ...bound });
    return [role, token] as const;
  });
  return Object.fromEntries(await Promise.all(tokens)) as Record<(typeof personRoles)[number], string>;
}

type Forgery = { alg?: string; key?: Uint8Array; header?: Record<string, unknown>; claims?: Record<string, unknown> };

/** Tokens that the issuer would never make, most of them signed with its own key. */
export async function forgeriesOf(city: City): Promise<[string, string][]> {
  const { port, key: jwk } = JSON.parse(readFileSync(join(city.dir, 'issuer.json'), 'utf8'));
  const genuine = city.operator('city-admin');
  const payload = JSON.parse(Buffer.from(genuine.split('.')[1]!, 'base64url').toString('utf8'));
  const own = await importJWK(jwk, 'ES256');
  const forge = ({ alg = 'ES256', key, header = {}, claims = {} }: Forgery) =>
    new SignJWT({ ...payload, ...claims })
      .setProtectedHeader({ alg, kid: jwk.kid, typ: 'at+jwt', ...header })
      .sign(key ?? own);
  const [head = '', , seal = ''] = genuine.split('.');
  const promoted = Buffer.from(JSON.stringify({ ...payload, role: 'auditor' })).toString('base64url');
  return [
    ['no token', 'Bearer'],
    ['a token that is none', 'Bearer abc'],
    ['another scheme', 'Basic YWRtaW46YWRtaW4='],
    ['an unsigned token', `Bearer ${new UnsecuredJWT(payload).encode()}`],
    ['a changed payload', `Bearer ${head}.${promoted}.${seal}`],
    ['a public key used as a secret', `Bearer ${await forge({ alg: 'HS256', key: Buffer.from(jwk.x) })}`],
    ['another issuer', `Bearer ${await forge({ claims: { iss: `http://127.0.0.1:${port}/other` } })}`],
    ['another audience', `Bearer ${await forge({ claims: { aud: 'another-api' } })}`],
    ['an unknown key', `Bearer ${await forge({ header: { kid: 'unknown' } })}`],
    ['no role', `Bearer ${await forge({ claims: { role: undefined } })}`],
    ['two roles', `Bearer ${await forge({ claims: { role: ['auditor', 'city-admin'] } })}`],
    ['a role of organisations', `Bearer ${await forge({ claims: { role: 'bank' } })}`],
    ['no subject', `Bearer ${await forge({ claims: { sub: undefined } })}`],
    ['no end', `Bearer ${await forge({ claims: { exp: undefined } })}`],
    ['two proofs of one kind', `Bearer ${genuine}, Bearer ${genuine}`],
  ];
}
