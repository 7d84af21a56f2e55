import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleAll, type Bundles, sources } from './bundles.ts';
import { removeTemporaryFolders, temporaryFolder } from './synthesise.ts';

const megabyte = 1_000_000;
const names = sources.flatMap(({ prefix, names: own }) => own.map((name) => `${prefix}-${name}`));

let outdir: string;
let bundles: Bundles;

beforeAll(async () => {
  outdir = temporaryFolder();
  bundles = await bundleAll(outdir, { maps: true });
});

afterAll(removeTemporaryFolders);

test('every function has a bundle of less than a megabyte, and its map lies outside it', () => {
  expect(Object.keys(bundles.bytes).toSorted()).toEqual(names.toSorted());
  for (const name of names) {
    expect(bundles.bytes[name], name).toBeLessThan(megabyte);
    expect(existsSync(join(bundles.folderOf(name), 'index.mjs'))).toBe(true);
    expect(existsSync(join(outdir, 'maps', `${name}.map`))).toBe(true);
    expect(existsSync(join(bundles.folderOf(name), 'index.mjs.map'))).toBe(false);
  }
});

test('a function nobody exports has no bundle', () => {
  expect(() => bundles.folderOf('zhirong-screening-nothing')).toThrow('no source exports');
});
