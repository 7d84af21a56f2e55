import * as z from 'zod';
import type { ApiRoute, Deployment } from '../deployment.ts';
import { nameInArn } from './naming.ts';
import type { Resolved } from './world.ts';

const Node = z.looseObject({ ParentId: z.string(), PathPart: z.string() });
const Method = z.looseObject({
  HttpMethod: z.string(),
  ResourceId: z.string(),
  Integration: z.looseObject({ Type: z.string(), Uri: z.string().default('') }),
});
const Response = z.looseObject({
  ResponseType: z.string(),
  StatusCode: z.coerce.number().optional(),
  ResponseTemplates: z.record(z.string(), z.string()).default({}),
  ResponseParameters: z.record(z.string(), z.string()).default({}),
});
const Stage = z.looseObject({
  StageName: z.string(),
  MethodSettings: z
    .array(
      z.looseObject({
        ResourcePath: z.string().default(''),
        HttpMethod: z.string().default(''),
        ThrottlingRateLimit: z.coerce.number().optional(),
        ThrottlingBurstLimit: z.coerce.number().optional(),
      }),
    )
    .default([]),
});

export type StageSpec = { name: string; throttle?: { ratePerSecond: number; burst: number } };

/** Statuses of the gateway's own answers where the template leaves them as they are. */
const defaultStatuses: Record<string, number> = {
  REQUEST_TOO_LARGE: 413,
  THROTTLED: 429,
  QUOTA_EXCEEDED: 429,
  INTEGRATION_FAILURE: 504,
  INTEGRATION_TIMEOUT: 504,
  DEFAULT_4XX: 400,
  DEFAULT_5XX: 502,
  MISSING_AUTHENTICATION_TOKEN: 403,
  RESOURCE_NOT_FOUND: 404,
};

/** `/v1/enterprises/{proxy+}` of a resource: its own part behind its parents'. */
function pathOf(id: string, nodes: ReadonlyMap<string, z.output<typeof Node>>): string {
  const node = nodes.get(id);
  return node === undefined ? '' : `${pathOf(node.ParentId, nodes)}/${node.PathPart}`;
}

/** The one REST API: routes, the gateway's own answers, the stage with its throttle. */
export function readRestApi(
  resources: readonly Resolved[],
): Pick<Deployment, 'routes' | 'gatewayResponses'> & { stage: StageSpec } {
  const of = (type: string) => resources.filter((resource) => resource.type === `AWS::ApiGateway::${type}`);
  if (of('RestApi').length > 1) throw new Error('The template has more than one REST API; one is hosted here.');
  for (const api of of('RestApi'))
    if (api.properties['Body'] !== undefined)
      throw new Error('A REST API made from an OpenAPI body is not hosted here.');
  const nodes = new Map(of('Resource').map(({ name, properties }) => [name, Node.parse(properties)]));
  const routes = of('Method').map(({ logicalId, properties }): ApiRoute => {
    const { HttpMethod, ResourceId, Integration } = Method.parse(properties);
    const [, invoked] = /\/functions\/(arn:.+)\/invocations$/.exec(Integration.Uri) ?? [];
    if (Integration.Type !== 'AWS_PROXY' || invoked === undefined)
      throw new Error(`${logicalId} is not a Lambda proxy integration; no other is hosted here.`);
    return { resource: pathOf(ResourceId, nodes) || '/', method: HttpMethod, functionName: nameInArn(invoked) };
  });
  const gatewayResponses = Object.fromEntries(
    of('GatewayResponse').map(({ properties }) => {
      const { ResponseType, StatusCode, ResponseTemplates, ResponseParameters } = Response.parse(properties);
      // The gateway picks the template by the Accept header; ours all say the same, so the first is the one.
      const [[mediaType, body] = ['application/json', '{"message":null}']] = Object.entries(ResponseTemplates);
      // A header's value stands in single quotes.
      const contentType = ResponseParameters['gatewayresponse.header.Content-Type']?.slice(1, -1) ?? mediaType;
      return [ResponseType, { status: StatusCode ?? defaultStatuses[ResponseType] ?? 500, contentType, body }];
    }),
  );
  const [stage] = of('Stage').map(({ properties }) => Stage.parse(properties));
  const all = stage?.MethodSettings.find(({ ResourcePath, HttpMethod }) => ResourcePath === '/*' && HttpMethod === '*');
  const { ThrottlingRateLimit: ratePerSecond, ThrottlingBurstLimit: burst } = all ?? {};
  const throttle = ratePerSecond !== undefined && burst !== undefined ? { ratePerSecond, burst } : undefined;
  return { routes, gatewayResponses, stage: { name: stage?.StageName ?? 'local', ...(throttle && { throttle }) } };
}
