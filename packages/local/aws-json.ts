import * as z from 'zod';

/** An answer with an error, by the class that AWS names it, e.g. `ResourceNotFoundException`. */
export class AwsError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'AwsError';
    this.code = code;
  }
}

const Failure = z.object({ __type: z.string(), message: z.string().optional(), Message: z.string().optional() });

const targets = { dynamodb: 'DynamoDB_20120810', streams: 'DynamoDBStreams_20120810', sqs: 'AmazonSQS' } as const;

/**
 * Calls an engine in the AWS JSON protocol, e.g. `callAws(urls.sqs, 'sqs', 'SendMessage', 'cn-north-1', { … })`.
 * The local cloud's own calls need no SDK: engines do not check signatures, they only want one that is well-formed.
 * Throws `AwsError` where the engine refuses, and what `fetch` throws where it does not answer.
 */
export async function callAws(
  url: string,
  service: keyof typeof targets,
  operation: string,
  region: string,
  input: unknown,
  signal?: AbortSignal,
): Promise<unknown> {
  const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = `${date.slice(0, 8)}/${region}/${service === 'sqs' ? 'sqs' : 'dynamodb'}/aws4_request`;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-date': date,
      'x-amz-target': `${targets[service]}.${operation}`,
      authorization: `AWS4-HMAC-SHA256 Credential=LOCAL/${scope}, SignedHeaders=host;x-amz-date, Signature=${'0'.repeat(64)}`,
    },
    body: JSON.stringify(input),
    ...(signal && { signal }),
  });
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const failure = Failure.safeParse(answer);
  if (!failure.success) throw new AwsError(`Http${String(response.status)}`, JSON.stringify(answer));
  const code = failure.data.__type.replace(/^.*#/, '');
  throw new AwsError(code, failure.data.message ?? failure.data.Message ?? '');
}
