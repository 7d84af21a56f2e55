import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{infra,packages,services,test,examples,scripts}/**/*.test.ts'],
    // Files that start engines or the whole system share two cores: more workers only make each other wait.
    maxWorkers: 2,
    silent: 'passed-only',
    env: {
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
      POWERTOOLS_SERVICE_NAME: 'test',
      POWERTOOLS_METRICS_NAMESPACE: 'Zhirong',
    },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
