import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { site } from './site.ts';

const siteFile = fileURLToPath(new URL('./site.ts', import.meta.url));

/**
 * For the bundler: replaces `site.ts` by its own result, so that neither the contracts of all services nor the maker
 * of the document go into the portal's bundle. `inputs` are the files, relative to the root, from which the result was
 * made and which the bundle does not show any more.
 */
export async function siteMadeBeforehand(root: string): Promise<{ plugin: Plugin; inputs: string[] }> {
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [siteFile],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const contents = `const made = ${JSON.stringify(site())};\nexport function site() { return made; }\n`;
  return {
    inputs: Object.keys(metafile.inputs),
    plugin: {
      name: 'site',
      setup(hooks) {
        hooks.onLoad({ filter: /[/\\]site\.ts$/ }, ({ path }) => (path === siteFile ? { contents } : undefined));
      },
    },
  };
}
