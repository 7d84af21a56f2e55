import type * as z from 'zod';
import type { Role } from './roles.ts';

/** A designed no: a stable code for programs, the status it is said with, and the sentence a person reads (中文). */
export type Refusal = { status: 400 | 403 | 404 | 409 | 422; title: string };

/** Refusals by code. A code has one status everywhere. */
export type Refusals = Record<string, Refusal>;

/** A file taken as it is, not as JSON. */
export type FileBody = { mediaTypes: readonly string[]; maxBytes: number };

/**
 * One row of a service's contract table. From it come the router, the request pipeline, the OpenAPI document and the
 * contract tests; nothing else says a path or a field.
 */
export type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** `/v1/enterprises/{uscc}`; parameters in braces. */
  path: `/${string}`;
  /** What it does, in one line of 中文 for the documentation page. */
  summary: string;
  tag: string;
  roles: readonly Role[];
  /** Open to everybody, no proof asked: documentation and published keys. `roles` is empty then. */
  public?: true;
  params?: z.ZodObject;
  query?: z.ZodObject;
  /** JSON body; a POST or PUT without one takes exactly `{}`. */
  body?: z.ZodType;
  /** Instead of `body`: a file. */
  file?: FileBody;
  /** The one good status, and the schema of its body (none for 204). */
  status: 200 | 201 | 202 | 204;
  answer?: z.ZodType;
  /** Instead of `answer`: a file of this media type. */
  answerFile?: string;
  refusals?: Refusals;
  /** POSTs that store nothing (simulations, impacts) need no Idempotency-Key of bearer callers. */
  storesNothing?: true;
};

/** A service's routes by operation name, e.g. `nominateEnterprise`. */
export type Routes = Record<string, Route>;

/**
 * A kind of event that a service tells the others, by CloudEvents type: the stream it belongs to (the word before the
 * slash of its `subject`, e.g. `enterprise` in `enterprise/9141…`) and the schema of its `data`.
 */
export type EventType = { stream: string; data: z.ZodType; summary: string };
export type EventTypes = Record<`${string}.v${number}`, EventType>;
