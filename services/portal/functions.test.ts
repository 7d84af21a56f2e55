import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { siteMadeBeforehand } from './build.ts';
import { api } from './functions.ts';
import { site } from './site.ts';

type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'portal-'));
let bundled: Handler;
let bytes = 0;
let inputs = '';

beforeAll(async () => {
  const { plugin } = await siteMadeBeforehand(root);
  const outfile = join(folder, 'index.mjs');
  const built = await build({
    absWorkingDir: root,
    stdin: { contents: `export { api } from './services/portal/functions.ts'`, resolveDir: root },
    plugins: [plugin],
    outfile,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    metafile: true,
  });
  inputs = Object.keys(built.metafile.inputs).join('\n');
  bytes = Object.values(built.metafile.outputs)[0]!.bytes;
  const loaded = (await import(pathToFileURL(outfile).href)) as { api: () => Handler };
  bundled = loaded.api();
});
afterAll(() => rmSync(folder, { recursive: true }));

async function ask(handler: Handler, method: string, path: string, headers: Record<string, string> = {}) {
  const event = {
    httpMethod: method,
    path,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    multiValueQueryStringParameters: null,
    body: null,
    isBase64Encoded: false,
    requestContext: { requestId: 'request-1' },
  } as unknown as APIGatewayProxyEvent;
  const context = {
    functionName: 'test',
    awsRequestId: 'test',
    getRemainingTimeInMillis: () => 10_000,
  } as unknown as Context;
  const { statusCode, headers: answered, body, isBase64Encoded } = await handler(event, context);
  return {
    status: statusCode,
    headers: answered!,
    body: Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8').toString(),
  };
}

describe.each([
  ['as written', () => api() as Handler],
  ['as bundled', () => bundled],
])('%s', (_form, handler) => {
  test.each(['/', '/docs'])('%s is the page, under its policy', async (path) => {
    const { status, headers, body } = await ask(handler(), 'GET', path, { accept: 'text/html' });
    expect({ status, body }).toEqual({ status: 200, body: site().page });
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': site().contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
    });
  });

  test('/openapi.json is the document', async () => {
    const { status, headers, body } = await ask(handler(), 'GET', '/openapi.json');
    expect({ status, body }).toEqual({ status: 200, body: site().openApi });
    expect(headers).toMatchObject({ 'content-type': 'application/json' });
  });

  test('what nobody has is a 404, what is read only a 405', async () => {
    const unknown = await ask(handler(), 'GET', '/v1/nothing');
    expect(unknown).toMatchObject({ status: 404, headers: { 'content-type': 'application/problem+json' } });
    expect(JSON.parse(unknown.body)).toMatchObject({ code: 'not_found', status: 404, requestId: 'request-1' });
    expect(await ask(handler(), 'DELETE', '/docs')).toMatchObject({ status: 405, headers: { allow: 'GET' } });
  });
});

test('the bundle holds the result and not its makers', () => {
  expect(inputs).not.toMatch(/zod-openapi|packages\/openapi|services\/screening/);
  expect(bytes).toBeLessThan(300_000);
});
