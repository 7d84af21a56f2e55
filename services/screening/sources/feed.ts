import * as z from 'zod';
import { Uscc } from '#packages/identifiers';
import { RecordId, type UnavailableReason } from '../facts.ts';
import { askSource, type SourceMeans } from './ask.ts';
import { type Reply, Unbelievable } from './reply.ts';

/** A place in a source's feed; only the source knows what it means. */
export const FeedCursor = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * That something about an enterprise changed, in identifiers only: what it is may be asked with its consent. A code that
 * is none is drift: it may be one of ours misspelt, and passing over it would lose the change without a word.
 */
const Change = z.strictObject({
  uscc: Uscc,
  recordId: RecordId,
  removed: z.literal(true).exactOptional(),
});
export type Change = z.output<typeof Change>;

const Page = z.strictObject({ changes: z.array(Change), next: FeedCursor, more: z.boolean() });
type Page = z.output<typeof Page>;
const CursorUnknown = z.object({ code: z.literal('cursor_unknown') });

export type FeedPage =
  /** Read on from `next`; with `more` there is something there already. */
  | { kind: 'page'; changes: Change[]; next: string; more: boolean }
  /** The source no longer knows that cursor: what changed since is not to be had, so that everybody must be pulled. */
  | { kind: 'cursor-unknown' }
  | { kind: 'unavailable'; reason: UnavailableReason }
  /** Our time was up before the source was asked. */
  | { kind: 'postponed' };

export type Feed = {
  /** What changed since that cursor, oldest first; without one only where the feed ends at present. Never throws. */
  read(cursor: string | undefined, deadline?: Date): Promise<FeedPage>;
};

/** The feed of what changed at a source, so that only that need be pulled. */
export function createFeed(source: { baseUrl: string }, means: SourceMeans): Feed {
  const { feedPage } = means.limits;
  return {
    async read(cursor, deadline) {
      const query = new URLSearchParams({ ...(cursor !== undefined && { since: cursor }), limit: String(feedPage) });
      const question = {
        url: `${source.baseUrl.replace(/\/+$/, '')}/changes?${query.toString()}`,
        deadline,
        statuses: cursor === undefined ? [200] : [200, 410],
      };
      const asked = await askSource(means, question, (reply): FeedPage => {
        if (reply.status === 410) return readCursorUnknown(reply);
        return { kind: 'page', ...readPage(reply, cursor, feedPage) };
      });
      return asked.kind === 'answered' ? asked.answer : asked;
    },
  };
}

function readCursorUnknown({ body }: Reply): FeedPage {
  // As with a 404: a proxy may say 410 too.
  if (!CursorUnknown.safeParse(body).success) throw new Unbelievable('malformed');
  return { kind: 'cursor-unknown' };
}

function readPage({ body }: Reply, cursor: string | undefined, limit: number): Page {
  const page = Page.safeParse(body);
  if (!page.success) throw new Unbelievable('schema-drift');
  const { changes, next, more } = page.data;
  const something = more || changes.length > 0;
  // Without a cursor there is no "since"; and a feed that has something but stays where it is would be read for ever.
  if (changes.length > limit || (something && (cursor === undefined || next === cursor))) {
    throw new Unbelievable('schema-drift');
  }
  return page.data;
}
