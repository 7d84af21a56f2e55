import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Controlled, createControl } from './control.ts';
import { type Credentials, makeCredentials, writeCredentials } from './credentials.ts';
import type { Deployment, EngineUrls, Invoke } from './deployment.ts';
import { drain } from './drain.ts';
import { createResources, startEngines } from './engines.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { startGateway } from './gateway.ts';
import { startGuard } from './guard.ts';
import { startInvokeApi } from './invoke-api.ts';
import { startIssuer } from './issuer.ts';
import { openLocalDir } from './local-dir.ts';
import { accessKeyOf, permissionsOf } from './permissions.ts';
import { createSandboxes } from './sandboxes.ts';
import { startSecrets } from './secrets.ts';
import { startSourceSimulator } from './simulators/source.ts';
import { synthesise } from './synthesise.ts';
import { readTemplate } from './template.ts';
import { startTriggers } from './triggers.ts';

export type CloudOptions = {
  /** The folder that is kept, `LOCAL_DIR`. */
  dir: string;
  /** Of the gateway; 0 takes any free one. */
  port: number;
  /** Starts from nothing. */
  fresh?: boolean;
  /** Whether the API's throttle holds. */
  limits?: boolean;
  /** Where assemblies are kept; by default in the folder. Tests share one. */
  assemblies?: string;
  /** Seed of the faults that the proxies before the engines can make. */
  seed?: number;
  log?: (line: string) => void;
};

export type Cloud = Omit<Controlled, 'sources'> & {
  baseUrl: string;
  credentials: Credentials;
  /** Path of `credentials.json`. */
  credentialsFile: string;
  deployment: Deployment;
  /** Resources of the template that have no behaviour here. */
  inert: string[];
  invoke: Invoke;
  /** The engines as functions see them: make them fail here. */
  proxies: { dynamodb: FaultProxy; sqs: FaultProxy };
  /** The engines themselves. */
  engines: EngineUrls;
  /** Where the AWS SDK finds services of this cloud that have no proxy of their own. */
  endpoints: { lambda: string; secretsManager: string };
  sources: Record<'credit' | 'ip', Awaited<ReturnType<typeof startSourceSimulator>>>;
  /** Tells the simulators of both sources what a file of facts says. */
  loadFacts(file: string): Promise<void>;
  /** Resolves with the reason when the engines end by themselves. */
  failed: Promise<string>;
  /** Ends every process and server and gives the folder free. The data stays. */
  stop(): Promise<void>;
};

/** The programme is a Chinese city's; deployed elsewhere only the partition's words differ. */
const region = 'cn-north-1';

/** What is being worked on may end by itself for so long when the cloud stops; then its process is killed. */
const graceMs = 3_000;

