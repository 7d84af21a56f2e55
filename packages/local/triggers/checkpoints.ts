import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';

/** How far a trigger has come in each shard: the number of the last record that it is done with. */
export type Checkpoints = { get(shardId: string): string | undefined; set(shardId: string, sequence: string): void };

const Kept = z.object({ stream: z.string(), shards: z.record(z.string(), z.string()) });

/**
 * Kept in a file of `dir`, and in memory alone without one. A stream of another name than the file's is another stream,
 * whose numbers mean nothing here.
 */
export function openCheckpoints(dir: string | undefined, trigger: string, stream: string): Checkpoints {
  const file = dir === undefined ? undefined : join(dir, 'checkpoints', `${trigger}.json`);
  const shards = file === undefined ? {} : read(file, stream);
  if (file !== undefined) mkdirSync(join(file, '..'), { recursive: true });
  return {
    get: (shardId) => shards[shardId],
    set(shardId, sequence) {
      if (shards[shardId] === sequence) return;
      shards[shardId] = sequence;
      if (file === undefined) return;
      // Whole or not at all: a half-written file would begin the stream anew.
      writeFileSync(`${file}.new`, JSON.stringify({ stream, shards }));
      renameSync(`${file}.new`, file);
    },
  };
}

function read(file: string, stream: string): Record<string, string> {
  try {
    const kept = Kept.parse(JSON.parse(readFileSync(file, 'utf8')));
    return kept.stream === stream ? kept.shards : {};
  } catch {
    return {};
  }
}
