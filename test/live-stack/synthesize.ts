import { readConfig } from '../../lib/config/config';
import type { ConfigKey } from '../../lib/config/config-schema';
import { CruddurTracingStack } from '../../lib/cruddur-tracing-stack';
import { testApp } from '../app';
import type { Template } from './change';

/** Values of keys, without the prefix. */
export type Values = Partial<Record<ConfigKey, unknown>>;

export const env = { account: '123456789012', region: 'eu-west-1' };

/** What the CLI puts in the context when it has looked up a VPC of two public subnets. */
function lookedUp(vpcId: string): Record<string, unknown> {
  const key = `vpc-provider:account=${env.account}:filter.vpc-id=${vpcId}:region=${env.region}:returnAsymmetricSubnets=true`;
  const subnets = ['a', 'b'].map((zone) => ({
    subnetId: `subnet-${zone}${vpcId.slice(5)}`,
    cidr: '10.0.0.0/24',
    availabilityZone: `${env.region}${zone}`,
    routeTableId: vpcId.replace('vpc', 'rtb'),
  }));
  const subnetGroups = [{ name: 'Public', type: 'Public', subnets }];
  return { [key]: { vpcId, vpcCidrBlock: '10.0.0.0/16', availabilityZones: [], subnetGroups } };
}

const templates = new Map<string, Template>();

/** The stack's template, as the CLI would deploy it with these values. */
export function synthesize(values: Values): Template {
  const context = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [`cruddur:${key}`, value]),
  );
  const key = JSON.stringify(context);
  const template = templates.get(key) ?? synthesizeWith(context);
  templates.set(key, template);
  return template;
}

function synthesizeWith(context: Record<string, unknown>): Template {
  const config = readConfig(context, env);
  const app = testApp({ ...lookedUp('vpc-11111111'), ...lookedUp('vpc-22222222') });
  const { stackName } = new CruddurTracingStack(app, config.stackName, { config, env: config.env });
  const template: unknown = app.synth().getStackByName(stackName).template;
  // the library that compares templates is not the one that made them, and has other built-in classes
  return JSON.parse(JSON.stringify(template)) as Template;
}
