/** What a synthesised template declares, in the words the local cloud works with. `template.ts` reads it out. */

export type FunctionSpec = {
  /** Physical name, e.g. `zhirong-screening-api`. */
  name: string;
  /** The service it belongs to, e.g. `screening`. */
  service: string;
  /** `http`, `queue`, `stream`, `schedule`, or `command` where nothing but a person invokes it. */
  trigger: 'http' | 'queue' | 'stream' | 'schedule' | 'command';
  /** Folder of the bundle as deployed. */
  codeDir: string;
  /** `index.handler` */
  handler: string;
  environment: Record<string, string>;
  timeoutSeconds: number;
  memoryMb: number;
  /** How many sandboxes may run at once: the reserved concurrency, at most four here. */
  concurrency: number;
};

export type QueueSpec = {
  name: string;
  fifo: boolean;
  /** Attributes as the SQS API takes them (VisibilityTimeout, MessageRetentionPeriod, …), RedrivePolicy left out. */
  attributes: Record<string, string>;
  deadLetter?: { queueName: string; maxReceiveCount: number };
  /** A dead-letter or unreadable queue: what lies there counts in `deadLetters` of a drain. */
  terminal: boolean;
};

export type TableSpec = {
  name: string;
  /** CreateTable input as the DynamoDB API takes it, indexes and stream included. */
  create: Record<string, unknown>;
  ttlAttribute?: string;
};

export type QueueTrigger = {
  functionName: string;
  queueName: string;
  batchSize: number;
  windowSeconds: number;
  reportBatchItemFailures: boolean;
  /** The event source's own ceiling on concurrent invocations. */
  maxConcurrency?: number;
};

export type StreamTrigger = {
  functionName: string;
  tableName: string;
  batchSize: number;
  windowSeconds: number;
  reportBatchItemFailures: boolean;
  bisect: boolean;
  /** -1: until the record leaves the stream. */
  maximumRetryAttempts: number;
  /** Event filter patterns as in the template (parsed JSON); a record that matches none is not delivered. */
  filters: unknown[];
  onFailureQueueName?: string;
};

export type ScheduleSpec = {
  /** e.g. `screening-daily` */
  name: string;
  functionName: string;
  /** `rate(5 minutes)` or `cron(0 2 * * ? *)`. */
  expression: string;
  timezone: string;
  /** JSON text in which `<aws.scheduler.scheduled-time>` stands for the instant. */
  input: string;
};

/** One method of the REST API. `resource` is the template's path, e.g. `/v1/enterprises/{proxy+}`. */
export type ApiRoute = { resource: string; method: string; functionName: string };

/** `leadingKeys`: patterns of the partition keys to which a statement is limited (`dynamodb:LeadingKeys`). */
export type AllowedStatement = { actions: string[]; resources: string[]; leadingKeys?: string[] };

export type Deployment = {
  region: string;
  functions: FunctionSpec[];
  tables: TableSpec[];
  queues: QueueSpec[];
  buckets: string[];
  secrets: { name: string; generate?: Record<string, unknown> }[];
  queueTriggers: QueueTrigger[];
  streamTriggers: StreamTrigger[];
  schedules: ScheduleSpec[];
  routes: ApiRoute[];
  /** The gateway's own answers by response type, e.g. REQUEST_TOO_LARGE. */
  gatewayResponses: Record<string, { status: number; contentType: string; body: string }>;
  /** Allowed actions and resources per function, for the proxy to enforce: the function's role, statements flattened. */
  permissions: Record<string, AllowedStatement[]>;
};

/** Invokes a function once, as the service would. A crash, a time-out and a thrown error are all `ok: false`. */
export type Invoke = (
  functionName: string,
  event: unknown,
) => Promise<{ ok: true; payload: unknown } | { ok: false; errorType: string; errorMessage: string }>;

/** Where the engines listen; functions get the proxied addresses. */
export type EngineUrls = { dynamodb: string; sqs: string; s3: string };

/** A trigger that runs until stopped; `pending` counts the work that is due now (not what is due later). */
export type RunningTrigger = { pending(): Promise<number>; stop(): Promise<void> };
