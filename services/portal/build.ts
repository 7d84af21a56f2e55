import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { site } from './site.ts';

/**
 * For the bundler: puts the result of `site.ts` in its place, so that neither the contracts of all services nor the
 * makers of document and page go into the portal's bundle, and a function that starts has nothing to make.
 * @param root the folder of the project
 */
export async function siteMadeBeforehand(root: string): Promise<{ plugin: Plugin }> {
  const siteFile = resolve(root, 'services/portal/site.ts');
  const contents = `const made = ${JSON.stringify(site())};\nexport function site() { return made; }\n`;
  return {
    plugin: {
      name: 'site',
      setup(hooks) {
        hooks.onLoad({ filter: /[/\\]site\.ts$/ }, ({ path }) => (path === siteFile ? { contents } : undefined));
      },
    },
  };
}
