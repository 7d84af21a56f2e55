import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import * as z from 'zod';
import type { Route, Routes } from '#packages/contract';
import { openApiDocument } from '#packages/openapi/document';
import type { Content, OpenApiDocument, Schema } from '#packages/openapi/types';
import { problems } from '#packages/problems';
import { site } from '../services/portal/site.ts';

const root = resolve(import.meta.dirname, '..');
const files = globSync('services/*/contract.ts', { cwd: root }).toSorted();
const services = await Promise.all(
  files.map(async (file) => {
    const contract = (await import(join(root, file))) as { routes: Routes };
    return { name: basename(dirname(file)), routes: contract.routes, schemas: contract };
  }),
);
const rows: { service: string; name: string; route: Route }[] = services.flatMap(({ name: service, routes }) =>
  Object.entries(routes).map(([name, route]) => ({ service, name, route })),
);
const each = rows.map((row) => [`${row.route.method} ${row.route.path}`, row] as const);
const document = JSON.parse(site().openApi) as OpenApiDocument;
const operationOf = ({ method, path }: Route) => document.paths[path]![method.toLowerCase()]!;

const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
afterAll(() => rmSync(folder, { recursive: true }));

test('every route of every contract is in the document, and nothing else', () => {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => {
      const { operationId, summary, 'x-service': service, 'x-roles': roles } = operation;
      return { service, operationId, route: `${method.toUpperCase()} ${path}`, summary, roles };
    }),
  );
  const written = rows.map(({ service, name: operationId, route: { method, path, summary, roles } }) => ({
    service,
    operationId,
    route: `${method} ${path}`,
    summary,
    roles,
  }));
  const byId = (left: { operationId: string }, right: { operationId: string }) =>
    left.operationId < right.operationId ? -1 : 1;
  expect(told.toSorted(byId)).toEqual(written.toSorted(byId));
});

test('the document is always the same', () => {
  const make = () => JSON.stringify(openApiDocument(services, { version: '1' }));
  expect(make()).toBe(make());
});

function lint(text: string): { totals: Record<string, number>; problems: unknown[] } {
  const file = join(folder, 'openapi.json');
  writeFileSync(file, text);
  const redocly = join(root, 'node_modules/@redocly/cli/bin/cli.js');
  const flags = ['lint', file, `--config=${join(root, 'test/redocly.yaml')}`, '--format=json'];
  const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
  try {
    return JSON.parse(execFileSync(process.execPath, [redocly, ...flags], { env, stdio: 'pipe' }).toString());
  } catch (error) {
    // Where it finds errors it says so by its exit status too.
    return JSON.parse((error as { stdout: Buffer }).stdout.toString());
  }
}

test('a linter finds nothing in the document, and would', () => {
  expect(lint(site().openApi)).toMatchObject({ totals: { errors: 0, warnings: 0, ignored: 0 }, problems: [] });
  expect(lint(site().openApi.replace('"type":"integer"', '"type":"intger"')).totals['errors']).toBeGreaterThan(0);
});

test.each(each)('%s: its examples are what it takes and gives', (_route, { route, name }) => {
  const operation = operationOf(route);
  const exampleIn = (content: Content | undefined) => content?.['application/json']?.example;
  if (route.body !== undefined)
    expect(route.body.safeParse(exampleIn(operation.requestBody?.content))).toMatchObject({ success: true });
  if (route.answer !== undefined) {
    expect(route.answer.safeParse(exampleIn(operation.responses[route.status]!.content)), name).toMatchObject({
      success: true,
    });
  }
  const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path');
  const given = Object.fromEntries(
    inPath.map((parameter) => [parameter.name, `${parameter.example as string | number}`]),
  );
  expect((route.params ?? z.strictObject({})).safeParse(given)).toMatchObject({ success: true });
});

test.each(each)('%s keeps the conventions', (_route, { service, route }) => {
  const { method, status } = route;
  const braces = [...route.path.matchAll(/\{([^}]+)\}/g)].map(([, name]) => name);
  expect(Object.keys(route.params?.shape ?? {})).toEqual(braces);
  const places = ['/v1/', '/hooks/', '/.well-known/'];
  expect(service === 'portal' || places.some((place) => route.path.startsWith(place))).toBe(true);
  expect(route.roles.length === 0).toBe(route.public === true);
  expect(new Set(route.roles).size).toBe(route.roles.length);

  if (method === 'GET' || method === 'DELETE') expect(route.body ?? route.file).toBeUndefined();
  expect(status).toBe(method === 'DELETE' ? 204 : method === 'POST' ? status : 200);
  expect(status).not.toBe(method === 'POST' ? 204 : 0);
  expect([route.answer, route.answerFile].filter((answer) => answer !== undefined)).toHaveLength(
    status === 204 ? 0 : 1,
  );
});

test.each(each.filter(([, { route }]) => route.body !== undefined))(
  '%s refuses unknown fields',
  (_route, { route }) => {
    const open: string[] = [];
    const look = (schema: Schema, pointer: string, seen: readonly string[]) => {
      if (schema.$ref !== undefined) {
        const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
        if (!seen.includes(name)) look(document.components.schemas[name]!, pointer, [...seen, name]);
      }
      if (schema.properties !== undefined && schema.additionalProperties !== false) open.push(pointer);
      for (const [name, property] of Object.entries(schema.properties ?? {}))
        look(property, `${pointer}/${name}`, seen);
      if (schema.items !== undefined) look(schema.items, `${pointer}/*`, seen);
      for (const option of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) look(option, pointer, seen);
    };
    look(operationOf(route).requestBody!.content['application/json']!.schema, '', []);
    expect(open).toEqual([]);
  },
);

test('a refusal has one status wherever it is given', () => {
  const statuses = new Map<string, number>(Object.entries(problems).map(([code, { status }]) => [code, status]));
  for (const { route } of rows) {
    for (const [code, { status, title }] of Object.entries(route.refusals ?? {})) {
      expect(code).toMatch(/^[a-z][a-z0-9_]*$/);
      expect(title).toMatch(/\p{Script=Han}/u);
      expect([code, statuses.get(code) ?? status]).toEqual([code, status]);
      statuses.set(code, status);
    }
  }
});

test('no answer holds a value that nothing is said of', () => {
  const silent: string[] = [];
  const look = (value: unknown, path: string) => {
    if (typeof value !== 'object' || value === null) return;
    if (/\/(schema|items|properties\/[^/]+)$/.test(path) && Object.keys(value).length === 0) silent.push(path);
    for (const [key, inner] of Object.entries(value)) if (key !== 'example') look(inner, `${path}/${key}`);
  };
  look(document.paths, '');
  look(document.components.schemas, '');
  expect(silent).toEqual([]);
});
