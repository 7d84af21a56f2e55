import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Deployment, Invoke } from './deployment.ts';
import { answerOf, eventOf, type HttpAnswer, targetOf } from './gateway-event.ts';
import { createRouter } from './gateway-routes.ts';
import { closeServer, listen, readBody } from './http-server.ts';
import { maxPayloadBytes } from './runtime-api.ts';
import type { StageSpec } from './template/rest-api.ts';

export type GatewayOptions = {
  /** 0 takes any free port. */
  port: number;
  deployment: Pick<Deployment, 'routes' | 'gatewayResponses'>;
  stage: StageSpec;
  invoke: Invoke;
  /** Whether the stage's throttle holds. */
  limits: boolean;
  /** What `/__local/…` answers: it is this machine's, not the system's. */
  control: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
};

export type Gateway = { port: number; inFlight: () => number; close: () => Promise<void> };

/** API Gateway's own limits. */
const maxBodyBytes = 10 * 1024 * 1024;
const maxHeaderBytes = 10_240;
const integrationTimeoutMs = 29_000;
const keepAliveMs = 350_000;
/** Beyond the gateway's limit, so that it is the gateway that says no. */
const parserHeaderBytes = 4 * maxHeaderBytes;

type ResponseType =
  | 'REQUEST_TOO_LARGE'
  | 'THROTTLED'
  | 'INTEGRATION_TIMEOUT'
  | 'DEFAULT_5XX'
  | 'MISSING_AUTHENTICATION_TOKEN'
  | 'HEADERS_TOO_LARGE'
  | 'BAD_REQUEST';

/** What the gateway says where the template leaves it to it. */
const defaultAnswers: Record<ResponseType, { status: number; message: string }> = {
  REQUEST_TOO_LARGE: { status: 413, message: 'Request Too Long' },
  THROTTLED: { status: 429, message: 'Too Many Requests' },
  INTEGRATION_TIMEOUT: { status: 504, message: 'Endpoint request timed out' },
  DEFAULT_5XX: { status: 502, message: 'Internal server error' },
  MISSING_AUTHENTICATION_TOKEN: { status: 403, message: 'Missing Authentication Token' },
  HEADERS_TOO_LARGE: { status: 431, message: 'Request Header Fields Too Large' },
  BAD_REQUEST: { status: 400, message: 'Bad Request' },
};

/** A bucket that fills at the stage's rate; false once it is empty. */
function createThrottle({ throttle }: StageSpec): () => boolean {
  if (throttle === undefined) return () => true;
  let tokens = throttle.burst;
  let at = performance.now();
  return () => {
    const now = performance.now();
    tokens = Math.min(throttle.burst, tokens + ((now - at) / 1000) * throttle.ratePerSecond);
    at = now;
    if (tokens < 1) return false;
    tokens -= 1;
    return true;
  };
}

function headerBytes({ rawHeaders }: IncomingMessage): number {
  return rawHeaders.reduce((sum, text) => sum + Buffer.byteLength(text, 'latin1'), 0);
}

/** The REST API in front of the functions, on 127.0.0.1 only. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { deployment, stage, invoke, control } = options;
  const route = createRouter(deployment.routes);
  const admit = options.limits ? createThrottle(stage) : () => true;
  let inFlight = 0;

  function own(type: ResponseType): HttpAnswer {
    const declared = deployment.gatewayResponses[type];
    if (declared !== undefined)
      return {
        status: declared.status,
        headers: { 'content-type': declared.contentType },
        body: Buffer.from(declared.body),
      };
    const { status, message } = defaultAnswers[type];
    return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ message })) };
  }

  async function integrate(event: Record<string, unknown>, functionName: string): Promise<HttpAnswer> {
    // Lambda takes less than the gateway: what base64 makes too long is refused as the gateway refuses it.
    if (Buffer.byteLength(JSON.stringify(event)) > maxPayloadBytes) return own('REQUEST_TOO_LARGE');
    const { promise: late, resolve } = Promise.withResolvers<HttpAnswer>();
    const timer = setTimeout(() => resolve(own('INTEGRATION_TIMEOUT')), integrationTimeoutMs);
    const invoked = invoke(functionName, event).then(
      (ending) => (ending.ok ? answerOf(ending.payload) : undefined) ?? own('DEFAULT_5XX'),
    );
    try {
      return await Promise.race([invoked, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async function answer(request: IncomingMessage): Promise<HttpAnswer> {
    const { body } = await readBody(request, maxBodyBytes);
    if (headerBytes(request) > maxHeaderBytes) return own('HEADERS_TOO_LARGE');
    if (body === undefined) return own('REQUEST_TOO_LARGE');
    if (!admit()) return own('THROTTLED');
    const match = route(request.method ?? 'GET', targetOf(request.url ?? '/').path);
    if (match === undefined) return own('MISSING_AUTHENTICATION_TOKEN');
    return integrate(eventOf(request, body, match, stage.name), match.route.functionName);
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (targetOf(request.url ?? '/').path.startsWith('/__local/')) return control(request, response);
    inFlight += 1;
    try {
      const { status, headers, body } = await answer(request);
      // A body with these would make the next answer on the connection unreadable.
      const bodiless = status === 204 || status === 304;
      response.writeHead(status, bodiless ? headers : { ...headers, 'content-length': body.length });
      response.end(bodiless ? undefined : body);
    } finally {
      inFlight -= 1;
    }
  }

  const server = createServer({ maxHeaderSize: parserHeaderBytes }, (request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return socket.destroy();
    const { status, headers, body } = own(error.code === 'HPE_HEADER_OVERFLOW' ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST');
    const head = `HTTP/1.1 ${String(status)} ${defaultAnswers[status === 431 ? 'HEADERS_TOO_LARGE' : 'BAD_REQUEST'].message}`;
    const type = String(headers['content-type']);
    socket.end(
      `${head}\r\nconnection: close\r\ncontent-type: ${type}\r\ncontent-length: ${String(body.length)}\r\n\r\n${String(body)}`,
    );
    return undefined;
  });
  // As the real one, so that a client's idle connection is not closed at the moment it is used again.
  server.keepAliveTimeout = keepAliveMs;
  const port = await listen(server, options.port);
  return { port, inFlight: () => inFlight, close: () => closeServer(server) };
}
