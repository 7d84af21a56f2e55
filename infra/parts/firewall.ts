import type { Stack } from 'aws-cdk-lib/core';
import type { Stage } from 'aws-cdk-lib/aws-apigateway';
import { CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';

/** Calls of one address in five minutes beyond which it is refused; a county office behind one address stays far below. */
const callsPerAddress = 3_000;

/** A regional web ACL before the API: one address cannot take it all, and known attacks do not reach the functions. */
export function firewall(stack: Stack, stage: Stage): void {
  const visible = (metricName: string) => ({
    metricName,
    cloudWatchMetricsEnabled: true,
    sampledRequestsEnabled: false,
  });
  const acl = new CfnWebACL(stack, 'Firewall', {
    name: 'zhirong',
    scope: 'REGIONAL',
    defaultAction: { allow: {} },
    visibilityConfig: visible('zhirong-firewall'),
    rules: [
      {
        name: 'one-address',
        priority: 1,
        action: { block: {} },
        statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit: callsPerAddress } },
        visibilityConfig: visible('zhirong-one-address'),
      },
      {
        name: 'known-bad-inputs',
        priority: 2,
        overrideAction: { none: {} },
        statement: { managedRuleGroupStatement: { vendorName: 'AWS', name: 'AWSManagedRulesKnownBadInputsRuleSet' } },
        visibilityConfig: visible('zhirong-known-bad-inputs'),
      },
    ],
  });
  new CfnWebACLAssociation(stack, 'FirewallBeforeApi', { resourceArn: stage.stageArn, webAclArn: acl.attrArn });
}
