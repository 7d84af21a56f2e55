import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGuard } from './guard.ts';
import { synthesise } from './synthesise.ts';
import { readTemplate } from './template.ts';

/** Where all tests of this machine keep assemblies: whoever comes first makes the one of this state. */
const assemblies = join(tmpdir(), 'zhirong-assemblies');
const region = 'cn-north-1';

test('the app is synthesised once per state of its sources, and every resource of it is understood', async () => {
  const guard = startGuard();
  onTestFinished(() => guard.stop());
  const [first, beside] = await Promise.all([
    synthesise(assemblies, region, guard),
    synthesise(assemblies, region, guard),
  ]);
  expect(beside.assembly).toBe(first.assembly);
  expect(await synthesise(assemblies, region, guard)).toEqual({ assembly: first.assembly, fresh: false });
  const left = readdirSync(assemblies).filter((name) => name.startsWith(`${basename(first.assembly)}.`));
  expect(left).toEqual([]);

  const { deployment, inert } = readTemplate(first.assembly, {
    region,
    sqsUrl: 'http://127.0.0.1:1',
    parameters: {
      OidcIssuer: 'http://127.0.0.1:2',
      OidcAudience: 'city',
      OidcJwksUrl: 'http://127.0.0.1:2/jwks',
      CreditSourceUrl: 'http://127.0.0.1:3',
      IpSourceUrl: 'http://127.0.0.1:4',
    },
  });
  const functions = new Map(deployment.functions.map((spec) => [spec.name, spec]));
  for (const { codeDir, name } of functions.values())
    expect([name, existsSync(join(codeDir, 'index.mjs'))]).toEqual([name, true]);
  expect(functions.get('zhirong-screening-api')).toMatchObject({ service: 'screening', trigger: 'http' });
  expect(functions.get('zhirong-screening-api')?.environment).toMatchObject({ OIDC_ISSUER: 'http://127.0.0.1:2' });
  expect(functions.get('zhirong-redrive')?.trigger).toBe('command');
  // Nothing speaks of a function, a table or a queue that is not there.
  for (const { functionName } of [
    ...deployment.routes,
    ...deployment.queueTriggers,
    ...deployment.streamTriggers,
    ...deployment.schedules,
  ])
    expect([...functions.keys()]).toContain(functionName);
  const queues = deployment.queues.map(({ name }) => name);
  for (const { queueName } of deployment.queueTriggers) expect(queues).toContain(queueName);
  const tables = deployment.tables.map(({ name }) => name);
  for (const { tableName } of deployment.streamTriggers) expect(tables).toContain(tableName);
  expect(deployment.routes.map(({ resource }) => resource)).toContain('/{proxy+}');
  expect(deployment.schedules.map(({ name }) => name)).toContain('screening-daily');
  expect(inert.every((label) => /AWS::(KMS|SNS|CloudWatch|Logs|S3|SQS|Lambda|ApiGateway)::/.test(label))).toBe(true);
});
