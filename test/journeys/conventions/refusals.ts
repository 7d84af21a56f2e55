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
  '/v1/screening-runs/{runId}',
  '/hooks/ip-ops/v1',
  '/.well-known/other',
  '/.well-known/ippf-keys/other',
  '/favicon.ico',
];

/** Well-formed is 16 to 64 letters, digits, `_` and `-`. */
export const idempotencyKeys = [
  'fifteen-letters',
  'x'.repeat(65),
  'with a blank in it',
  'dots.are.not.allowed',
  'quoted"in-the-middle',
  '""',
];

type Nomination = Record<string, unknown>;
export type BodyCase = {
  what: string;
  /** `POST /v1/enterprises` by a county-clerk where nothing is said. */
  method?: string;
  path?: string;
  as?: PersonRole;
  /** Besides what a good call has; an empty value leaves the header out. */
  headers?: Record<string, string>;
  /** Bytes, or made from a good nomination. */
  body: string | Uint8Array | ((nomination: Nomination) => string);
  /** Status and code, and the pointer and code of every field that is named, sorted. */
  expected: string;
  errors?: string[];
};

const invalid = '422 validation_failed';
const changed = (what: string, change: Nomination, ...errors: string[]): BodyCase => ({
  what,
  body: (nomination) => JSON.stringify({ ...nomination, ...change }),
  expected: invalid,
  errors,
});
/** The text is written as it stands: `JSON.stringify` would put it right. */
const literal = (text: string): BodyCase => ({
  what: `the number ${text}`,
  body: `{"count":${text}}`,
  expected: invalid,
  errors: ['/count integer_expected'],
});
const good = (nomination: Nomination) => JSON.stringify(nomination);
const withHeader = (name: string, value: string, expected: string): BodyCase => ({
  what: `${name}: ${value}`,
  headers: { [name]: value },
  body: good,
  expected,
});
const malformed = (what: string, body: string | Uint8Array, expected = '400 json_malformed'): BodyCase => ({
  what,
  body,
  expected,
});
const bytes = (hex: string) => Buffer.concat([Buffer.from('{"name":"'), Buffer.from(hex, 'hex'), Buffer.from('"}')]);

const consent = { method: 'PUT', path: '/v1/enterprises/91411502MA9TETT0X9/consent' };
const grant = {
  purposes: ['credit'],
  recipients: ['bank-a'],
  grantedOn: '2026-01-01',
  expiresOn: '2027-01-01',
  evidenceDigest: 'a'.repeat(64),
};
const granting = (what: string, change: Nomination, ...errors: string[]): BodyCase => ({
  ...consent,
  what,
  body: JSON.stringify({ ...grant, ...change }),
  expected: invalid,
  errors,
});
const posting = (path: string, as: PersonRole, body: unknown, ...errors: string[]): BodyCase => ({
  what: `${path} ${JSON.stringify(body).slice(0, 60)}`,
  path,
  as,
  body: JSON.stringify(body),
  expected: invalid,
  errors,
});
const opinions = '/v1/enterprises/91411502MA9TETT0X9/county-opinions';

