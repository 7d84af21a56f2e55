import type { FieldError } from '../outcome.ts';
import { type ProblemCode, problems, problemType } from '../problems.ts';

/** Thrown anywhere in the pipeline before the operation: a refusal by one of the conventions. */
export class Problem extends Error {
  override name = 'Problem';
  readonly code: ProblemCode;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string>;

  constructor(code: ProblemCode, detail?: string, errors?: FieldError[], headers: Record<string, string> = {}) {
    super(detail ?? problems[code].title);
    this.code = code;
    this.errors = errors;
    this.headers = headers;
  }
}

export type ProblemBody = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  requestId: string;
  serverTime: string;
  errors?: FieldError[];
};

/** RFC 9457 with a stable `code`; every refusal of every route has exactly these members. */
export function problemBody(
  refusal: { code: string; status: number; title: string; detail?: string; errors?: FieldError[] },
  requestId: string,
  serverTime: string,
): ProblemBody {
  return {
    type: problemType(refusal.code),
    title: refusal.title,
    status: refusal.status,
    detail: refusal.detail ?? refusal.title,
    code: refusal.code,
    requestId,
    serverTime,
    ...(refusal.errors !== undefined && { errors: refusal.errors }),
  };
}
