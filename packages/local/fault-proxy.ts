import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chooseFaults, type FaultKind, type FaultPlan, type OneFault } from './fault-plan.ts';
import {
  accessDenied,
  dynamoError,
  sqsError,
  transactionConflict,
  transactionParts,
  type Answer,
} from './fault-answers.ts';
import { closeServer, listen } from './http-server.ts';
import { forwarder, type Forwarded } from './forward.ts';
import { jsonAccesses, objectAccesses, tablesOf, type Access } from './requested-access.ts';
import { functionOf, type permissionsOf, regionOf } from './permissions.ts';
import { accountId } from './template/naming.ts';

export type FaultProxyOptions = {
  /** The engine's address. The SQS engine's S3 requests go through unharmed. */
  target: string;
  engine: 'dynamodb' | 'sqs';
  seed: number;
  plan?: FaultPlan;
  /** Asked for each action of a request; one that is not allowed is answered as AWS does. Without it all is allowed. */
  authorise?: ReturnType<typeof permissionsOf>;
  /** Told after the engine has taken a write, so that stream triggers need not wait for their next poll. */
  onWrite?: (tableNames: string[]) => void;
};

export type FaultCounts = {
  /** Requests that arrived, by operation. */
  requests: Record<string, number>;
  /** Of the bodies of requests that reached the engine, and of its answers. */
  bytes: number;
  /** Faults that were injected, by kind. */
  faults: Record<FaultKind, number>;
  denied: number;
};

export type FaultProxy = {
  url: string;
  setPlan(plan: FaultPlan | undefined): void;
  /** Breaks exactly one call; wins over the plan. */
  failNext(fault: OneFault): void;
  counts: FaultCounts;
  stop(): Promise<void>;
};

const conflicting = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'TransactGetItems']);
const reads = new Set(['GetItem', 'BatchGetItem', 'Query']);
const writes = new Set(['PutItem', 'UpdateItem', 'DeleteItem', 'TransactWriteItems', 'BatchWriteItem']);
const namingQueues = new Set(['GetQueueUrl', 'ListQueues', 'CreateQueue']);
const rememberedReads = 1_000;

