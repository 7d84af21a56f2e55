// What banks install, made of the sources: `node scripts/sdk.ts types` writes packages/sdk/operations.ts anew after a
// contract has changed, `node scripts/sdk.ts build [folder]` makes the package that is published (`dist/sdk`).
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { operationsSource } from '../packages/sdk/generate.ts';
import type { OpenApiDocument } from '../packages/openapi/types.ts';
import { site } from '../services/portal/site.ts';
import { buildSdk } from './sdk-build.ts';

const root = resolve(import.meta.dirname, '..');
const [command, folder = join(root, 'dist', 'sdk')] = process.argv.slice(2);

switch (command) {
  case 'types': {
    const document: OpenApiDocument = JSON.parse(site().openApi);
    writeFileSync(join(root, 'packages/sdk/operations.ts'), operationsSource(document));
    break;
  }
  case 'build':
    buildSdk(resolve(folder));
    console.log(`${folder}：可在其中运行 npm publish`);
    break;
  case undefined:
  default:
    console.error('node scripts/sdk.ts types | build [目录]');
    process.exitCode = 1;
}
