import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import * as z from 'zod';
import { checkUscc, usccMessage } from '#packages/identifiers';
import { RecordId, type SourceAnswer } from '../facts.ts';
import { defaultSourceLimits } from './ask.ts';

export const deliveryMediaType = 'application/x-ndjson';
export const maxDeliveryLines = 100_000;
export const maxLineBytes = 64 * 1_024;
const { clockSkewMs } = defaultSourceLimits;
const dayMs = 86_400_000;

/** Why a line is not believed. `line` counts from 1, as an editor does. */
export type DeliveryFinding = {
  line: number;
  code: 'line_malformed' | 'uscc_malformed' | 'schema_drift' | 'observed_in_future' | 'duplicate_in_file';
  message: string;
};

/** What a line says of an enterprise: its record, or that the source no longer knows it. */
export type DeliveredAnswer<Data> = { line: number; uscc: string; answer: SourceAnswer<Data> };

export type Delivery<Data> =
  /** Each line is read when it is asked for: an answer or a finding. */
  | { kind: 'lines'; lines: Iterable<DeliveredAnswer<Data> | DeliveryFinding> }
  /** None of it is used. */
  | { kind: 'refused'; code: 'wrong_encoding' | 'too_many_lines'; message: string };

const head = { uscc: z.string(), recordId: RecordId, observedAt: z.iso.datetime() };
const Line = z.union([
  z.strictObject({ ...head, data: z.unknown() }),
  z.strictObject({ ...head, removed: z.literal(true) }),
]);

/**
 * Reads a file that a source delivered where it grants no interface: JSON lines, each an answer about one enterprise in
 * the source's strict schema. A line is taken or refused on its own; answers for any bytes and never throws.
 */
export function readDelivery<Data>(bytes: Uint8Array, schema: z.ZodType<Data>, receivedAt: Date): Delivery<Data> {
  if (!isUtf8(bytes)) {
    return {
      kind: 'refused',
      code: 'wrong_encoding',
      message: '文件不是 UTF-8 编码，整份未采用；请转为 UTF-8 后重新交付',
    };
  }
  if (countLines(bytes) > maxDeliveryLines) {
    const message = `文件超过 ${maxDeliveryLines} 行，整份未采用；请拆分后重新交付`;
    return { kind: 'refused', code: 'too_many_lines', message };
  }
  return { kind: 'lines', lines: readLines(bytes, schema, receivedAt) };
}

/**
 * What a source in file mode answers: what it last delivered about the enterprise, while that is not older than
 * `maxAgeDays` by the day it came.
 */
export function filePull<Data>(
  stored: SourceAnswer<Data> | undefined,
  now: Date,
  maxAgeDays: number,
): SourceAnswer<Data> {
  const fetchedAt = now.toISOString();
  if (stored?.kind !== 'known' && stored?.kind !== 'unknown-there') {
    return { kind: 'unavailable', reason: 'not-delivered', fetchedAt };
  }
  const outdated = now.getTime() - Date.parse(stored.fetchedAt) > maxAgeDays * dayMs;
  return outdated ? { kind: 'unavailable', reason: 'delivery-outdated', fetchedAt } : stored;
}

function* readLines<Data>(bytes: Uint8Array, schema: z.ZodType<Data>, receivedAt: Date) {
  const seen = new Map<string, number>();
  for (const { line, content } of linesOf(bytes)) {
    const read = readLine(content, schema, receivedAt, (uscc) => {
      // The second is refused whatever became of the first: which of them the source meant, it must say.
      const first = seen.get(uscc);
      if (first === undefined) seen.set(uscc, line);
      return first;
    });
    yield { line, ...read };
  }
}

function readLine<Data>(
  content: Uint8Array,
  schema: z.ZodType<Data>,
  receivedAt: Date,
  seenBefore: (uscc: string) => number | undefined,
): Omit<DeliveredAnswer<Data>, 'line'> | Omit<DeliveryFinding, 'line'> {
  if (content.byteLength > maxLineBytes) {
    return { code: 'line_malformed', message: `本行超过 ${maxLineBytes / 1_024} KB` };
  }
  const record = z.looseObject({ uscc: z.string() }).safeParse(parseJson(content));
  if (!record.success) return { code: 'line_malformed', message: '本行不是带有 uscc 的 JSON 对象' };
  const { uscc } = record.data;
  if (checkUscc(uscc).kind === 'malformed') return { code: 'uscc_malformed', message: usccMessage(uscc) };
  const first = seenBefore(uscc);
  if (first !== undefined) return { code: 'duplicate_in_file', message: `与第 ${first} 行重复：${uscc}` };

  const said = Line.safeParse(record.data);
  if (!said.success) return { code: 'schema_drift', message: '字段与约定的格式不符，本行未采用' };
  const { recordId, observedAt } = said.data;
  if (Date.parse(observedAt) > receivedAt.getTime() + clockSkewMs) {
    return { code: 'observed_in_future', message: `观察时间 ${observedAt} 晚于收到文件的时间` };
  }
  const fetchedAt = receivedAt.toISOString();
  if ('removed' in said.data) return { uscc, answer: { kind: 'unknown-there', fetchedAt, observedAt } };
  const data = schema.safeParse(said.data.data);
  if (!data.success) {
    const where = data.error.issues[0]?.path.join('.') ?? '';
    return { code: 'schema_drift', message: `data${where && `.${where}`} 与约定的格式不符，本行未采用` };
  }
  const digest = createHash('sha256').update(content).digest('hex');
  return { uscc, answer: { kind: 'known', recordId, observedAt, fetchedAt, digest, data: data.data } };
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

function countLines(bytes: Uint8Array): number {
  let lines = 0;
  for (const _line of linesOf(bytes)) if ((lines += 1) > maxDeliveryLines) break;
  return lines;
}

/** The lines that hold something, without their ends. */
function* linesOf(bytes: Uint8Array): Generator<{ line: number; content: Uint8Array }> {
  const marked = byteOrderMark.equals(bytes.subarray(0, byteOrderMark.length));
  let start = marked ? byteOrderMark.length : 0;
  for (let line = 1; start < bytes.length; line += 1) {
    const found = bytes.indexOf(lineFeed, start);
    const end = found === -1 ? bytes.length : found;
    const content = bytes.subarray(start, bytes[end - 1] === carriageReturn ? Math.max(start, end - 1) : end);
    if (content.length > 0) yield { line, content };
    start = end + 1;
  }
}

function parseJson(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString('utf8'));
  } catch {
    return undefined;
  }
}
