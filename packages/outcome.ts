import type { Write } from './table.ts';

/**
 * What an operation answers: its result, or a no that it was designed to give. A fault is neither: it is thrown.
 * `replayed` says that the result was already there under the business key.
 */
export type Outcome<Result, Code extends string = string> =
  | { kind: 'done'; result: Result; replayed?: true; location?: string }
  | { kind: 'refused'; code: Code; detail?: string; errors?: FieldError[] };

/** One wrong field: JSON pointer (`/name`) or `?name` for a query parameter; the message is for people (中文). */
export type FieldError = { pointer: string; code: string; message: string };

export function done<Result>(result: Result, location?: string): { kind: 'done'; result: Result; location?: string } {
  return location === undefined ? { kind: 'done', result } : { kind: 'done', result, location };
}

export function refused<Code extends string>(
  code: Code,
  detail?: string,
  errors?: FieldError[],
): { kind: 'refused'; code: Code; detail?: string; errors?: FieldError[] } {
  return { kind: 'refused', code, ...(detail !== undefined && { detail }), ...(errors !== undefined && { errors }) };
}

/**
 * The proof that this call or this message was handled, as steps for the operation's own transaction: the stored
 * answer of an HTTP call, the cursor of a queue's event. An operation that writes puts `receipt(outcome)` among its
 * steps, so that effect and proof appear together or not at all.
 */
export type Receipt = (outcome: Outcome<unknown>) => Write[];

/** For what has no caller to answer: schedules, commands, tests. */
export const noReceipt: Receipt = () => [];
