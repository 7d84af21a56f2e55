// The process in which a function runs here: what Lambda's own runtime does for Node, and no more. It takes invocations
// from the Runtime API, runs the handler on them one at a time and reports what came of it.
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const { env } = process;
const [hostname, port] = env.AWS_LAMBDA_RUNTIME_API.split(':');
const base = '/2018-06-01/runtime';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** The id of the invocation that is being worked on, for errors that no handler catches. */
let current;

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const outgoing = request({ hostname, port, agent, method, path: base + path, headers: { ...headers, ...length } });
    outgoing.once('error', reject);
    outgoing.once('response', (response) => {
      const chunks = [];
      response.once('error', reject);
      response.on('data', (chunk) => chunks.push(chunk));
      response.once('end', () =>
        resolve({
          status: response.statusCode,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    outgoing.end(body);
  });
}

function post(path, body, headers) {
  return call('POST', path, body, { 'content-type': 'application/json', ...headers });
}

/** Lambda's form of an error. Whatever was thrown, a string or nothing included, it has a type and a message. */
function describe(error) {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error), stackTrace: [] };
  const stackTrace = (error.stack ?? '').split('\n').map((line) => line.trim());
  return { errorType: error.name, errorMessage: error.message, stackTrace };
}

function postError(path, error) {
  return post(path, JSON.stringify(error), { 'Lambda-Runtime-Function-Error-Type': error.errorType });
}

function runtimeError(errorType, errorMessage) {
  return Object.assign(new Error(errorMessage), { name: errorType });
}

async function loadHandler() {
  const [, name, property] = /^(.*)\.([^.]+)$/.exec(env._HANDLER) ?? [];
  if (name === undefined) throw runtimeError('Runtime.MalformedHandlerName', `Bad handler ${env._HANDLER}`);
  const file = ['.mjs', '.js', '.cjs']
    .map((end) => join(env.LAMBDA_TASK_ROOT, name + end))
    .find((path) => existsSync(path));
  if (file === undefined) throw runtimeError('Runtime.ImportModuleError', `Error: Cannot find module '${name}'`);
  const module = await import(pathToFileURL(file).href);
  const handler = module[property] ?? module.default?.[property];
  if (typeof handler !== 'function')
    throw runtimeError('Runtime.HandlerNotFound', `${env._HANDLER} is undefined or not exported`);
  // Node 24 on Lambda has no callbacks any more: such a handler would answer nothing.
  if (handler.length >= 3) throw runtimeError('Runtime.CallbackHandlerDeprecated', `${env._HANDLER} takes a callback`);
  return handler;
}

function contextOf(headers) {
  const deadline = Number(headers['lambda-runtime-deadline-ms']);
  return {
    awsRequestId: headers['lambda-runtime-aws-request-id'],
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    callbackWaitsForEmptyEventLoop: true,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
}

/** The answer as JSON text; a handler that returns nothing answers `null`. */
async function run(handler, text, context) {
  const result = await handler(JSON.parse(text), context);
  return JSON.stringify(result === undefined ? null : result);
}

async function crash(errorType, error) {
  const described = { ...describe(error), errorType };
  console.error(JSON.stringify(described));
  const path = current === undefined ? '/init/error' : `/invocation/${current}/error`;
  await postError(path, described).catch(() => undefined);
  process.exit(1);
}
process.once('uncaughtException', (error) => void crash('Runtime.UncaughtException', error));
process.once('unhandledRejection', (error) => void crash('Runtime.UnhandledPromiseRejection', error));

let handler;
try {
  handler = await loadHandler();
} catch (error) {
  const described = describe(error);
  if (error instanceof SyntaxError) described.errorType = 'Runtime.UserCodeSyntaxError';
  if (error?.code === 'ERR_MODULE_NOT_FOUND') described.errorType = 'Runtime.ImportModuleError';
  console.error(JSON.stringify(described));
  await postError('/init/error', described).catch(() => undefined);
  process.exit(1);
}

for (;;) {
  // When nobody listens any more, the sandbox is over.
  const next = await call('GET', '/invocation/next').catch(() => process.exit(0));
  if (next.status !== 200) process.exit(1);
  current = next.headers['lambda-runtime-aws-request-id'];
  env._X_AMZN_TRACE_ID = next.headers['lambda-runtime-trace-id'];
  try {
    const body = await run(handler, next.text, contextOf(next.headers));
    await post(`/invocation/${current}/response`, body);
  } catch (error) {
    const described = describe(error);
    console.error(JSON.stringify(described));
    await postError(`/invocation/${current}/error`, described).catch(() => process.exit(1));
  }
  current = undefined;
}
