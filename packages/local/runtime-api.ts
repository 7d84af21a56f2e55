import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import * as z from 'zod';
import { closeServer, listen, readBody } from './http-server.ts';

/** One call of a function. `payload` is JSON text. */
export type Invocation = {
  requestId: string;
  functionArn: string;
  traceId: string;
  timeoutMs: number;
  payload: string;
};

/** How the runtime ended an invocation: the handler's answer as JSON text, or its error. */
export type Ending = { ok: true; payload: string } | { ok: false; errorType: string; errorMessage: string };

/** What a runtime does that its keeper must know. */
export type RuntimeEvents = {
  /** The runtime asks for an invocation: it has done with the one before. */
  ready(): void;
  /** The runtime has taken the invocation: its time runs from now. */
  taken(): void;
  ended(ending: Ending): void;
  /** The handler could not be loaded; the process is about to exit. */
  initFailed(ending: Ending): void;
};

export type RuntimeApi = {
  /** `host:port`, as `AWS_LAMBDA_RUNTIME_API` has it. */
  address: string;
  /** Hands over the next invocation; there must be none under way. */
  offer(invocation: Invocation): void;
  close(): Promise<void>;
};

const base = '/2018-06-01/runtime';

/** Lambda's limit for the payload of a call and of its answer: 6 MB and a little for the envelope. */
export const maxPayloadBytes = 6 * 1024 * 1024 + 100;

/** AWS's clients put the cause of an error for X-Ray into a header, whole stack traces included. */
const maxHeaderBytes = 1024 * 1024;

const ErrorBody = z.looseObject({ errorType: z.string().optional(), errorMessage: z.string().optional() });

function answer(response: ServerResponse, status: number, body: Record<string, string>): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(`${JSON.stringify(body)}\n`);
}

const accepted = (response: ServerResponse) => answer(response, 202, { status: 'OK' });

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  answer(response, status, { errorType, errorMessage });
}

const wrongState = (response: ServerResponse, wanted: string) =>
  refuse(response, 403, 'InvalidStateTransition', `State transition to ${wanted} is not allowed.`);

/** The error a runtime reports: by the documented body, else by the header that says its type. */
function errorOf(request: IncomingMessage, body: Buffer): Ending {
  const header = request.headers['lambda-runtime-function-error-type'];
  const fallback = typeof header === 'string' ? header : 'Unhandled';
  try {
    const { errorType, errorMessage } = ErrorBody.parse(JSON.parse(body.toString('utf8')));
    return { ok: false, errorType: errorType ?? fallback, errorMessage: errorMessage ?? '' };
  } catch {
    return { ok: false, errorType: fallback, errorMessage: '' };
  }
}

/**
 * The Lambda Runtime API for one sandbox, on a port of its own of 127.0.0.1. It is a state machine: `next` waits for
 * an invocation, its id is answered once with `response` or `error`, then comes `next` again.
 */
export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let offered: Invocation | undefined;
  let waiting: ServerResponse | undefined;
  let running: string | undefined;
  let answered: string | undefined;
  let initialised = false;

  function handOver(): void {
    if (offered === undefined || waiting === undefined) return;
    const [invocation, response] = [offered, waiting];
    offered = undefined;
    waiting = undefined;
    running = invocation.requestId;
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(invocation.payload),
      'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
      'Lambda-Runtime-Deadline-Ms': String(Date.now() + invocation.timeoutMs),
      'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
      'Lambda-Runtime-Trace-Id': invocation.traceId,
    });
    events.taken();
    response.end(invocation.payload);
  }

  function next(response: ServerResponse): void {
    if (running !== undefined || waiting !== undefined) return wrongState(response, 'Ready');
    initialised = true;
    waiting = response;
    events.ready();
    response.once('close', () => {
      if (waiting === response) waiting = undefined;
    });
    handOver();
  }

  function end(response: ServerResponse, id: string, ending: Ending | 'too-large', bytes: number): void {
    if (id !== running) {
      if (id === answered) return wrongState(response, 'InvocationResponse');
      return refuse(response, 400, 'InvalidRequestID', 'Invalid request ID');
    }
    answered = running;
    running = undefined;
    if (ending !== 'too-large') {
      accepted(response);
      return events.ended(ending);
    }
    const limit = `exceeded maximum allowed payload size (${String(maxPayloadBytes)} bytes).`;
    refuse(response, 413, 'RequestEntityTooLarge', `Response payload size ${limit}`);
    const errorMessage = `Response payload size (${String(bytes)} bytes) ${limit}`;
    events.ended({ ok: false, errorType: 'Function.ResponseSizeTooLarge', errorMessage });
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    const [, id, kind] = /^\/2018-06-01\/runtime\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    const known = path === `${base}/invocation/next` ? 'GET' : 'POST';
    if (id === undefined && path !== `${base}/invocation/next` && path !== `${base}/init/error`) {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found\n');
      return;
    }
    if (request.method !== known) {
      response.writeHead(405, { allow: known }).end();
      return;
    }
    if (known === 'GET') return next(response);
    const { body, bytes } = await readBody(request, maxPayloadBytes);
    if (id !== undefined) {
      const ending = kind === 'error' ? errorOf(request, body ?? Buffer.alloc(0)) : undefined;
      const payload: Ending | 'too-large' =
        body === undefined ? 'too-large' : { ok: true, payload: body.toString('utf8') };
      return end(response, decodeURIComponent(id), ending ?? payload, bytes);
    }
    if (initialised) return wrongState(response, 'InitError');
    accepted(response);
    events.initFailed(errorOf(request, body ?? Buffer.alloc(0)));
  }

  const server = createServer(
    { maxHeaderSize: maxHeaderBytes, requestTimeout: 0, headersTimeout: 0 },
    (request, response) => {
      serve(request, response).catch(() => response.destroy());
    },
  );
  // A runtime keeps one connection for its whole life and thinks on it for as long as the function may run.
  server.keepAliveTimeout = 0;
  const port = await listen(server, 0);
  return {
    address: `127.0.0.1:${String(port)}`,
    offer(invocation) {
      offered = invocation;
      handOver();
    },
    close: () => closeServer(server),
  };
}
