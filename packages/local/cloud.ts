import { setTimeout as sleep } from 'node:timers/promises';
import { type Closing, createClosing } from './closing.ts';
import { type Controlled, createControl } from './control.ts';
import { type Credentials, makeCredentials, writeCredentials } from './credentials.ts';
import type { Deployment, EngineUrls, Invoke } from './deployment.ts';
import { drain } from './drain.ts';
import { createResources } from './engines.ts';
import { type Foundation, startFoundation, type Step } from './foundation.ts';
import { startGateway } from './gateway.ts';
import { startGuard } from './guard.ts';
import { startInvokeApi } from './invoke-api.ts';
import { openLocalDir } from './local-dir.ts';
import { setUpPartners } from './partners.ts';
import { accessKeyOf } from './permissions.ts';
import { createSandboxes } from './sandboxes.ts';
import { startSecrets } from './secrets.ts';
import { startTriggers, type Triggers } from './triggers.ts';

export type CloudOptions = {
  /** The folder that is kept, `LOCAL_DIR`. */
  dir: string;
  /** Of the gateway; 0 takes any free one. */
  port: number;
  /** Starts from nothing. */
  fresh?: boolean;
  /** Whether the API's throttle holds. */
  limits?: boolean;
  /** Whether there are partner organisations from the start. Tests that need none do without: it takes seconds. */
  partners?: boolean;
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
  proxies: Foundation['proxies'];
  /** The engines themselves. */
  engines: EngineUrls;
  /** Where the AWS SDK finds services of this cloud that have no proxy of their own. */
  endpoints: { lambda: string; secretsManager: string };
  sources: Foundation['sources'];
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
  const closing = createClosing();
  try {
    return await start(options, closing);
  } catch (error) {
    await closing.close();
    throw error;
  }
}

async function start(options: CloudOptions, closing: Closing): Promise<Cloud> {
  const step = stepper(options.log ?? (() => undefined));
  const local = openLocalDir(options.dir, options.fresh === true);
  closing.atEnd(() => local.release());
  const guard = startGuard();
  closing.atEnd(() => guard.stop());
  const running: { triggers?: Triggers; controlled?: Controlled } = {};

  const foundation = await startFoundation({
    local,
    region,
    guard,
    closing,
    step,
    assemblies: options.assemblies ?? local.assemblies,
    seed: options.seed ?? 1,
    onWrite: (tableNames) => running.triggers?.wake(tableNames),
  });
  const { engines, proxies, issuer, sources, authorise } = foundation;
  const { deployment, stage, inert } = foundation.hosted;
  await createResources(engines.urls, deployment);
  step(
    `${deployment.tables.length} 张表、${deployment.queues.length} 个队列、${deployment.functions.length} 个函数`,
    'tables, queues and functions of the template',
  );

  const secrets = await closing.begun(
    startSecrets({ file: local.secrets, region, declared: deployment.secrets, authorise }),
    (started) => started.close(),
  );
  const variables: Record<string, string> = {
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: proxies.dynamodb.url,
    AWS_ENDPOINT_URL_S3: proxies.sqs.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.url,
    AWS_ENDPOINT_URL_SQS: proxies.sqs.url,
  };
  const sandboxes = createSandboxes(deployment.functions, {
    region,
    guard,
    logDir: local.logs,
    environmentOf: (name) => ({ ...variables, AWS_ACCESS_KEY_ID: accessKeyOf(name) }),
  });
  closing.atEnd(() => sandboxes.stop());
  const { invoke } = sandboxes;
  const names = new Set(deployment.functions.map(({ name }) => name));
  const lambda = await closing.begun(
    startInvokeApi(invoke, (name) => names.has(name)),
    (started) => started.close(),
  );
  variables['AWS_ENDPOINT_URL_LAMBDA'] = lambda.url;

  const control = createControl(() => running.controlled);
  const gateway = await closing.begun(
    startGateway({ port: options.port, deployment, stage, invoke, limits: options.limits === true, control }),
    (started) => started.close(),
  );
  const triggers = startTriggers({ deployment, engines: engines.urls, invoke, dir: local.triggers });
  running.triggers = triggers;
  closing.atEnd(async () => {
    const stopped = triggers.stop();
    await Promise.race([stopped, sleep(graceMs, undefined, { ref: false })]);
    // A process that is killed ends what its trigger waits for.
    await sandboxes.stop();
    await stopped;
  });

  const baseUrl = `http://127.0.0.1:${gateway.port}`;
  const credentials = await makeCredentials(baseUrl, issuer);
  const drainable = {
    deployment,
    engines: engines.urls,
    triggers: triggers.all,
    sandboxes,
    requests: gateway.inFlight,
  };
  const controlled = {
    functions: deployment.functions,
    kill: sandboxes.kill,
    issueToken: issuer.issueToken,
    fire: triggers.fire,
    drain: (timeoutMs: number) => drain(drainable, timeoutMs),
    sources,
  };
  if (options.partners !== false) {
    // The platform's own keys come first: its answers are signed with them.
    const ownKeys = await invoke('zhirong-partners-keys', {});
    if (!ownKeys.ok) throw new Error(`no keys of the platform's own: ${ownKeys.errorMessage}`);
    const [admin, reviewer] = [tokenOf(credentials, 'city-admin'), tokenOf(credentials, 'city-reviewer')];
    credentials.partners = await setUpPartners({ baseUrl, file: local.partners, admin, reviewer });
    step('合作机构与密钥已就位', `${Object.keys(credentials.partners).length} partner organisations with their keys`);
  }
  writeCredentials(local.credentials, credentials);
  running.controlled = controlled;
  step('已就绪', `ready on ${baseUrl}`);
  return {
    ...controlled,
    baseUrl,
    credentials,
    deployment,
    inert,
    invoke,
    proxies,
    credentialsFile: local.credentials,
    engines: engines.urls,
    endpoints: { lambda: lambda.url, secretsManager: secrets.url },
    failed: engines.failed,
    async loadFacts(file) {
      await Promise.all(Object.values(sources).map((source) => source.load(file)));
    },
    stop: () => closing.close(),
  };
}

function tokenOf({ operators }: Credentials, name: string): string {
  const operator = operators[name];
  if (operator === undefined) throw new Error(`there is no operator ${name}`);
  return operator.token;
}

/** A line per step, with the seconds since the start. */
function stepper(log: (line: string) => void): Step {
  const from = performance.now();
  return (chinese, english) =>
    log(`[${((performance.now() - from) / 1000).toFixed(1).padStart(4)}s] ${chinese} · ${english}`);
}
