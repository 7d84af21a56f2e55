import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { FolderInUse, openLocalDir } from './local-dir.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'local-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

test('one local cloud has the folder; the next is told where the first answers', () => {
  const dir = folder();
  const first = openLocalDir(dir, false);
  writeFileSync(first.credentials, '{"baseUrl":"http://127.0.0.1:3000"}');
  expect(() => openLocalDir(dir, true)).toThrow(FolderInUse);
  expect(() => openLocalDir(dir, true)).toThrow(/http:\/\/127\.0\.0\.1:3000/);
  // Whoever did not get the folder has removed nothing from it.
  expect(existsSync(first.credentials)).toBe(true);
  first.release();
  openLocalDir(dir, false).release();
  expect(readdirSync(dir)).toEqual(['credentials.json']);
});

test('a fresh start removes what earlier runs made, and nothing else', () => {
  const dir = folder();
  const first = openLocalDir(dir, false);
  mkdirSync(first.engines);
  for (const file of [
    first.credentials,
    first.secrets,
    first.issuer,
    join(first.engines, 'data'),
    join(dir, 'notes.txt'),
  ])
    writeFileSync(file, '');
  first.release();
  const second = openLocalDir(dir, true);
  expect(readdirSync(dir).toSorted()).toEqual(['lock', 'notes.txt']);
  second.release();
});
