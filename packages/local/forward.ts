import {
  Agent,
  request as httpRequest,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import { pipeline } from 'node:stream/promises';
import { functionOf } from './permissions.ts';

export type Forwarded = { status: number; headers: OutgoingHttpHeaders; body: Buffer };

/** Sends requests on to one engine over kept connections. */
export function forwarder(target: string) {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true });

  function open(request: IncomingMessage, path: string) {
    const onward = httpRequest({
      agent,
      hostname,
      port,
      path,
      method: request.method ?? 'POST',
      headers: onwardHeaders(request),
    });
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      onward.once('response', resolve);
      onward.once('error', reject);
    });
    return { onward, answered };
  }

  return {
    /** Sends the request with this body and waits for the whole answer. Rejects when the engine does not answer. */
    async send(request: IncomingMessage, body: Buffer): Promise<Forwarded> {
      // Some SDKs post to a queue's own URL; the engine knows the root only, and the body names the queue.
      const { onward, answered } = open(request, '/');
      onward.end(body);
      const answer = await answered;
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk)));
      return { status: answer.statusCode ?? 502, headers: backHeaders(answer), body: Buffer.concat(chunks) };
    },

    /** Lets request and answer stream through, without holding either: files may be large. */
    async pipe(request: IncomingMessage, response: ServerResponse): Promise<void> {
      const { onward, answered } = open(request, request.url ?? '/');
      const sent = pipeline(request, onward);
      // An engine that answers before the body has ended may close it; the answer counts.
      sent.catch(() => undefined);
      const answer = await answered;
      response.writeHead(answer.statusCode ?? 502, backHeaders(answer));
      await pipeline(answer, response);
    },

    close(): void {
      agent.destroy();
    },
  };
}

/** Engines of other makers keep a database per key: here all functions share one, so the caller's name is taken off. */
function onwardHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { connection: _connection, expect: _expect, 'keep-alive': _keepAlive, ...onward } = headers;
  const name = functionOf(headers.authorization);
  if (headers.authorization === undefined || name === undefined) return onward;
  return { ...onward, authorization: headers.authorization.replace(`Credential=LOCAL${name}/`, 'Credential=LOCAL/') };
}

function backHeaders({ headers }: IncomingMessage): OutgoingHttpHeaders {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...back } = headers;
  return back;
}
