import { createHash } from 'node:crypto';
import * as z from 'zod';
import { Instant } from '#packages/calendar';

/** The longest group name that SQS takes: an event's subject is its message group. */
const maxSubject = 128;

/** `enterprise/9141…`: the stream, a slash, the aggregate's id. */
const Subject = z
  .string()
  .max(maxSubject)
  .regex(/^[a-z][a-z0-9-]*\/[\u0021-\u007e]+$/);

/**
 * CloudEvents 1.0 as this project speaks it. `sequence` counts the events of one subject from 1 without a gap. Extension
 * attributes that a newer sender adds are dropped, not refused.
 */
export const Envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.string().min(1).max(64),
  type: z.string().regex(/^[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*\.v[1-9][0-9]*$/),
  source: z.string().regex(/^\/services\/[a-z][a-z0-9-]*$/),
  subject: Subject,
  time: Instant,
  dataschema: z.string().min(1).max(256),
  sequence: z.int().positive(),
  data: z.record(z.string(), z.unknown()),
});
export type Envelope = z.output<typeof Envelope>;

/** An event whose `data` was read by the schema of its type. */
export type Event<Data> = Omit<Envelope, 'data'> & { data: Data };

export function sourceOf(service: string): string {
  return `/services/${service}`;
}

/** The word before the slash: what subscriptions name. */
export function streamOf(subject: string): string {
  return subject.slice(0, subject.indexOf('/'));
}

/** The schema of `data`, named by the service that owns it and the type, whose `.v1` is its version. */
export function dataschemaOf(source: string, type: string): string {
  return `${source}/events/${type}`;
}

/** An event's place is its identity: a command that runs again tells the same event, not another one. */
export function eventId(source: string, subject: string, sequence: number): string {
  return createHash('sha256').update(`${source}\n${subject}\n${sequence}`).digest('hex').slice(0, 32);
}
