import { afterAll, beforeAll, expect, test } from 'vitest';
import { routes as fund } from '#services/fund/contract';
import { routes as lending } from '#services/lending/contract';
import { routes as partners } from '#services/partners/contract';
import { routes as screening } from '#services/screening/contract';
import type { Bundles } from './bundles.ts';
import { placesOf } from './places.ts';
import {
  emptyBundles,
  of,
  removeTemporaryFolders,
  shortId,
  type Synthesised,
  synthesise,
  temporaryFolder,
} from './synthesise.ts';

const domain = { name: 'api.city.example', certificateArn: 'arn:test:acm:region:111122223333:certificate/of-the-city' };

let bundles: Bundles;
let city: Synthesised;

beforeAll(async () => {
  bundles = await emptyBundles(temporaryFolder());
  city = synthesise(bundles, { environmentName: 'local', region: 'us-east-1' });
});

afterAll(removeTemporaryFolders);

test('sends each noun of the contract to its service and everything else to the portal', () => {
  const resources = of(city, 'AWS::ApiGateway::Resource');
  const pathOf = (id: string): string => {
    const resource = resources.find((each) => shortId(each) === id);
    if (resource === undefined) return '';
    const { ParentId, PathPart } = resource.properties as { ParentId: { Ref?: string }; PathPart: string };
    return `${pathOf(ParentId.Ref ?? '')}/${PathPart}`;
  };
  const routed = of(city, 'AWS::ApiGateway::Method').map(({ properties }) => {
    const { ResourceId, HttpMethod, Integration } = properties as {
      ResourceId: { Ref?: string };
      HttpMethod: string;
      Integration: unknown;
    };
    const text = JSON.stringify(Integration);
    const service = ['portal', 'partners', 'fund', 'lending', 'screening'].find((name) =>
      text.includes(`zhirong-${name}`),
    );
    return `${HttpMethod} ${pathOf(ResourceId.Ref ?? '') || '/'} ${service}`;
  });
  const owned = Object.entries({ screening, partners, fund, lending }).flatMap(([service, routes]) =>
    placesOf(routes).flatMap((place) => [`ANY /${place} ${service}`, `ANY /${place}/{proxy+} ${service}`]),
  );
  const rest = ['ANY / portal', 'ANY /{proxy+} portal', 'ANY /v1 portal', 'ANY /v1/{proxy+} portal'];
  expect(routed.toSorted()).toEqual([...owned, ...rest].toSorted());
});

test('the gateway’s own answers are problems, told apart by their code', () => {
  const answers = of(city, 'AWS::ApiGateway::GatewayResponse').map(({ properties }) => {
    const { ResponseType, StatusCode, ResponseTemplates } = properties as {
      ResponseType: string;
      StatusCode: string;
      ResponseTemplates: Record<string, string>;
    };
    const body = JSON.parse(ResponseTemplates['application/problem+json']!) as Record<string, unknown>;
    expect(Object.keys(body)).toEqual(['type', 'title', 'status', 'code']);
    expect(String(body['status'])).toBe(StatusCode);
    return [ResponseType, body['status'], body['code']];
  });
  expect(answers).toEqual(
    expect.arrayContaining([
      ['REQUEST_TOO_LARGE', 413, 'body_too_large'],
      ['THROTTLED', 429, 'rate_limited'],
      ['INTEGRATION_TIMEOUT', 504, 'gateway_timeout'],
    ]),
  );
});

test('with a name of its own the API has no other address, and with the firewall an ACL stands before it', () => {
  const { resources } = synthesise(bundles, {
    environmentName: 'production',
    region: 'cn-north-1',
    domain,
    firewall: true,
    alarmEmail: 'duty@city.example',
  });
  const types = resources.map(({ type }) => type);
  expect(types).toContain('AWS::ApiGateway::DomainName');
  expect(types).toContain('AWS::WAFv2::WebACLAssociation');
  expect(types).toContain('AWS::SNS::Subscription');
  const api = resources.find(({ type }) => type === 'AWS::ApiGateway::RestApi');
  expect(api?.properties['DisableExecuteApiEndpoint']).toBe(true);
});
