import { App, type StackProps } from 'aws-cdk-lib/core';
import { routes as fund } from '#services/fund/contract';
import { routes as lending } from '#services/lending/contract';
import { routes as partners } from '#services/partners/contract';
import { routes as screening } from '#services/screening/contract';
import { apiStack } from './api.ts';
import type { Bundles } from './bundles.ts';
import { environments } from './environments.ts';
import { foundationStack } from './foundation.ts';
import type { City } from './parts/service-function.ts';
import { fundStack } from './fund.ts';
import { lendingStack } from './lending.ts';
import { partnersStack } from './partners.ts';
import { portalStack } from './portal.ts';
import { regionTraits } from './region.ts';
import { screeningStack } from './screening.ts';
import type { Settings } from './settings.ts';

/** CDK keeps some old habits unless told otherwise; here and not in cdk.json, so that every way to synthesise agrees. */
const habits = {
  '@aws-cdk/aws-iam:minimizePolicies': true,
  '@aws-cdk/core:checkSecretUsage': true,
  '@aws-cdk/aws-apigateway:logGroupDestinationArnWithoutWildcard': true,
};

/** The whole city as CDK declares it. Nothing is synthesised yet. */
export function declareCity(settings: Settings, bundles: Bundles): App {
  const app = new App({
    outdir: settings.outdir,
    context: habits,
    analyticsReporting: false,
    treeMetadata: false,
    stackTraces: false,
    // It reads every template against CloudFormation's schemas and takes seconds, for which `npm start` cannot wait.
    builtinCloudFormationValidation: settings.environmentName !== 'local',
  });
  const { environmentName, region } = settings;
  const city: City = {
    environmentName,
    environment: environments[environmentName],
    region: regionTraits(region),
    bundles,
  };
  const props: StackProps = { env: { region }, terminationProtection: city.environment.retain };
  const foundation = foundationStack(app, city, props, settings);
  const screeningApi = screeningStack(app, city, props, foundation);
  const partnersApi = partnersStack(app, city, props, foundation);
  const fundApi = fundStack(app, city, props, foundation);
  const lendingApi = lendingStack(app, city, props, foundation);
  const portal = portalStack(app, city, props, foundation);
  apiStack(app, city, props, foundation, settings, {
    byContract: [
      { routes: screening, owner: screeningApi },
      { routes: partners, owner: partnersApi },
      { routes: fund, owner: fundApi },
      { routes: lending, owner: lendingApi },
    ],
    portal,
  });
  return app;
}
