import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Validations } from 'aws-cdk-lib/core';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import * as z from 'zod';
import { type Bundles, bundle, type Source, sources } from './bundles.ts';
import { declareCity } from './city.ts';
import type { EnvironmentName } from './environments.ts';
import type { Settings } from './settings.ts';

const Resource = z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).default({}) });
const Template = z.looseObject({ Resources: z.record(z.string(), Resource) });

/** A resource of any stack; `id` is unique over all of them. */
export type Declared = { id: string; type: string; properties: Record<string, unknown> };
export type Synthesised = { app: App; resources: Declared[]; text: string };

export function of({ resources }: Synthesised, type: string): Declared[] {
  return resources.filter((resource) => resource.type === type);
}

/** The id as the stack's own template refers to it. */
export function shortId({ id }: Declared): string {
  return id.slice(id.indexOf('/') + 1);
}

const stacks = ['foundation', 'screening', 'partners', 'fund', 'lending', 'portal', 'api'].map(
  (name) => `zhirong-${name}`,
);

const folders: string[] = [];

/** A folder that tests may fill until they call `removeTemporaryFolders`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'zhirong-infra-'));
  folders.push(folder);
  return folder;
}

export function removeTemporaryFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** Functions that do nothing, under the names of the real ones: templates do not depend on what is in a bundle. */
export async function emptyBundles(folder: string): Promise<Bundles> {
  mkdirSync(folder, { recursive: true });
  const empty = sources.map(({ prefix, names }): Source => {
    const file = join(folder, `${prefix}.ts`);
    writeFileSync(
      file,
      names.map((name) => `export const ${name} = () => async () => '${prefix}-${name}';`).join('\n'),
    );
    return { prefix, file, names };
  });
  return bundle(folder, empty);
}

/** Synthesises for the tests, with the two packs of cdk-nag; throws where they or CloudFormation's schemas object. */
export function synthesise(
  bundles: Bundles,
  where: { environmentName: EnvironmentName; region: string } & Partial<Settings>,
  before: (app: App) => void = () => {},
): Synthesised {
  const outdir = temporaryFolder();
  const app = declareCity({ outdir, firewall: false, ...where }, bundles);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app));
  before(app);
  app.synth();
  const texts = stacks.map((stack) => readFileSync(join(outdir, `${stack}.template.json`), 'utf8'));
  const resources = texts.flatMap((text, place) =>
    Object.entries(Template.parse(JSON.parse(text)).Resources).map(([id, { Type, Properties }]): Declared => {
      return { id: `${stacks[place]}/${id}`, type: Type, properties: Properties };
    }),
  );
  return { app, resources, text: texts.join('\n') };
}
