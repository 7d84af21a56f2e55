import { execFileSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const source = join(root, 'packages', 'sdk');

/**
 * Makes the package in `folder`, which is emptied first: the sources and what they import with their types stripped, file
 * by file, so that a bank's reviewers read what runs; and the declarations. Nothing is bundled.
 */
export function buildSdk(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify(projectFor(folder)));
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { stdio: 'inherit' });
  rmSync(project);
  // Declarations keep the names of the sources, which compilers before TypeScript 5 do not find.
  for (const file of globSync('dist/**/*.d.ts', { cwd: folder })) {
    const text = readFileSync(join(folder, file), 'utf8');
    writeFileSync(join(folder, file), text.replaceAll(/((?:from |import\()['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'));
  }
  for (const file of ['package.json', 'README.md', 'vectors.json']) cpSync(join(source, file), join(folder, file));
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
}

function projectFor(folder: string) {
  return {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: {
      noEmit: false,
      declaration: true,
      rewriteRelativeImportExtensions: true,
      // Node 20's; what is newer in the library is found by the test that runs the package there.
      target: 'es2023',
      lib: ['es2023'],
      typeRoots: [join(root, 'node_modules/@types')],
      rootDir: join(root, 'packages'),
      outDir: join(folder, 'dist'),
    },
    include: [],
    files: [join(source, 'index.ts'), join(source, 'cli.ts')],
  };
}
