import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Invoke } from './deployment.ts';
import { closeServer, listen, readBody } from './http-server.ts';
import { maxPayloadBytes } from './runtime-api.ts';
import { nameInArn } from './template/naming.ts';

/** Lambda's Invoke, for callers with the AWS SDK: `AWS_ENDPOINT_URL_LAMBDA` points here. */
export type InvokeApi = { url: string; close(): Promise<void> };

function refuse(response: ServerResponse, status: number, type: string, message: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-errortype': type });
  response.end(JSON.stringify({ Type: 'User', message, Message: message }));
}

export async function startInvokeApi(invoke: Invoke, knows: (functionName: string) => boolean): Promise<InvokeApi> {
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { body } = await readBody(request, maxPayloadBytes);
    const [, encoded] = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?.*)?$/.exec(request.url ?? '') ?? [];
    if (request.method !== 'POST' || encoded === undefined)
      return refuse(response, 404, 'UnknownOperationException', 'Only Invoke is known here.');
    const reference = decodeURIComponent(encoded);
    const name = reference.startsWith('arn:') ? nameInArn(reference) : (reference.split(':').at(-1) ?? '');
    if (!knows(name)) return refuse(response, 404, 'ResourceNotFoundException', `Function not found: ${name}`);
    if (body === undefined) return refuse(response, 413, 'RequestTooLargeException', 'The payload is above 6 MB.');
    let event: unknown;
    try {
      event = body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
    } catch {
      return refuse(response, 400, 'InvalidRequestContentException', 'The payload is not JSON.');
    }
    const headers = { 'x-amzn-requestid': randomUUID() };
    const kind = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (kind === 'DryRun') return void response.writeHead(204, headers).end();
    const ending = invoke(name, event);
    // Whoever only fires does not wait, and learns nothing of a failure: it stands in the function's log.
    if (kind === 'Event') return void response.writeHead(202, headers).end();
    const outcome = await ending;
    const { ok, ...error } = outcome;
    response.writeHead(200, {
      ...headers,
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(!ok && { 'x-amz-function-error': 'Unhandled' }),
    });
    response.end(JSON.stringify(outcome.ok ? outcome.payload : error));
  }
  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  const port = await listen(server, 0);
  return { url: `http://127.0.0.1:${String(port)}`, close: () => closeServer(server) };
}
