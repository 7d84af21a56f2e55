import { resolve } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Plugin } from 'esbuild';
import { site } from './site.ts';

/**
 * For the bundler: puts the result of `site.ts` in its place, so that neither the contracts of all services nor the
 * makers of document and page go into the portal's bundle, and a function that starts has nothing to make.
 * The result is packed: text in two languages and many tables shrinks to a tenth, and unpacks in a millisecond.
 * @param root the folder of the project
 */
export async function siteMadeBeforehand(root: string): Promise<{ plugin: Plugin }> {
  const siteFile = resolve(root, 'services/portal/site.ts');
  const packed = brotliCompressSync(JSON.stringify(site())).toString('base64');
  const contents = `
    import { brotliDecompressSync } from 'node:zlib';
    let made;
    export function site() {
      return made ??= JSON.parse(brotliDecompressSync(Buffer.from('${packed}', 'base64')).toString());
    }`;
  return {
    plugin: {
      name: 'site',
      setup(hooks) {
        hooks.onLoad({ filter: /[/\\]site\.ts$/ }, ({ path }) => (path === siteFile ? { contents } : undefined));
      },
    },
  };
}
