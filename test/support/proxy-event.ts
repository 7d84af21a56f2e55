import type { APIGatewayProxyEvent, Context } from 'aws-lambda';

/** What a function behind the gateway is handed, of what the pipeline reads. Names with several values come several times. */
export function proxyEvent(call: {
  method: string;
  path: string;
  query: Iterable<readonly [name: string, value: string]>;
  headers: Iterable<readonly [name: string, value: string]>;
  body: Uint8Array;
  requestId: string;
  sourceIp?: string;
  clientCertPem?: string | undefined;
}): APIGatewayProxyEvent {
  const { method, path, query, headers, body, requestId, sourceIp = '127.0.0.1', clientCertPem } = call;
  return {
    httpMethod: method,
    path,
    multiValueHeaders: grouped(headers),
    multiValueQueryStringParameters: grouped(query),
    body: Buffer.from(body).toString('base64'),
    isBase64Encoded: true,
    requestContext: {
      requestId,
      identity: { sourceIp, ...(clientCertPem !== undefined && { clientCert: { clientCertPem } }) },
    },
  } as unknown as APIGatewayProxyEvent;
}

function grouped(pairs: Iterable<readonly [string, string]>): Record<string, string[]> {
  const groups = Map.groupBy(pairs, ([name]) => name);
  return Object.fromEntries([...groups].map(([name, those]) => [name, those.map(([, value]) => value)]));
}

export function proxyContext(): Context {
  return { functionName: 'test', awsRequestId: 'test', getRemainingTimeInMillis: () => 600_000 } as unknown as Context;
}
