import type { IncomingMessage, Server } from 'node:http';

/** Listens on 127.0.0.1 only. Answers the port; rejects where it is taken. */
export function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server listens on no port.'));
      else resolve(address.port);
    });
  });
}

/** Stops listening and cuts what is still connected: by then nothing is under way that anybody waits for. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/**
 * Reads a body whole. Beyond the limit `body` is undefined; the rest is then read and thrown away, because a client
 * that is cut off while it sends never sees the answer.
 */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
): Promise<{ body: Buffer | undefined; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const part = Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk));
    bytes += part.length;
    if (bytes <= maxBytes) chunks.push(part);
    else chunks.length = 0;
  }
  return { body: bytes <= maxBytes ? Buffer.concat(chunks) : undefined, bytes };
}
