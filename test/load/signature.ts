import { verifySignature } from 'http-message-sig';
import { httpbis } from 'http-message-signatures';
import { epochSeconds } from '../../packages/epoch-seconds.ts';
import { verifyBytes } from '../../packages/signature/algorithms.ts';
import { authority, keyid, nonce, post } from '../../packages/signature/example.ts';
import { type Algorithm, algorithms, requiredComponents } from '../../packages/signature/profile.ts';
import { readRequest, type SignableRequest, signedRequest, verifyRequest } from '../../packages/signature/request.ts';
import { newKeys } from '../../packages/signature/sample-keys.ts';
import { markdownTable, median } from './markdown.ts';

/* The whole verification of one signed POST: parse, target, digest, base, signature. Without the store. */

const rounds = 30;
/** One of the libraries looks at the machine's clock. */
const now = new Date();
const requiredParameters = ['created', 'expires', 'nonce', 'keyid', 'tag'];

type Timed = { name: string; run: () => unknown };

/** Microseconds of each, in turns; of many rounds the median, so that what else the machine does touches all alike. */
async function microseconds(timed: readonly Timed[], perRound: number): Promise<Map<string, number>> {
  const taken = new Map(timed.map(({ name }): [string, number[]] => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const { name, run } of timed) {
      const start = performance.now();
      for (let count = 0; count < perRound; count += 1) await run();
      taken.get(name)?.push(((performance.now() - start) * 1_000) / perRound);
    }
  }
  return new Map([...taken].map(([name, all]) => [name, median(all)]));
}

function signedBy(alg: Algorithm) {
  const { privateKey, publicKey } = newKeys(alg);
  return { request: signedRequest(post, { key: privateKey, keyid }, { now, nonce }), publicKey };
}

function own({ request, publicKey }: ReturnType<typeof signedBy>): void {
  const read = readRequest(request, { now, authorities: [authority] });
  if (read.kind === 'refused' || verifyRequest(read, publicKey).kind !== 'verified') throw new Error('refused');
}

/** Each algorithm against the bare operation, and against the two libraries with the same bare operation inside. */
export async function benchSignature(perRound = 200): Promise<string> {
  const rows: string[][] = [];
  for (const alg of algorithms) {
    const signed = signedBy(alg);
    const { request, publicKey } = signed;
    const read = readRequest(request, { now, authorities: [authority] });
    if (read.kind === 'refused') throw new Error(read.reason);
    const fields = [...request.headers].map(([name, value]) => ({ name, value }));
    const url = `https://${authority}${request.path}`;
    const required = requiredComponents('POST') ?? [];
    const bare = async (data: Uint8Array, signature: Uint8Array) => verifyBytes(publicKey, data, signature);
    const created = epochSeconds(now);
    const took = await microseconds(
      [
        { name: 'ours', run: () => own(signed) },
        { name: 'bare', run: () => verifyBytes(publicKey, read.base, read.signature) },
        {
          name: 'http-message-sig',
          run: () =>
            verifySignature(
              { kind: 'request', method: 'POST', targetUri: url, fields },
              {
                label: 'sig1',
                policy: {
                  algorithms: [alg],
                  requiredComponents: required,
                  requiredParameters,
                  maxAge: 300,
                  now: created,
                },
                resolveVerifier: () => ({ algorithm: alg, verify: bare }),
              },
            ),
        },
        {
          name: 'http-message-signatures',
          run: () =>
            httpbis.verifyMessage(
              {
                requiredFields: [...required],
                requiredParams: requiredParameters,
                maxAge: 300,
                keyLookup: async () => ({ id: keyid, verify: bare }),
              },
              { method: 'POST', url, headers: Object.fromEntries(request.headers) },
            ),
        },
      ],
      perRound,
    );
    const of = (name: string) => took.get(name) ?? 0;
    const times = (name: string) => `${(of(name) / of('bare')).toFixed(2)} ×`;
    rows.push([
      alg,
      of('bare').toFixed(0),
      of('ours').toFixed(0),
      times('ours'),
      times('http-message-sig'),
      times('http-message-signatures'),
    ]);
  }
  return markdownTable(
    ['verification of a signed POST', 'bare µs', 'ours µs', 'ours', 'http-message-sig', 'http-message-signatures'],
    rows,
  );
}

/** What refusing costs at most: a request that an outsider makes as costly as he can, without a key. */
export async function benchRefusals(perRound = 200): Promise<string> {
  const { request } = signedBy('ecdsa-p256-sha256');
  const body = Buffer.alloc(256 * 1024, 0x20);
  const header = (name: string, value: string): SignableRequest => ({
    ...request,
    headers: new Map([...request.headers, [name, value]]),
  });
  const unknown = { key: newKeys('ed25519').privateKey, keyid };
  const many = `sig1=(${'"a" '.repeat(500).trim()})`;
  const cases: [string, SignableRequest][] = [
    ['a list of 500 components', header('signature-input', many)],
    ['a header of 2 KB that is not canonical', header('signature-input', `sig1=(${' '.repeat(2_000)})`)],
    ['another label', header('signature-input', 'sig2=()')],
    ['a body of 256 KB with another digest', { ...request, body }],
    ['a body of 256 KB with its digest, unknown key', signedRequest({ ...post, body }, unknown, { now, nonce })],
  ];
  const refuse = (one: SignableRequest) => {
    const read = readRequest(one, { now, authorities: [authority] });
    if (read.kind === 'read' && verifyRequest(read, undefined).kind === 'verified') throw new Error('believed');
  };
  const timed = cases.map(([name, one]) => ({ name, run: () => refuse(one) }));
  const took = await microseconds(timed, perRound);
  return markdownTable(
    ['refused', 'µs'],
    cases.map(([name]) => [name, (took.get(name) ?? 0).toFixed(0)]),
  );
}
