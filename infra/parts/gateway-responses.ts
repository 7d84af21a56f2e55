import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';
import { problems, problemType } from '#packages/problems';

type GatewayProblem = { id: string; type: ResponseType; status: number; code: string; title: string };

const timeout = { status: 504, code: 'gateway_timeout', title: '处理超时，请以相同的 Idempotency-Key 重试' };
const limited = { status: 429, code: 'rate_limited', title: problems.rate_limited.title };

/** What the gateway refuses by itself, before or instead of a function; all else is said by the functions. */
const gatewayProblems: readonly GatewayProblem[] = [
  {
    id: 'TooLarge',
    type: ResponseType.REQUEST_TOO_LARGE,
    status: 413,
    code: 'body_too_large',
    title: problems.body_too_large.title,
  },
  { id: 'Throttled', type: ResponseType.THROTTLED, ...limited },
  { id: 'QuotaExceeded', type: ResponseType.QUOTA_EXCEEDED, ...limited },
  { id: 'Timeout', type: ResponseType.INTEGRATION_TIMEOUT, ...timeout },
  { id: 'Failure', type: ResponseType.INTEGRATION_FAILURE, ...timeout },
  { id: 'Filtered', type: ResponseType.WAF_FILTERED, status: 403, code: 'forbidden', title: problems.forbidden.title },
  // A function that died answered nothing: whoever tries again with the same Idempotency-Key is answered.
  { id: 'Fault', type: ResponseType.DEFAULT_5XX, status: 503, code: 'unavailable', title: problems.unavailable.title },
];

/** The gateway knows no more of a problem than these four members, and has no clock or request id to tell. */
export function gatewayResponses(api: RestApi): void {
  for (const { id, type, status, code, title } of gatewayProblems) {
    const body = JSON.stringify({ type: problemType(code), title, status, code });
    api.addGatewayResponse(id, {
      type,
      statusCode: String(status),
      // The gateway picks by what the caller accepts and falls back to application/json; the header says what it is.
      templates: { 'application/problem+json': body, 'application/json': body },
      responseHeaders: { 'Content-Type': "'application/problem+json'" },
    });
  }
}