export const bodyCases: BodyCase[] = [
  withHeader('accept', 'application/json', '201'),
  withHeader('accept', 'text/html, */*;q=0.1', '201'),
  withHeader('accept', 'text/html', '406 not_acceptable'),
  withHeader('accept', 'image/*', '406 not_acceptable'),
  withHeader('content-type', 'application/json; charset=utf-8', '201'),
  withHeader('content-type', 'Application/JSON;charset=UTF-8', '201'),
  withHeader('content-type', '', '415 media_type_unsupported'),
  withHeader('content-type', 'text/plain', '415 media_type_unsupported'),
  withHeader('content-type', 'application/json; charset=gbk', '415 media_type_unsupported'),
  withHeader('content-type', 'application/json-patch+json', '415 media_type_unsupported'),
  withHeader('content-encoding', 'gzip', '415 media_type_unsupported'),
  { what: 'a list in JSON', path: '/v1/enterprise-imports', body: '{}', expected: '415 media_type_unsupported' },
  { what: 'more than 256 KB', body: `"${'x'.repeat(256 * 1024 - 1)}"`, expected: '413 body_too_large' },
  { what: 'exactly 256 KB', body: `"${'x'.repeat(256 * 1024 - 2)}"`, expected: invalid, errors: [' too_long'] },
  { what: 'a GET', method: 'GET', path: '/v1/whitelist', body: '{}', expected: '400 body_not_allowed' },
  { ...consent, what: 'a DELETE', method: 'DELETE', body: '{}', expected: '400 body_not_allowed' },

  malformed('nothing', ''),
  malformed('half an object', '{"uscc":'),
  malformed('a comma too much', '{"scope":{},}'),
  malformed('two values', '{}{}'),
  malformed('a comment', '{} // nothing'),
  malformed('single quotes', "{'scope':{}}"),
  malformed('no number', '{"count":NaN}'),
  malformed('a leading zero', '{"count":01}'),
  malformed('a byte order mark', '\uFEFF{}'),
  malformed('GBK', bytes('d0c5d1f4'), '400 body_not_utf8'),
  malformed('an overlong slash', bytes('c0af'), '400 body_not_utf8'),
  malformed('half a surrogate pair', bytes('eda080'), '400 body_not_utf8'),
  malformed('UTF-16', Buffer.from('{}', 'utf16le'), '400 json_malformed'),
  malformed('a key twice', '{"scope":{},"scope":{}}', '400 json_duplicate_key'),
  malformed('a key twice, once escaped', '{"scope":{},"\\u0073cope":{}}', '400 json_duplicate_key'),
  malformed('a key twice, further in', '{"a":[{"b":1,"c":{"d":1,"d":2}}]}', '400 json_duplicate_key'),
  malformed('__proto__ twice', '{"__proto__":{},"__proto__":{}}', '400 json_duplicate_key'),

  literal('1.0'),
  literal('1e3'),
  literal('1E3'),
  literal('-1'),
  literal('-0'),
  literal('0.5'),
  literal('9007199254740992'),
  changed('the largest number', { surprise: 9_007_199_254_740_991 }, '/surprise unknown_field'),
  literal('99999999999999999999999999'),
  changed('null', { parkId: null }, '/parkId null_not_allowed'),
  { what: 'null itself', body: 'null', expected: invalid, errors: [' null_not_allowed'] },
  { what: 'null far in', body: '{"a":{"b/c":[1,null]}}', expected: invalid, errors: ['/a/b~1c/1 null_not_allowed'] },
  { what: 'an array', body: '[]', expected: invalid, errors: [' invalid_type'] },
  { what: 'a string', body: '"{}"', expected: invalid, errors: [' invalid_type'] },
  {
    what: 'too deep',
    body: `${'['.repeat(17)}${']'.repeat(17)}`,
    expected: invalid,
    errors: [`${'/0'.repeat(16)} too_deep`],
  },
  changed('an unknown field', { surprise: 1 }, '/surprise unknown_field'),
  changed(
    'unknown fields to be escaped',
    { 'a/b~c': 1, constructor: 1 },
    '/a~1b~0c unknown_field',
    '/constructor unknown_field',
  ),
  {
    what: 'a field __proto__',
    body: (nomination) => good(nomination).replace('{', '{"__proto__":{"role":"city-admin"},'),
    expected: invalid,
    errors: ['/__proto__ unknown_field'],
  },

  changed('a field missing', { name: undefined }, '/name required'),
  changed('two fields missing', { name: undefined, foundedOn: undefined }, '/foundedOn required', '/name required'),
  changed('another type', { name: 5 }, '/name invalid_type'),
  changed('an empty name', { name: ' ' }, '/name too_small'),
  changed('a name with a control character', { name: '示例\u0000公司' }, '/name invalid_format'),
  changed('half a character in a name', { name: '示例\ud800' }, '/name invalid_format'),
  changed('a text beyond all measure', { name: 'x'.repeat(4_001) }, '/name too_long'),
  changed('a code too short', { uscc: '91411502' }, '/uscc invalid_format'),
  changed('a code in small letters', { uscc: '91411502ma9tett0x9' }, '/uscc invalid_format'),
  changed('a division of five digits', { divisionCode: '41150' }, '/divisionCode invalid_format'),
  changed('an unknown size', { sizeClass: 'huge' }, '/sizeClass invalid_value'),
  changed('a day that is none', { foundedOn: '2015-02-29' }, '/foundedOn invalid_format'),
  changed('a day in another form', { foundedOn: '2015-3-1' }, '/foundedOn invalid_format'),
  changed('an industry without its letter', { industryCode: '39' }, '/industryCode invalid_format'),
  changed('a park id with a dot before', { parkId: '.park' }, '/parkId invalid_format'),

  granting('no purpose', { purposes: [] }, '/purposes too_small'),
  granting('a purpose twice', { purposes: ['credit', 'credit'] }, '/purposes custom'),
  granting('another purpose', { purposes: ['credit', 'tax'] }, '/purposes/1 invalid_value'),
  granting('no recipient', { recipients: [] }, '/recipients too_small'),
  granting('an end before the beginning', { expiresOn: '2025-12-31' }, '/expiresOn custom'),
  granting('no digest', { evidenceDigest: 'none' }, '/evidenceDigest invalid_format'),
  posting(opinions, 'county-reviewer', { opinion: 'maybe', reason: '' }, '/opinion invalid_value', '/reason too_small'),
  posting(opinions, 'county-reviewer', { opinion: 'reject', reason: '\ud800' }, '/reason invalid_format'),
  posting('/v1/screening-runs', 'city-admin', {}, '/scope required'),
  posting('/v1/screening-runs', 'city-admin', { scope: { usccs: ['1'] } }, '/scope/usccs/0 invalid_format'),
  posting('/v1/screening-runs', 'city-admin', { scope: { usccs: Array(501).fill('9') } }, '/scope/usccs too_many'),
  posting('/v1/screening-runs', 'city-admin', { scope: { divisionCode: '411502', parkId: 'P' } }, '/scope exclusive'),
  posting('/v1/screening-runs', 'city-admin', { scope: {}, policyVersion: 'city-0' }, '/policyVersion unknown_policy'),
  posting(
    '/v1/whitelist-versions',
    'city-reviewer',
    { confirm: [{ uscc: '91411502MA9TETT0X9' }] },
    '/confirm/0/reason required',
  ),
  posting('/v1/whitelist-versions/1/approvals', 'city-admin', { approve: true }, '/approve unknown_field'),
];

