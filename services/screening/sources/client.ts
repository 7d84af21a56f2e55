import { createHash } from 'node:crypto';
import * as z from 'zod';
import { RecordId, type SourceAnswer } from '../facts.ts';
import { askSource, type SourceMeans } from './ask.ts';
import { type Reply, Unbelievable } from './reply.ts';

/** A source as data: both are asked in the same way. `purpose` is what an enterprise's consent must cover. */
export type SourceDefinition<Data> = {
  name: string;
  purpose: string;
  /** Without the path: `{baseUrl}/enterprises/{uscc}` and `{baseUrl}/changes` are asked. */
  baseUrl: string;
  schema: z.ZodType<Data>;
};

/** What a source gave of one enterprise. Whatever goes wrong on its side is an answer too: `unavailable`. */
export type Pulled<Data> =
  /** `etag` is the version's name, to be given at the next pull. */
  | { kind: 'answered'; answer: SourceAnswer<Data>; etag?: string }
  /** What was answered under the `etag` that was given still stands. */
  | { kind: 'not-modified'; checkedAt: string }
  /** Our time was up before the source was asked: nothing is known, and the enterprise is still to be asked about. */
  | { kind: 'postponed' };

export type PullOptions<Data> = {
  /** When our own time is up. */
  deadline?: Date | undefined;
  /** The version that is stored. */
  etag?: string | undefined;
  /** What is stored of the enterprise: a source that delivers files answers with it. */
  stored?: SourceAnswer<Data> | undefined;
};

export type SourceClient<Data> = {
  /** Asks for one enterprise; never throws. */
  pull(uscc: string, options?: PullOptions<Data>): Promise<Pulled<Data>>;
};

const Envelope = z.strictObject({
  uscc: z.string(),
  recordId: RecordId,
  observedAt: z.iso.datetime(),
  data: z.unknown(),
});
const NotFound = z.object({ code: z.literal('not_found') });
/** Kept as it came, weak or strong. What no header could carry back is no name of a version. */
const Etag = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * The HTTP adapter of a source. It believes an answer only if it is complete, strict UTF-8, exactly of the agreed
 * shape, about the enterprise that was asked for, and observed before now.
 */
export function createSourceClient<Data>(source: SourceDefinition<Data>, means: SourceMeans): SourceClient<Data> {
  const { world, limits } = means;
  const nowText = () => world.now().toISOString();

  function readRecord(uscc: string, { body, bytes, headers }: Reply): Pulled<Data> {
    const envelope = Envelope.safeParse(body);
    if (!envelope.success) throw new Unbelievable('schema-drift');
    const { recordId, observedAt } = envelope.data;
    if (envelope.data.uscc !== uscc) throw new Unbelievable('identity-mismatch');
    if (Date.parse(observedAt) > world.now().getTime() + limits.clockSkewMs) {
      throw new Unbelievable('observed-in-future');
    }
    const data = source.schema.safeParse(envelope.data.data);
    if (!data.success) throw new Unbelievable('schema-drift');
    const digest = createHash('sha256').update(bytes).digest('hex');
    const etag = readEtag(headers.get('etag'));
    return {
      kind: 'answered',
      answer: { kind: 'known', recordId, observedAt, fetchedAt: nowText(), digest, data: data.data },
      ...(etag !== undefined && { etag }),
    };
  }

  function readAbsence({ body }: Reply): Pulled<Data> {
    // A proxy's or a wrong path's 404 does not say that the source knows no such enterprise.
    if (!NotFound.safeParse(body).success) throw new Unbelievable('malformed');
    return { kind: 'answered', answer: { kind: 'unknown-there', fetchedAt: nowText() } };
  }

  return {
    async pull(uscc, options = {}) {
      const etag = readEtag(options.etag);
      const question = {
        url: `${source.baseUrl.replace(/\/+$/, '')}/enterprises/${encodeURIComponent(uscc)}`,
        deadline: options.deadline,
        // 304 is an answer only to a question that named a version.
        ...(etag === undefined
          ? { statuses: [200, 404] }
          : { statuses: [200, 304, 404], headers: { 'if-none-match': etag } }),
      };
      const asked = await askSource(means, question, (reply): Pulled<Data> => {
        if (reply.status === 304) return { kind: 'not-modified', checkedAt: nowText() };
        return reply.status === 404 ? readAbsence(reply) : readRecord(uscc, reply);
      });
      switch (asked.kind) {
        case 'answered':
          return asked.answer;
        case 'unavailable':
          return { kind: 'answered', answer: { kind: 'unavailable', reason: asked.reason, fetchedAt: nowText() } };
        case 'postponed':
          return asked;
      }
    },
  };
}

function readEtag(text: string | null | undefined): string | undefined {
  return Etag.safeParse(text).data;
}
