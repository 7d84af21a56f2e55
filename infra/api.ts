import { type App, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import {
  AccessLogFormat,
  EndpointType,
  type IResource,
  LambdaIntegration,
  LogGroupLogDestination,
  MethodLoggingLevel,
  RestApi,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigateway';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Routes } from '#packages/contract';
import type { Foundation } from './foundation.ts';
import { ownersOf } from './places.ts';
import { acknowledge } from './parts/acknowledge.ts';
import { alarm } from './parts/alarm.ts';
import { firewall } from './parts/firewall.ts';
import { gatewayResponses } from './parts/gateway-responses.ts';
import { logGroup } from './parts/logs.ts';
import type { City } from './parts/service-function.ts';
import type { Settings } from './settings.ts';

/** A service's contract and the function that answers for it. */
export type ApiService = { routes: Routes; owner: LambdaFunction };

const stageName = 'live';

/**
 * The one REST API of the city: each noun of a contract goes to its service's function, which routes the rest itself;
 * everything else goes to the portal.
 */
export function apiStack(
  app: App,
  city: City,
  props: StackProps,
  foundation: Foundation,
  settings: Settings,
  services: { byContract: readonly ApiService[]; portal: LambdaFunction },
): RestApi {
  const stack = new Stack(app, 'zhirong-api', props);
  const { environment, region } = city;
  const { key, alarms: topic } = foundation;
  const accessLogs = logGroup(stack, 'AccessLogs', { name: '/zhirong/api-access', key, environment });
  const api = new RestApi(stack, 'Api', {
    restApiName: 'zhirong',
    description: 'Zhirong: the API of the city',
    endpointTypes: [EndpointType.REGIONAL],
    // Every body arrives as the bytes that were sent: signatures and digests are over them.
    binaryMediaTypes: ['*/*'],
    cloudWatchRole: true,
    disableExecuteApiEndpoint: settings.domain !== undefined,
    ...(settings.domain !== undefined && {
      domainName: {
        domainName: settings.domain.name,
        certificate: Certificate.fromCertificateArn(stack, 'Certificate', settings.domain.certificateArn),
        endpointType: EndpointType.REGIONAL,
        securityPolicy: SecurityPolicy.TLS_1_2,
        ...(settings.domain.truststore !== undefined && {
          mtls: {
            bucket: Bucket.fromBucketName(stack, 'Truststore', settings.domain.truststore.bucket),
            key: settings.domain.truststore.key,
          },
        }),
      },
    }),
    deployOptions: {
      stageName,
      throttlingRateLimit: environment.throttle.ratePerSecond,
      throttlingBurstLimit: environment.throttle.burst,
      loggingLevel: MethodLoggingLevel.ERROR,
      dataTraceEnabled: false,
      tracingEnabled: !region.china,
      accessLogDestination: new LogGroupLogDestination(accessLogs),
      accessLogFormat: AccessLogFormat.custom(JSON.stringify(accessLine)),
    },
  });
  // The gateway would make this group itself with the stage, and keep it for ever.
  const executionLogs = logGroup(stack, 'ExecutionLogs', {
    name: `API-Gateway-Execution-Logs_${api.restApiId}/${stageName}`,
    key,
    environment,
  });
  api.deploymentStage.node.addDependency(executionLogs);
  gatewayResponses(api);

  const v1 = api.root.addResource('v1');
  for (const place of [api.root, v1]) answerAll(place, services.portal);
  const roots = new Map<string, IResource>([['v1', v1]]);
  for (const [place, owner] of ownersOf(services.byContract)) {
    const [root = '', noun = ''] = place.split('/');
    const parent = roots.get(root) ?? api.root.addResource(root);
    roots.set(root, parent);
    answerAll(parent.addResource(noun), owner);
  }

  if (settings.firewall) firewall(stack, api.deploymentStage);
  alarm(stack, 'Faults', {
    name: 'zhirong-api-faults',
    metric: api.metricServerError({ period: Duration.minutes(5), statistic: 'Sum' }),
    above: 0,
    impact: '有人的请求得到了系统错误：该次操作未确认成功，需以相同的 Idempotency-Key 重试。',
    topic,
  });
  acknowledgeApi(api, settings.firewall, region.china);
  return api;
}

/** Of a call only what tells how the system does: no address, no token, no path with a company in it. */
const accessLine = {
  requestId: '$context.requestId',
  requestTime: '$context.requestTime',
  httpMethod: '$context.httpMethod',
  resourcePath: '$context.resourcePath',
  status: '$context.status',
  protocol: '$context.protocol',
  responseLength: '$context.responseLength',
  responseLatency: '$context.responseLatency',
  integrationStatus: '$context.integrationStatus',
  errorType: '$context.error.responseType',
};

/** The path itself and everything below it, with any method. */
function answerAll(place: IResource, owner: LambdaFunction): void {
  const integration = new LambdaIntegration(owner, { scopePermissionToMethod: false });
  place.addMethod('ANY', integration);
  place.addResource('{proxy+}').addMethod('ANY', integration);
}

function acknowledgeApi(api: RestApi, behindFirewall: boolean, china: boolean): void {
  acknowledge(api, {
    'AwsSolutions-APIG2':
      'The functions check every request against the contract, more strictly than a model can, and name the field.',
    'AwsSolutions-APIG4':
      'The functions check tokens and message signatures themselves: an authorizer cannot see the body that is signed.',
    'AwsSolutions-COG4':
      'People come with tokens of the city’s own issuer; Cognito has no user pools in the China Regions.',
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs]':
      'The role by which API Gateway writes logs is one per account, and this policy is the one it asks for.',
    ...(!behindFirewall && {
      'AwsSolutions-APIG3': 'A web ACL costs money when idle; ZHIRONG_FIREWALL=1 puts one before the API.',
    }),
    ...(china && {
      'Serverless-APIGWXrayEnabled':
        'X-Ray does not reach Lambda in the China Regions, so a trace would end at the gateway.',
    }),
  });
}
