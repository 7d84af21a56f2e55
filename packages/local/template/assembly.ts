import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** A resource as the template writes it, its properties still full of intrinsics. */
export const Resource = z.looseObject({
  Type: z.string(),
  Properties: z.record(z.string(), z.unknown()).default({}),
  Condition: z.string().optional(),
});
export type Resource = z.output<typeof Resource>;

const Template = z.looseObject({
  Resources: z.record(z.string(), Resource).default({}),
  Parameters: z
    .record(z.string(), z.looseObject({ Type: z.string(), Default: z.union([z.string(), z.number()]).optional() }))
    .default({}),
  Outputs: z
    .record(z.string(), z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.unknown() }).optional() }))
    .default({}),
  Conditions: z.record(z.string(), z.unknown()).default({}),
  Mappings: z.record(z.string(), z.record(z.string(), z.record(z.string(), z.unknown()))).default({}),
});
export type Template = z.output<typeof Template>;

/** One stack of the assembly. `assets` are the folders or files that its code keys (`<hash>.zip`) stand for. */
export type Stack = { name: string; template: Template; assets: Record<string, string> };

const Manifest = z.looseObject({
  artifacts: z
    .record(
      z.string(),
      z.looseObject({
        type: z.string(),
        dependencies: z.array(z.string()).default([]),
        properties: z
          .looseObject({
            templateFile: z.string().optional(),
            stackName: z.string().optional(),
            directoryName: z.string().optional(),
            file: z.string().optional(),
          })
          .default({}),
      }),
    )
    .default({}),
});

const AssetManifest = z.looseObject({
  files: z.record(z.string(), z.looseObject({ source: z.looseObject({ path: z.string().optional() }) })).default({}),
});

function readJson<Schema extends z.ZodType>(schema: Schema, file: string): z.output<Schema> {
  return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
}

/** All stacks of a CDK cloud assembly (the folder with `manifest.json`), those of nested assemblies included. */
export function readAssembly(folder: string): Stack[] {
  const file = join(folder, 'manifest.json');
  if (!existsSync(file)) throw new Error(`No cloud assembly in ${folder}: manifest.json is missing.`);
  const artifacts = Object.entries(readJson(Manifest, file).artifacts);
  const assets: Record<string, string> = {};
  for (const [, { type, properties }] of artifacts) {
    if (type !== 'cdk:asset-manifest' || properties.file === undefined) continue;
    for (const [hash, { source }] of Object.entries(readJson(AssetManifest, join(folder, properties.file)).files))
      if (source.path !== undefined) assets[hash] = join(folder, source.path);
  }
  return artifacts.flatMap(([id, { type, properties }]): Stack[] => {
    if (type === 'cdk:cloud-assembly' && properties.directoryName !== undefined)
      return readAssembly(join(folder, properties.directoryName));
    if (type !== 'aws:cloudformation:stack' || properties.templateFile === undefined) return [];
    const template = readJson(Template, join(folder, properties.templateFile));
    return [{ name: properties.stackName ?? id, template, assets }];
  });
}
