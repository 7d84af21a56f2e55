import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { siteMadeBeforehand } from '../services/portal/build.ts';

/** A file that exports functions, each one lazily: `export const api = () => …`. */
export type Source = { prefix: string; file: string; names: readonly string[] };

/** Every function there is. The physical name is the prefix and the export's own name, and names the bundle too. */
export const sources: readonly Source[] = [
  {
    prefix: 'zhirong-screening',
    file: 'services/screening/functions.ts',
    names: ['api', 'worker', 'relay', 'audit', 'daily', 'expiry', 'outbox', 'seal'],
  },
  {
    prefix: 'zhirong-partners',
    file: 'services/partners/functions.ts',
    names: ['api', 'worker', 'sender', 'retries', 'notices', 'keys', 'relay', 'audit', 'outbox', 'seal'],
  },
  {
    prefix: 'zhirong-fund',
    file: 'services/fund/functions.ts',
    names: ['api', 'worker', 'terms', 'deadlines', 'match', 'relay', 'audit', 'outbox', 'seal'],
  },
  {
    prefix: 'zhirong-lending',
    file: 'services/lending/functions.ts',
    names: ['api', 'worker', 'watch', 'relay', 'audit', 'outbox', 'seal'],
  },
  { prefix: 'zhirong-portal', file: 'services/portal/functions.ts', names: ['api'] },
  { prefix: 'zhirong', file: 'infra/functions.ts', names: ['redrive'] },
];

export type Bundles = {
  /** Folder of the function's bundle; throws where no source exports such a function. */
  folderOf(functionName: string): string;
  /** Bytes of each bundle by function name. */
  bytes: Record<string, number>;
};

const projectRoot = resolve(import.meta.dirname, '..');

/** Bundles every function there is. With `maps`, their source maps too. */
export async function bundleAll(outdir: string, options: { maps: boolean }): Promise<Bundles> {
  const { plugin } = await siteMadeBeforehand(projectRoot);
  return bundle(outdir, sources, { ...options, plugins: [plugin] });
}

/**
 * Bundles functions in one go: `<outdir>/bundles/<function>/index.mjs`, and the source map beside the folder, not in
 * it, because a map loaded at a cold start costs more than the code.
 */
export async function bundle(
  outdir: string,
  from: readonly Source[],
  options: { maps: boolean; plugins: Plugin[] } = { maps: false, plugins: [] },
): Promise<Bundles> {
  const folder = resolve(outdir, 'bundles');
  const names = new Map<string, string>();
  for (const source of from) {
    const file = resolve(projectRoot, source.file);
    for (const name of source.names) names.set(`${source.prefix}-${name}`, entryText(name, file));
  }
  const built = await build({
    absWorkingDir: projectRoot,
    entryPoints: [...names.keys()].map((name) => ({ in: `${entryScheme}${name}`, out: `${name}/index` })),
    plugins: [virtualEntries(names), ...options.plugins],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    // The SDK's ESM form shakes well; its CommonJS form, esbuild's default here, is a third larger and slower to load.
    mainFields: ['module', 'main'],
    alias: { '@aws-sdk/credential-provider-node': resolve(projectRoot, 'infra/parts/role-credentials.ts') },
    // CommonJS packages inside an ESM bundle still ask for Node's own modules by require.
    banner: { js: "import{createRequire}from'node:module';const require=createRequire(import.meta.url);" },
    legalComments: 'none',
    ...(options.maps && { sourcemap: 'external' }),
    write: false,
  });

  const bytes: Record<string, number> = {};
  for (const file of built.outputFiles) {
    const name = relative(folder, dirname(file.path));
    const map = file.path.endsWith('.map');
    const path = map ? resolve(outdir, 'maps', `${name}.map`) : file.path;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.contents);
    if (!map) bytes[name] = file.contents.length;
  }
  return {
    folderOf(functionName) {
      if (!names.has(functionName)) throw new Error(`no source exports ${functionName}`);
      return join(folder, functionName);
    },
    bytes,
  };
}

const entryScheme = 'function:';

/** Lambda wants a handler that exists when the file is loaded; the services export ways to make one. */
function entryText(name: string, file: string): string {
  return `import { ${name} } from ${JSON.stringify(file)}; export const handler = ${name}();`;
}

function virtualEntries(texts: Map<string, string>): Plugin {
  return {
    name: 'entries',
    setup(hooks) {
      hooks.onResolve({ filter: /^function:/ }, ({ path }) => ({
        path: path.slice(entryScheme.length),
        namespace: 'entry',
      }));
      hooks.onLoad({ filter: /.*/, namespace: 'entry' }, ({ path }) => ({
        contents: texts.get(path) ?? '',
        resolveDir: projectRoot,
      }));
    },
  };
}