/** By whom, what is asked, and the parameter that is refused. */
export const queryCases: [PersonRole, string, string][] = [
  ...['0', '201', '-1', '+5', '05', '1.0', '1e1', 'ten', '', '%20'].map((size): [PersonRole, string, string] => [
    'auditor',
    `/v1/whitelist?pageSize=${size}`,
    '?pageSize',
  ]),
  ['auditor', '/v1/whitelist?pageSize=5&pageSize=5', '?pageSize'],
  ['auditor', '/v1/whitelist?cursor=', '?cursor'],
  ['auditor', `/v1/whitelist?cursor=${'x'.repeat(1_001)}`, '?cursor'],
  ['auditor', '/v1/whitelist?status=all', '?status'],
  ['auditor', '/v1/whitelist?status=listed&status=removed', '?status'],
  ['auditor', '/v1/whitelist?Status=listed', '?Status'],
  ['auditor', '/v1/whitelist?__proto__=1', '?__proto__'],
  ['auditor', '/v1/whitelist?=1', '?'],
  ['auditor', '/v1/enterprises?divisionCode=4115', '?divisionCode'],
  ['auditor', '/v1/enterprises?divisionCode=411502&parkId=XY-ZONE-MG', '?parkId'],
  ['auditor', '/v1/enterprises/{uscc}/screenings?pageSize=1000', '?pageSize'],
  ['auditor', '/v1/whitelist?asOf=2026-02-30', '?asOf'],
  ['auditor', '/v1/whitelist?asOf=2999-01-05', '?asOf'],
  ['auditor', '/v1/whitelist?asOf=2026-01-05&knownOn=2999-01-05', '?knownOn'],
  ['auditor', '/v1/enterprises/{uscc}/decision?asOf=2999-01-05', '?asOf'],
  ['auditor', '/v1/enterprises/{uscc}/ip-facts', '?purpose'],
  ['auditor', '/v1/enterprises/{uscc}/ip-facts?purpose=curiosity', '?purpose'],
  ['auditor', '/v1/objections?overdue=false', '?overdue'],
];
