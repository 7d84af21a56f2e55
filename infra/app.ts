import { bundleAll } from './bundles.ts';
import { declareCity } from './city.ts';
import { readSettings } from './settings.ts';

const settings = readSettings(process.env);
const bundles = await bundleAll(settings.outdir, { maps: settings.environmentName !== 'local' });
declareCity(settings, bundles).synth();
