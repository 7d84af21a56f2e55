import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetSecretValueCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, onTestFinished, test } from 'vitest';
import { startSecrets } from '#packages/local/secrets';
import { OwnKeys } from '#packages/own-keys';
import { type KeySecret, renewOwnKeys } from './renew-own-keys.ts';

const SecretId = 'city/own-keys';
const now = new Date('2026-11-27T04:00:00.000Z');
const settings = { environment: 'test', algorithm: 'ed25519' } as const;

/** A secret without keys, as it is deployed, in an engine of its own. */
async function start() {
  const folder = mkdtempSync(join(tmpdir(), 'own-keys-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const generate = { SecretStringTemplate: '{"keys":[]}', GenerateStringKey: 'unused' };
  const region = 'cn-north-1';
  const declared = [{ name: SecretId, generate }];
  const engine = await startSecrets({ file: join(folder, 'secrets.json'), region, declared });
  onTestFinished(() => engine.close());
  const credentials = { accessKeyId: 'LOCALkeys', secretAccessKey: 'local' };
  const client = new SecretsManagerClient({ endpoint: engine.url, region, credentials, maxAttempts: 1 });
  onTestFinished(() => client.destroy());
  const secret: KeySecret = {
    async read() {
      const { SecretString: text = '', VersionId: version = '' } = await client.send(
        new GetSecretValueCommand({ SecretId }),
      );
      return { text, version };
    },
    async write(SecretString, ClientRequestToken) {
      await client.send(new PutSecretValueCommand({ SecretId, SecretString, ClientRequestToken }));
    },
  };
  const keyids = async () => OwnKeys.parse((await secret.read()).text).keys.map(({ publicKeyPem }) => publicKeyPem);
  return { secret, client, keyids };
}

test('of two runs at once, over midnight too, one makes the keys and the other fails', async () => {
  const { secret, keyids } = await start();
  const read = await secret.read();
  const slow = { ...secret, read: async () => read };
  await renewOwnKeys(secret, settings)(new Date('2026-11-27T23:59:59.000Z'));
  const made = await keyids();
  const late = renewOwnKeys(slow, settings)(new Date('2026-11-28T00:00:01.000Z'));
  await expect(late).rejects.toMatchObject({ name: 'ResourceExistsException' });
  expect(await keyids()).toEqual(made);
});

test('keys that a person throws away are made anew on the same day', async () => {
  const { secret, client, keyids } = await start();
  expect(await renewOwnKeys(secret, settings)(now)).toEqual({ keys: 2, made: true });
  const before = await keyids();
  await client.send(new PutSecretValueCommand({ SecretId, SecretString: '{"keys":[]}' }));
  expect(await renewOwnKeys(secret, settings)(now)).toEqual({ keys: 2, made: true });
  expect((await keyids()).filter((pem) => before.includes(pem))).toEqual([]);
  expect(await renewOwnKeys(secret, settings)(now)).toEqual({ keys: 2, made: false });
});
