import { createServer } from 'node:http';
import type { VerificationKey } from '../../signature/standard-webhooks.ts';
import { type HeaderValues, verifyWebhook, type WebhookMessage } from '../webhooks.ts';

export type Delivered = { headers: HeaderValues; body: Buffer; webhook: WebhookMessage };
export type Receiver = { url: string; delivered: readonly Delivered[]; stop: () => Promise<void> };

const maxBytes = 256 * 1024;

/** A receiver as a bank has one: raw bytes, the signature before anything else, the challenge answered. */
export async function startReceiver(
  { port, url }: { port: number; url?: string | undefined },
  keys: () => readonly VerificationKey[],
): Promise<Receiver> {
  const delivered: Delivered[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on('data', (part: Buffer) => {
      size += part.length;
      if (size > maxBytes) request.destroy();
      else parts.push(part);
    });
    request.on('end', () => {
      const [headers, body] = [request.headers, Buffer.concat(parts)];
      const webhook = verifyWebhook({ headers, body, keys: keys() });
      delivered.push({ headers, body, webhook });
      const status = webhook.kind === 'refused' ? 401 : 200;
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(webhook.kind === 'challenge' ? webhook.answer : '{}');
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    // With an address of its own it stands behind something that reaches it from outside.
    server.listen(port, url === undefined ? '127.0.0.1' : undefined, resolve);
  });
  const bound = server.address();
  const own = typeof bound === 'object' && bound !== null ? bound.port : port;
  return {
    url: url ?? `http://127.0.0.1:${own}/hooks`,
    delivered,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
