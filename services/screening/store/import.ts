import * as z from 'zod';
import { Instant } from '#packages/calendar';
import type { Files } from '#packages/files';
import { outboxWrite } from '#packages/messaging/outbox';
import { absent, inPartition, type Key, type Table, type Write } from '#packages/table';
import { type EnterpriseImport, Finding } from '../contract.ts';
import { importMachine } from '../machines.ts';
import { ConsentGrant, Nomination } from '../nomination.ts';

/** An import is one partition: its head, and what each chunk of its rows came to. */
export const ImportHead = z.object({
  importId: z.string(),
  status: z.enum(importMachine.states),
  mediaType: z.string(),
  /** SHA-256 (hex) of the file as it came. */
  digest: z.string(),
  receivedAt: Instant,
  scope: z.object({ divisionCode: z.string().optional(), parkId: z.string().optional() }),
  receivedFrom: z.object({ id: z.string(), issuer: z.string().optional(), role: z.string() }),
  rows: z.int().nonnegative(),
  chunks: z.int().nonnegative(),
  /** Whether `findings.json` lies beside the file: rows that were rejected or warned about. */
  findings: z.boolean(),
  /** Whether `errors.xlsx` does: the rejected rows, to be sent back. */
  rejects: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});
export type ImportHead = z.output<typeof ImportHead>;

const ChunkResult = z.object({ accepted: z.int().nonnegative(), unchanged: z.int().nonnegative() });
export type ChunkResult = z.output<typeof ChunkResult>;

const Findings = z.object({ rejected: z.array(Finding), warnings: z.array(Finding) });
export type Findings = z.output<typeof Findings>;

/** A row that was taken, as it waits in `rows.jsonl`: one line each. */
export const TakenRow = z.object({ row: z.int().positive(), nomination: Nomination, consent: ConsentGrant.optional() });
export type TakenRow = z.output<typeof TakenRow>;

const importPk = (importId: string) => `IMPORT#${importId}`;
export const importKey = (importId: string): Key => ({ pk: importPk(importId), sk: 'HEAD' });
export const fileKey = (importId: string) => `imports/${importId}/list`;
export const rowsKey = (importId: string) => `imports/${importId}/rows.jsonl`;
export const errorsKey = (importId: string) => `imports/${importId}/errors.xlsx`;
const findingsKey = (importId: string) => `imports/${importId}/findings.json`;

export async function getImport(table: Table, importId: string): Promise<ImportHead | undefined> {
  const item = await table.get(importKey(importId));
  return item && ImportHead.parse(item);
}

/** The import as it stands: done when every chunk of its rows has reported. */
export async function readImport(
  table: Table,
  files: Files,
  importId: string,
): Promise<{ head: ImportHead; view: EnterpriseImport } | undefined> {
  let head: ImportHead | undefined;
  let reported = 0;
  let accepted = 0;
  let unchanged = 0;
  const condition = inPartition(importPk(importId));
  for await (const item of table.each({ condition })) {
    if (item['sk'] === 'HEAD') head = ImportHead.parse(item);
    if (typeof item['sk'] !== 'string' || !item['sk'].startsWith('CHUNK#')) continue;
    const chunk = ChunkResult.parse(item);
    reported += 1;
    accepted += chunk.accepted;
    unchanged += chunk.unchanged;
  }
  if (head === undefined) return undefined;
  const { rejected, warnings } = head.findings ? await readFindings(files, importId) : { rejected: [], warnings: [] };
  const finished = head.status === 'cut' && reported === head.chunks;
  const status = head.status === 'failed' ? 'failed' : finished ? 'done' : 'running';
  const { rows, error } = head;
  const view = {
    importId,
    status,
    rows,
    accepted,
    unchanged,
    rejected,
    warnings,
    ...(error !== undefined && { error }),
  } as const;
  return { head, view };
}

async function readFindings(files: Files, importId: string): Promise<Findings> {
  return Findings.parse(JSON.parse(Buffer.from(await files.get(findingsKey(importId))).toString('utf8')));
}

/** Ten thousand findings fit one answer, of 6 MB, if none is longer. The workbook has the messages whole. */
const maxMessage = 140;

export async function putFindings(files: Files, importId: string, findings: Findings): Promise<void> {
  const short = ({ message, ...finding }: Finding): Finding => ({
    ...finding,
    message: message.length > maxMessage ? `${message.slice(0, maxMessage - 1).toWellFormed()}…` : message,
  });
  const { rejected, warnings } = findings;
  const text = JSON.stringify({ rejected: rejected.map(short), warnings: warnings.map(short) });
  await files.put(findingsKey(importId), text, 'application/json');
}

export function receiveWrites(head: ImportHead, now: Date): Write[] {
  return [
    { kind: 'put', item: { ...importKey(head.importId), ...head }, condition: absent },
    outboxWrite({
      pk: importPk(head.importId),
      service: 'screening',
      subject: `import/${head.importId}`,
      sequence: 1,
      type: 'import.received.v1',
      time: now.toISOString(),
      data: { importId: head.importId },
    }),
  ];
}

/** The file has been read: what became of it, written over the head that was received. */
export function putImport(head: ImportHead): Write {
  return { kind: 'put', item: { ...importKey(head.importId), ...head } };
}

/** Each chunk is a stream of its own, so that chunks are written down side by side. */
export function importChunkEvent(
  importId: string,
  chunk: number,
  part: { from: number; bytes: number },
  now: Date,
): Write {
  return outboxWrite({
    pk: `${importPk(importId)}#${chunk}`,
    service: 'screening',
    subject: `import-chunk/${importId}.${chunk}`,
    sequence: 1,
    type: 'import.chunk.cut.v1',
    time: now.toISOString(),
    data: { importId, chunk, ...part },
  });
}

export function importChunkResult(importId: string, chunk: number, result: ChunkResult): Write {
  return { kind: 'put', item: { pk: importPk(importId), sk: `CHUNK#${String(chunk).padStart(6, '0')}`, ...result } };
}
