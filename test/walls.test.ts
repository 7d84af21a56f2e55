import { globSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { expect, test } from 'vitest';

const files = globSync('{infra,services,packages,examples}/**/*.ts').filter((file) => !file.endsWith('.test.ts'));
const imports = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'/gm)].map(([text, from = '']) => ({
    file,
    text,
    from,
  })),
);
const room = (path: string) => path.split(sep).slice(0, 2).join(sep);
const isService = (file: string) => file.startsWith(`services${sep}`);

test('a service reaches another one by its contract only, and no service climbs out of its folder', () => {
  const climbing = imports.filter(
    ({ file, from }) => from.startsWith('.') && room(join(dirname(file), from)) !== room(file),
  );
  expect(climbing.filter(({ file }) => isService(file))).toEqual([]);
  const foreign = imports.filter(
    ({ from }) => from.startsWith('#services/') && !/^#services\/[a-z]+\/contract$/.test(from),
  );
  expect(foreign).toEqual([]);
});

test('a domain decides on facts: no store client, clock, network, environment or Lambda', () => {
  const domains = imports.filter(({ file }) => isService(file) && file.endsWith(`${sep}domain.ts`));
  const values = domains.filter(({ text }) => !text.startsWith('import type'));
  const allowed = /^(\.\/|node:util$|node:assert|#packages\/(money|calendar|identifiers|machine)$)/;
  expect(values.filter(({ from }) => !allowed.test(from))).toEqual([]);
});

test('only packages/lambda and the functions know that Lambda exists', () => {
  const aware = imports.filter(
    ({ from, text }) => (from === 'aws-lambda' || from.startsWith('@middy/')) && !text.startsWith('import type'),
  );
  expect(aware.filter(({ file }) => !/^packages.(lambda|local|messaging|audit)|functions\.ts$/.test(file))).toEqual([]);
});

test('packages know nothing of the services', () => {
  const knowing = imports.filter(({ file, from }) => file.startsWith(`packages${sep}`) && /services\//.test(from));
  expect(knowing).toEqual([]);
});

test('what runs in the cloud does not know the local cloud', () => {
  const knowing = imports.filter(
    ({ file, from }) => !/^(packages.local|examples)/.test(file) && from.includes('local/'),
  );
  expect(knowing).toEqual([]);
});

test('zod comes as a namespace, or esbuild ships all its locales', () => {
  expect(imports.filter(({ text, from }) => from === 'zod' && !text.includes('* as z'))).toEqual([]);
});
