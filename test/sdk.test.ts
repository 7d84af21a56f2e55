import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { OpenApiDocument } from '#packages/openapi/types';
import { operationsSource } from '../packages/sdk/generate.ts';
import { operations } from '../packages/sdk/operations.ts';
import { site } from '../services/portal/site.ts';

const root = resolve(import.meta.dirname, '..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
const document = JSON.parse(site().openApi) as OpenApiDocument;

test('the SDK calls what the contracts say: where this fails, run node scripts/sdk.ts types', () => {
  expect(read('packages/sdk/operations.ts')).toBe(operationsSource(document));
});

test('the SDK has every JSON operation that an organisation may call, and the published keys, by the contract', () => {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, { 'x-roles': roles }]) => ['bank', 'guarantor', 'insurer'].some((role) => roles.includes(role)))
      .map(([method, { operationId }]) => [operationId, `${method.toUpperCase()} ${path}`] as const),
  );
  const had = Object.entries(operations).map(([name, { method, path }]) => [name, `${method} ${path}`] as const);
  expect(Object.fromEntries(had)).toEqual({
    ...Object.fromEntries(told),
    getOwnKeys: 'GET /.well-known/ippf-keys',
  });
  for (const name of ['call', 'pages', 'each', 'then']) expect(operations).not.toHaveProperty(name);
});

test('the published package asks for what it imports, in the versions that it is tested with, and for nothing else', () => {
  const manifest = JSON.parse(read('packages/sdk/package.json')) as Record<string, Record<string, string>>;
  const ours = JSON.parse(read('package.json')) as typeof manifest;
  expect(manifest['version']).toBe(ours['version']);
  const folders = ['packages/sdk', 'packages/signature', 'packages/epoch-seconds.ts'];
  const published = folders.flatMap((folder) =>
    folder.endsWith('.ts') ? [folder] : globSync(`${folder}/**/*.ts`, { cwd: root }),
  );
  const imported = published
    .filter((file) => !/\.test\.ts$|generate\.ts$|vectors\.ts$/.test(file))
    .flatMap((file) => [...read(file).matchAll(/(?:from |import\()'([^'.][^']*)'/g)].map(([, name = '']) => name))
    .filter((name) => !name.startsWith('node:'));
  expect([...new Set(imported)].toSorted()).toEqual(Object.keys(manifest['dependencies']!).toSorted());
  for (const [name, version] of Object.entries(manifest['dependencies']!)) {
    expect([name, ours['dependencies']![name]]).toEqual([name, version]);
  }
});
