import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { closeServer, listen, readBody } from './http-server.ts';
import { functionOf, type permissionsOf } from './permissions.ts';
import { arnOf } from './template/naming.ts';

/** Secrets Manager, as much of it as functions call: GetSecretValue, PutSecretValue and DescribeSecret. */
export type Secrets = { url: string; close(): Promise<void> };

const maxRequestBytes = 64 * 1024;

const Stored = z.record(z.string(), z.object({ value: z.string(), versionId: z.string(), createdAt: z.number() }));

/** `GenerateSecretString` of the template. */
const Generate = z.looseObject({
  PasswordLength: z.coerce.number().int().min(1).max(4096).default(32),
  ExcludeCharacters: z.string().default(''),
  ExcludeLowercase: z.boolean().default(false),
  ExcludeUppercase: z.boolean().default(false),
  ExcludeNumbers: z.boolean().default(false),
  ExcludePunctuation: z.boolean().default(false),
  IncludeSpace: z.boolean().default(false),
  SecretStringTemplate: z.string().optional(),
  GenerateStringKey: z.string().optional(),
});
const Template = z.record(z.string(), z.unknown());

function generate(rules: z.output<typeof Generate>): string {
  const alphabet = [
    rules.ExcludeLowercase ? '' : 'abcdefghijklmnopqrstuvwxyz',
    rules.ExcludeUppercase ? '' : 'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
    rules.ExcludeNumbers ? '' : '0123456789',
    rules.ExcludePunctuation ? '' : '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~',
    rules.IncludeSpace ? ' ' : '',
  ]
    .join('')
    .split('')
    .filter((character) => !rules.ExcludeCharacters.includes(character));
  const password = Array.from({ length: rules.PasswordLength }, () => alphabet[randomInt(alphabet.length)]).join('');
  const { SecretStringTemplate: template, GenerateStringKey: key } = rules;
  if (template === undefined || key === undefined) return password;
  return JSON.stringify({ ...Template.parse(JSON.parse(template)), [key]: password });
}

/** The values, made once by the template's rules and kept in `file`, readable for its owner only. */
function openSecrets(file: string, declared: Deployment['secrets']): z.output<typeof Stored> {
  const stored = existsSync(file) ? Stored.parse(JSON.parse(readFileSync(file, 'utf8'))) : {};
  for (const { name, generate: rules } of declared)
    stored[name] ??= { value: generate(Generate.parse(rules ?? {})), versionId: randomUUID(), createdAt: Date.now() };
  keepSecrets(file, stored);
  return stored;
}

function keepSecrets(file: string, stored: z.output<typeof Stored>): void {
  writeFileSync(`${file}.new`, JSON.stringify(stored, undefined, 2), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

const Request = z.looseObject({
  SecretId: z.string(),
  SecretString: z.string().optional(),
  ClientRequestToken: z.string().optional(),
});

export async function startSecrets(options: {
  file: string;
  region: string;
  declared: Deployment['secrets'];
  /** Asked for each call by the function whose key signed it; without it all is allowed. */
  authorise?: ReturnType<typeof permissionsOf>;
}): Promise<Secrets> {
  const secrets = openSecrets(options.file, options.declared);
  const arnFor = (name: string) => arnOf('AWS::SecretsManager::Secret', name, options.region);

  function answer(response: ServerResponse, status: number, body: Record<string, unknown>): void {
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': randomUUID() });
    response.end(JSON.stringify(body));
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { body } = await readBody(request, maxRequestBytes);
    const refuse = (type: string, message: string) =>
      answer(response, 400, { __type: type, Message: message, message });
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    let asked: z.output<typeof Request>;
    try {
      asked = Request.parse(JSON.parse(body?.toString('utf8') ?? ''));
    } catch {
      return refuse('InvalidParameterException', 'SecretId is missing.');
    }
    const { SecretId: id } = asked;
    // A secret goes by its name, by its ARN and by its ARN without the six characters at the end.
    const name = Object.keys(secrets).find((one) =>
      [one, arnFor(one), arnFor(one).replace(/-[^-]{6}$/, '')].includes(id),
    );
    const secret = name === undefined ? undefined : secrets[name];
    if (name === undefined || secret === undefined)
      return refuse('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
    const action = `secretsmanager:${operation}`;
    if (options.authorise?.(functionOf(request.headers.authorization), action, arnFor(name)) === false)
      return refuse('AccessDeniedException', `${action} on ${arnFor(name)} is not allowed to this function.`);
    const both = { ARN: arnFor(name), Name: name, CreatedDate: secret.createdAt / 1000 };
    const stages = ['AWSCURRENT'];
    switch (operation) {
      case 'GetSecretValue':
        return answer(response, 200, {
          ...both,
          VersionId: secret.versionId,
          VersionStages: stages,
          SecretString: secret.value,
        });
      case 'PutSecretValue': {
        const { SecretString: value = '', ClientRequestToken: versionId = randomUUID() } = asked;
        if (secret.versionId === versionId && secret.value !== value) {
          return refuse('ResourceExistsException', 'There is a version with that token and another value.');
        }
        secrets[name] = { value, versionId, createdAt: secret.createdAt };
        keepSecrets(options.file, secrets);
        return answer(response, 200, { ...both, VersionId: versionId, VersionStages: stages });
      }
      case 'DescribeSecret':
        return answer(response, 200, { ...both, VersionIdsToStages: { [secret.versionId]: stages } });
      default:
        return refuse('InvalidRequestException', `${operation} is not known here.`);
    }
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${String(port)}`, close: () => closeServer(server) };
}
