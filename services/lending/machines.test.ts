import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as machines from './machines.ts';

test('the README draws the machines as they are', () => {
  const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8');
  for (const machine of Object.values(machines)) expect(readme).toContain(machine.mermaid().trim());
});