/** Runs what infra/ declares, on this machine. Whatever had started is ended again where something does not. */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const closers: (() => unknown)[] = [];
  const stop = async () => {
    for (const close of closers.splice(0).toReversed()) await close();
  };
  try {
    return await start(options, (close) => closers.push(close), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: CloudOptions,
  atEnd: (close: () => unknown) => void,
  stop: () => Promise<void>,
): Promise<Cloud> {
  const step = stepper(options.log ?? (() => undefined));
  const local = openLocalDir(options.dir, options.fresh === true);
  atEnd(() => local.release());
  mkdirSync(local.sources, { recursive: true });
  const guard = startGuard();
  atEnd(() => guard.stop());

  const begun = <Value extends object>(starting: Promise<Value>, close: (value: Value) => unknown): Promise<Value> => {
    // What starts beside a thing that fails must be ended as well, once it has started.
    atEnd(() => starting.then(close, () => undefined));
    return starting;
  };
  const source = (name: 'credit' | 'ip') =>
    begun(startSourceSimulator({ name, file: join(local.sources, `${name}.jsonl`) }), (started) => started.stop());
  const [engines, issuer, credit, ip, { assembly, fresh }] = await Promise.all([
    begun(startEngines({ dir: local.engines }), (started) => started.stop()).then(
      step('数据引擎已启动', 'engines: DynamoDB, SQS, S3'),
    ),
    begun(startIssuer(local.issuer), (started) => started.close()).then(step('令牌签发已启动', 'token issuer')),
    source('credit'),
    source('ip').then(step('数据源模拟器已启动', 'simulators of 信用中国 and the IP platform')),
    begun(synthesise(options.assemblies ?? local.assemblies, region, guard), () => undefined).then(
      step('部署模板已生成', 'CDK app synthesised, functions bundled'),
    ),
  ]);

  const permitted = { ask: permissionsOf({}) };
  const proxy = (engine: 'dynamodb' | 'sqs', onWrite?: (tables: string[]) => void) =>
    begun(
      startFaultProxy({
        target: engines.urls[engine],
        engine,
        seed: options.seed ?? 1,
        authorise: (...asked) => permitted.ask(...asked),
        ...(onWrite && { onWrite }),
      }),
      (started) => started.stop(),
    );
  const woken = { wake: (_tables: string[]): void => undefined };
  const [dynamodb, sqs] = await Promise.all([proxy('dynamodb', (tables) => woken.wake(tables)), proxy('sqs')]);

  const { deployment, inert, stage } = readTemplate(assembly, {
    region,
    sqsUrl: sqs.url,
    parameters: {
      OidcIssuer: issuer.issuer,
      OidcAudience: issuer.audience,
      OidcJwksUrl: issuer.jwksUrl,
      CreditSourceUrl: credit.url,
      IpSourceUrl: ip.url,
    },
  });
  permitted.ask = permissionsOf(deployment.permissions);
  await createResources(engines.urls, deployment);
  const secrets = await begun(
    startSecrets({ file: local.secrets, region, declared: deployment.secrets, authorise: permitted.ask }),
    (started) => started.close(),
  );
  step(
    `${deployment.tables.length} 张表、${deployment.queues.length} 个队列、${deployment.functions.length} 个函数`,
    fresh ? 'resources of the template' : 'resources of the template, unchanged since last time',
  )(undefined);

  const urls: Record<string, string> = {};
  const sandboxes = createSandboxes(deployment.functions, {
    region,
    guard,
    logDir: local.logs,
    environmentOf: (name) => ({ ...urls, AWS_ACCESS_KEY_ID: accessKeyOf(name), AWS_SECRET_ACCESS_KEY: 'local' }),
  });
  atEnd(() => sandboxes.stop());
  const { invoke } = sandboxes;
  const names = new Set(deployment.functions.map(({ name }) => name));
  const lambda = await begun(
    startInvokeApi(invoke, (name) => names.has(name)),
    (started) => started.close(),
  );
  Object.assign(urls, {
    AWS_ENDPOINT_URL_DYNAMODB: dynamodb.url,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
    AWS_ENDPOINT_URL_S3: sqs.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_SQS: sqs.url,
  });

  const ready: { controlled?: Controlled } = {};
  const gateway = await begun(
    startGateway({
      port: options.port,
      deployment,
      stage,
      invoke,
      limits: options.limits === true,
      control: createControl(() => ready.controlled),
    }),
    (started) => started.close(),
  );
  const baseUrl = `http://127.0.0.1:${gateway.port}`;
  const triggers = startTriggers({ deployment, engines: engines.urls, invoke, dir: local.triggers });
  woken.wake = triggers.wake;
  atEnd(async () => {
    const stopped = triggers.stop();
    await Promise.race([stopped, sleep(graceMs, undefined, { ref: false })]);
    // A process that is killed ends what its trigger waits for.
    await sandboxes.stop();
    await stopped;
  });
  const credentials = await makeCredentials(baseUrl, issuer);
  writeCredentials(local.credentials, credentials);

  const { urls: engineUrls, failed } = engines;
  const drainable = { deployment, engines: engineUrls, triggers: triggers.all, sandboxes, requests: gateway.inFlight };
  const controlled = {
    functions: deployment.functions,
    kill: sandboxes.kill,
    issueToken: issuer.issueToken,
    fire: triggers.fire,
    drain: (timeoutMs: number) => drain(drainable, timeoutMs),
    sources: { credit, ip },
  };
  ready.controlled = controlled;
  step('已就绪', `ready on ${baseUrl}`)(undefined);
  const loadFacts = async (file: string) => {
    await Promise.all([credit.load(file), ip.load(file)]);
  };
  const endpoints = { lambda: lambda.url, secretsManager: secrets.url };
  const made = { baseUrl, credentials, credentialsFile: local.credentials, deployment, endpoints, inert, invoke };
  return { ...controlled, ...made, proxies: { dynamodb, sqs }, engines: engineUrls, loadFacts, failed, stop };
}

/** A line per step, with the seconds since the start: 中文, then what an engineer looks for. */
function stepper(log: (line: string) => void) {
  const from = performance.now();
  return (chinese: string, english: string) =>
    <Value>(value: Value): Value => {
      log(`[${((performance.now() - from) / 1000).toFixed(1).padStart(4)}s] ${chinese} · ${english}`);
      return value;
    };
}
