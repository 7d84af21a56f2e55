import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startCloud } from '#packages/local/cloud';

export type Answer = { status: number; headers: Headers; body: any };
export type Send = {
  token?: string | undefined;
  json?: unknown;
  bytes?: Uint8Array;
  headers?: Record<string, string>;
  /** The Idempotency-Key; a new one for each POST if left out, none where it is null. */
  key?: string | null;
};

export type City = Awaited<ReturnType<typeof startCity>>;

/** The whole system on this machine, in a folder of its own, as the journeys use it: through HTTP only. */
export async function startCity(options: { seed?: number; dir?: string; partners?: boolean } = {}) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'zhirong-city-'));
  // Assemblies are shared: the first test file synthesises, the others find it done.
  const assemblies = join(tmpdir(), 'zhirong-assemblies');
  const cloud = await startCloud({
    dir,
    port: 0,
    assemblies,
    partners: options.partners === true,
    ...(options.seed !== undefined && { seed: options.seed }),
  });
  const { baseUrl } = cloud;

  async function call(method: string, path: string, send: Send = {}): Promise<Answer> {
    const { token, json, bytes, key = `test-${randomUUID()}` } = send;
    const body = bytes ?? (json === undefined ? undefined : JSON.stringify(json));
    const headers = {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
      ...(method === 'POST' && key !== null && { 'idempotency-key': key }),
      ...send.headers,
    };
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
    const text = await response.text();
    const isJson = /^application\/(?:[a-z]+\+)?json\b/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      body: isJson && text !== '' ? JSON.parse(text) : text,
    };
  }

  /** The token of an operator in credentials.json. */
  function operator(name: string): string {
    const token = cloud.credentials.operators[name]?.token;
    if (token === undefined) throw new Error(`no operator ${name}`);
    return token;
  }

  return {
    cloud,
    dir,
    baseUrl,
    call,
    operator,
    get: (path: string, token?: string) => call('GET', path, { token }),
    post: (path: string, token: string | undefined, json: unknown = {}) => call('POST', path, { token, json }),
    async drain(timeoutMs = 120_000): Promise<{ pending: number; deadLetters: number }> {
      return (await call('POST', '/__local/drain', { json: { timeoutMs } })).body;
    },
    async stop() {
      await cloud.stop();
      if (options.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}