/** An HTTP proxy in front of an engine that makes it fail as the real service can, by seed. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const { engine, authorise, onWrite } = options;
  const chooser = chooseFaults(options.seed, options.plan);
  const upstream = forwarder(options.target);
  const counts: FaultCounts = { requests: {}, bytes: 0, faults: noFaults(), denied: 0 };
  const remembered = new Map<string, Forwarded>();

  function refusal(request: IncomingMessage, accesses: (region: string) => Access[]): Answer | undefined {
    if (authorise === undefined) return undefined;
    const functionName = functionOf(request.headers.authorization);
    const region = regionOf(request.headers.authorization);
    const refused = accesses(region).find(
      ({ action, resource, leadingKeys }) => !authorise(functionName, action, resource, leadingKeys),
    );
    if (refused === undefined) return undefined;
    counts.denied += 1;
    const service = request.headers['x-amz-target'] === undefined ? 's3' : engine;
    return accessDenied(service, { functionName, ...refused });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const target = request.headers['x-amz-target'];
    if (typeof target !== 'string') {
      const refused = refusal(request, () => objectAccesses(request));
      if (refused !== undefined) answer(request.resume(), response, refused);
      else await upstream.pipe(request, response);
      return;
    }
    const operation = target.slice(target.indexOf('.') + 1);
    counts.requests[operation] = (counts.requests[operation] ?? 0) + 1;
    const body = await wholeBody(request);
    const text = body.toString('utf8');
    const refused = refusal(request, (region) => jsonAccesses(engine, operation, parsed(text), region));
    if (refused !== undefined) return answer(request, response, refused);

    const key = engine === 'dynamodb' && reads.has(operation) && !consistent(text) ? `${operation} ${text}` : undefined;
    const fault = chooser.choose(operation, text, (kind) => {
      if (kind === 'conflict') return engine === 'dynamodb' && conflicting.has(operation);
      if (kind === 'stale-read') return key !== undefined && remembered.has(key);
      return true;
    });
    if (fault !== undefined) counts.faults[fault] += 1;
    const instead = inPlaceOfEngine(fault, text);
    if (instead !== undefined) return answer(request, response, instead);
    if (fault === 'delay') await sleep(chooser.delayMs());
    if (fault === 'duplicate') await upstream.send(request, body);

    const fresh = await upstream.send(request, body);
    counts.bytes += body.length + fresh.body.length;
    if (onWrite !== undefined && fresh.status === 200 && writes.has(operation)) onWrite(tablesOf(parsed(text)));
    const before = key === undefined ? undefined : remembered.get(key);
    if (key !== undefined && fresh.status === 200) remember(remembered, key, fresh);
    if (fault === 'fail-after') request.socket.resetAndDestroy();
    else if (fault === 'stale-read' && before !== undefined) reply(response, before);
    else reply(response, namingQueues.has(operation) ? underThisAddress(fresh, request.headers.host) : fresh);
  }

  function inPlaceOfEngine(fault: FaultKind | undefined, text: string): Answer | undefined {
    const dynamodb = engine === 'dynamodb';
    if (fault === 'fail-before') return dynamodb ? dynamoError('InternalServerError') : sqsError('ServiceUnavailable');
    if (fault === 'throttle')
      return dynamodb ? dynamoError('ProvisionedThroughputExceededException') : sqsError('RequestThrottled');
    if (fault !== 'conflict') return undefined;
    const parts = transactionParts(parsed(text));
    if (parts === 0) return dynamoError('TransactionConflictException');
    return transactionConflict(parts, Math.floor(chooser.random() * parts));
  }

  // A client's idle connection stays: one that the proxy closed just then would look like a fault nobody asked for.
  const server = createServer({ keepAliveTimeout: 0, requestTimeout: 0 }, (request, response) => {
    // What goes wrong between proxy and engine looks to the caller as it would without a proxy: like a lost connection.
    serve(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return {
    url: `http://127.0.0.1:${String(port)}`,
    setPlan: (plan) => chooser.setPlan(plan),
    failNext: (fault) => chooser.failNext(fault),
    counts,
    async stop() {
      await closeServer(server);
      upstream.close();
    },
  };
}

function noFaults(): Record<FaultKind, number> {
  return {
    'fail-before': 0,
    'fail-after': 0,
    delay: 0,
    duplicate: 0,
    conflict: 0,
    throttle: 0,
    'stale-read': 0,
  };
}

async function wholeBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks);
}

/** A body that is not JSON is the engine's to refuse. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

function consistent(text: string): boolean {
  return /"ConsistentRead"\s*:\s*true/.test(text);
}

/** The oldest goes first: a test that reads more than this between two equal reads gets the fresh answer. */
function remember(remembered: Map<string, Forwarded>, key: string, fresh: Forwarded): void {
  remembered.delete(key);
  remembered.set(key, fresh);
  const [oldest] = remembered.keys();
  if (remembered.size > rememberedReads && oldest !== undefined) remembered.delete(oldest);
}

/** The engine names queues under its own address, past this proxy and gone after a restart. */
function underThisAddress(fresh: Forwarded, host: string | undefined): Forwarded {
  if (host === undefined) return fresh;
  const address = new RegExp(`http://[^/"]+/${accountId}/`, 'g');
  const body = Buffer.from(fresh.body.toString('utf8').replace(address, `http://${host}/${accountId}/`));
  return { ...fresh, body, headers: { ...fresh.headers, 'content-length': String(body.length) } };
}

function answer(request: IncomingMessage, response: ServerResponse, { status, headers, body }: Answer): void {
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}

function reply(response: ServerResponse, { status, headers, body }: Forwarded): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}
