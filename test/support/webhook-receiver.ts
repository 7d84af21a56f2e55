import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What came, as it came. `accepted`: it was answered with 2xx. */
export type Received = { id: string; headers: IncomingMessage['headers']; body: string; accepted: boolean };

/**
 * What a receiver does with one message. `drip` sends a byte now and then and never ends, `giant` more than anybody reads,
 * `hang` nothing, `cut` closes the connection.
 */
export type Behaviour =
  | number
  | { status: number; headers?: Record<string, string>; body?: string }
  | 'drip'
  | 'giant'
  | 'hang'
  | 'cut';

export type Receiver = Awaited<ReturnType<typeof startReceiver>>;

/** A partner's receiver of webhooks on a free port. It answers challenges, and everything else as it was told to. */
export async function startReceiver() {
  const received: Received[] = [];
  let script: Behaviour[] = [];
  let always: Behaviour = 200;
  const timers = new Set<NodeJS.Timeout>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => answer(request, Buffer.concat(chunks).toString('utf8'), response));
  });

  function answer(request: IncomingMessage, body: string, response: ServerResponse): void {
    const behaviour = script.shift() ?? always;
    const status = typeof behaviour === 'number' ? behaviour : typeof behaviour === 'object' ? behaviour.status : 0;
    received.push({
      id: String(request.headers['webhook-id']),
      headers: request.headers,
      body,
      accepted: status >= 200 && status < 300,
    });
    if (behaviour === 'hang') return;
    if (behaviour === 'cut') return void response.destroy();
    if (behaviour === 'giant') {
      response.writeHead(200);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(16_384)));
      };
      response.on('drain', more);
      return more();
    }
    if (behaviour === 'drip') {
      response.writeHead(200);
      const timer = setInterval(() => response.write('.'), 5);
      timers.add(timer);
      response.on('close', () => clearInterval(timer));
      return;
    }
    const { headers = {}, body: said } = typeof behaviour === 'object' ? behaviour : {};
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(said ?? echoOf(body));
  }

  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    port,
    received,
    /** The bodies that were accepted, in the order in which they came. */
    accepted: (): Record<string, any>[] => received.filter((one) => one.accepted).map((one) => JSON.parse(one.body)),
    /** From now on these, one for each message, and then `always`. */
    answers(behaviours: Behaviour[], then: Behaviour = 200): void {
      script = [...behaviours];
      always = then;
    },
    async stop(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

function echoOf(body: string): string {
  const { challenge } = JSON.parse(body) as { challenge?: string };
  return JSON.stringify({ challenge });
}
