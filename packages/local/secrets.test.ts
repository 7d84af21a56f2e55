import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DescribeSecretCommand, GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { accessKeyOf, permissionsOf } from './permissions.ts';
import { startSecrets } from './secrets.ts';

const region = 'cn-north-1';
const arn = 'arn:aws-cn:secretsmanager:cn-north-1:000000000000:secret:city/cursor-local0';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
}

async function start(file: string, authorise?: ReturnType<typeof permissionsOf>) {
  const declared = [
    { name: 'city/cursor', generate: { PasswordLength: 64, ExcludePunctuation: true } },
    { name: 'city/user', generate: { SecretStringTemplate: '{"user":"city"}', GenerateStringKey: 'password' } },
  ];
  const secrets = await startSecrets({ file, region, declared, ...(authorise && { authorise }) });
  onTestFinished(() => secrets.close());
  const credentials = { accessKeyId: accessKeyOf('thing'), secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: secrets.url, region, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  return { get: (SecretId: string) => client.send(new GetSecretValueCommand({ SecretId })), client };
}

test('a secret is made by the rules of the template and found by name and ARN', async () => {
  const { get, client } = await start(join(folder(), 'secrets.json'));
  const byName = await get('city/cursor');
  expect(byName.SecretString).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(byName.ARN).toBe(arn);
  expect((await get(arn)).SecretString).toBe(byName.SecretString);
  expect((await get(arn.slice(0, -7))).SecretString).toBe(byName.SecretString);
  expect(JSON.parse((await get('city/user')).SecretString ?? '')).toEqual({
    user: 'city',
    password: expect.any(String),
  });
  const described = await client.send(new DescribeSecretCommand({ SecretId: 'city/cursor' }));
  expect(Object.values(described.VersionIdsToStages ?? {})).toEqual([['AWSCURRENT']]);
  await expect(get('city/other')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
});

test('it is the same after a restart', async () => {
  const file = join(folder(), 'secrets.json');
  const first = await (await start(file)).get('city/cursor');
  expect((await (await start(file)).get('city/cursor')).SecretString).toBe(first.SecretString);
});

test('a function reads only what its role allows', async () => {
  const statement = { actions: ['secretsmanager:GetSecretValue'], resources: [arn] };
  const { get } = await start(join(folder(), 'secrets.json'), permissionsOf({ thing: [statement] }));
  await get('city/cursor');
  await expect(get('city/user')).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
