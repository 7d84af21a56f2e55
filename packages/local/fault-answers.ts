import { randomUUID } from 'node:crypto';
import { crc32 } from 'node:zlib';
import * as z from 'zod';

/** An answer in place of the engine's, as AWS words it. */
export type Answer = { status: number; headers: Record<string, string>; body: string };

const dynamoErrors = {
  InternalServerError: { status: 500, type: 'com.amazonaws.dynamodb.v20120810', message: 'Internal server error' },
  ProvisionedThroughputExceededException: {
    status: 400,
    type: 'com.amazonaws.dynamodb.v20120810',
    message:
      'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  },
  TransactionConflictException: {
    status: 400,
    type: 'com.amazonaws.dynamodb.v20120810',
    message: 'Transaction is ongoing for the item',
  },
} as const;

export function dynamoError(name: keyof typeof dynamoErrors): Answer {
  const { status, type, message } = dynamoErrors[name];
  return jsonError(status, { __type: `${type}#${name}`, message });
}

/** As many reasons as the transaction has parts; the one at `conflicting` is the conflict, the others are fine. */
export function transactionConflict(parts: number, conflicting: number): Answer {
  const reasons = Array.from({ length: parts }, (_, index) =>
    index === conflicting
      ? { Code: 'TransactionConflict', Message: 'Transaction is ongoing for the item' }
      : { Code: 'None' },
  );
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return jsonError(400, {
    __type: 'com.amazonaws.dynamodb.v20120810#TransactionCanceledException',
    Message: `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    CancellationReasons: reasons,
  });
}

const Transaction = z.object({ TransactItems: z.array(z.unknown()) });

/** How many parts the transaction of this request body has; 0 when it is none. */
export function transactionParts(body: unknown): number {
  return Transaction.safeParse(body).data?.TransactItems.length ?? 0;
}

const sqsErrors = {
  ServiceUnavailable: { status: 503, side: 'Receiver', message: 'The service is temporarily unavailable.' },
  RequestThrottled: { status: 400, side: 'Sender', message: 'Request is throttled.' },
} as const;

export function sqsError(name: keyof typeof sqsErrors): Answer {
  const { status, side, message } = sqsErrors[name];
  const { headers, ...answer } = jsonError(status, { __type: `com.amazonaws.sqs#${name}`, message });
  return { ...answer, headers: { ...headers, 'x-amzn-query-error': `${name};${side}` } };
}

export type Denied = { functionName: string | undefined; action: string; resource: string };

/** What AWS answers when no policy allows the call; each service words it its own way. */
export function accessDenied(service: 'dynamodb' | 'sqs' | 's3', denied: Denied): Answer {
  const who = denied.functionName ?? 'unknown';
  // SQS writes actions in small letters.
  const action = service === 'sqs' ? denied.action.toLowerCase() : denied.action;
  const message =
    `User: arn:aws:sts::000000000000:assumed-role/${who}/${who} is not authorized to perform: ${action}` +
    ` on resource: ${denied.resource} because no identity-based policy allows the ${action} action`;
  if (service === 's3') {
    const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>${message}</Message></Error>`;
    return { status: 403, headers: { 'content-type': 'application/xml' }, body };
  }
  const body = { __type: 'com.amazon.coral.service#AccessDeniedException' };
  if (service === 'dynamodb') return jsonError(400, { ...body, Message: message });
  const { headers, ...answer } = jsonError(400, { ...body, message });
  return { ...answer, headers: { ...headers, 'x-amzn-query-error': 'AccessDenied;Sender' } };
}

function jsonError(status: number, content: { __type: string } & Record<string, unknown>): Answer {
  const body = JSON.stringify(content);
  const headers = {
    'content-type': 'application/x-amz-json-1.0',
    'x-amzn-requestid': randomUUID(),
    'x-amzn-errortype': content.__type,
    'x-amz-crc32': String(crc32(body)),
  };
  return { status, headers, body };
}
