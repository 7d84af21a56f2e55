import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Closing } from './closing.ts';
import { type Engines, startEngines } from './engines.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import type { Guard } from './guard.ts';
import { type Issuer, startIssuer } from './issuer.ts';
import type { LocalDir } from './local-dir.ts';
import { permissionsOf } from './permissions.ts';
import { type SourceSimulator, startSourceSimulator } from './simulators/source.ts';
import { synthesise } from './synthesise.ts';
import { type Hosted, readTemplate } from './template.ts';

/** Tells a person what has just been done: 中文, then what an engineer looks for. */
export type Step = (chinese: string, english: string) => void;

/** What the functions stand on, and the template that says which functions there are. */
export type Foundation = {
  engines: Engines;
  proxies: { dynamodb: FaultProxy; sqs: FaultProxy };
  issuer: Issuer;
  sources: { credit: SourceSimulator; ip: SourceSimulator };
  hosted: Hosted;
  /** May this function do that? By the template's roles. */
  authorise: ReturnType<typeof permissionsOf>;
};

export type FoundationOptions = {
  local: LocalDir;
  region: string;
  guard: Guard;
  closing: Closing;
  step: Step;
  assemblies: string;
  seed: number;
  /** Told which tables functions have written to. */
  onWrite: (tableNames: string[]) => void;
};

/** Starts engines, proxies, issuer and simulators, while the CDK app is synthesised, and reads the template. */
export async function startFoundation(options: FoundationOptions): Promise<Foundation> {
  const { local, region, guard, closing, step } = options;
  mkdirSync(local.sources, { recursive: true });
  const said = async <Value>(done: Promise<Value>, chinese: string, english: string): Promise<Value> => {
    const value = await done;
    step(chinese, english);
    return value;
  };
  const source = (name: 'credit' | 'ip') =>
    closing.begun(startSourceSimulator({ name, file: join(local.sources, `${name}.jsonl`) }), (started) =>
      started.stop(),
    );

  const [engines, issuer, [credit, ip], { assembly, fresh }] = await Promise.all([
    said(
      closing.begun(startEngines({ dir: local.engines }), (started) => started.stop()),
      '数据引擎已启动',
      'engines: DynamoDB, SQS, S3',
    ),
    said(
      closing.begun(startIssuer(local.issuer), (started) => started.close()),
      '令牌签发已启动',
      'token issuer',
    ),
    said(
      Promise.all([source('credit'), source('ip')]),
      '数据源模拟器已启动',
      'simulators of 信用中国 and the IP pledge platform',
    ),
    closing.begun(synthesise(options.assemblies, region, guard), () => undefined),
  ]);
  step(
    '部署模板已生成',
    fresh ? 'CDK app synthesised, functions bundled' : 'sources unchanged since the last synthesis',
  );

  let authorise = permissionsOf({});
  const proxy = (engine: 'dynamodb' | 'sqs') => {
    const asked: typeof authorise = (...what) => authorise(...what);
    const common = { target: engines.urls[engine], engine, seed: options.seed, authorise: asked };
    return closing.begun(startFaultProxy({ ...common, onWrite: options.onWrite }), (started) => started.stop());
  };
  const [dynamodb, sqs] = await Promise.all([proxy('dynamodb'), proxy('sqs')]);
  const hosted = readTemplate(assembly, {
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
  authorise = permissionsOf(hosted.deployment.permissions);
  return { engines, proxies: { dynamodb, sqs }, issuer, sources: { credit, ip }, hosted, authorise };
}
