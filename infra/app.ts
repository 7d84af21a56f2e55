import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle, projectRoot } from './bundles.ts';
import { declareCity } from './city.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const bundles = await bundle(settings.outdir, { maps: settings.environmentName !== 'local' });
declareCity(settings, bundles).synth();

// Whoever finds these files unchanged need not synthesise again.
const own = globSync('infra/**/*.ts', { cwd: projectRoot }).filter((file) => !file.endsWith('.test.ts'));
const inputs = new Set([...bundles.inputs, ...own, 'package.json', 'package-lock.json']);
writeFileSync(join(settings.outdir, 'inputs.json'), JSON.stringify([...inputs].toSorted(), undefined, 1));
