import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as xray from 'aws-cdk-lib/aws-xray';
import { readConfig } from '../../../lib/config/config';
import { CruddurTracingStack } from '../../../lib/cruddur-tracing-stack';
import { AppValidations } from '../../../lib/validation/template/validations';
import { testApp } from '../../app';

interface Report {
  readonly pluginReports: {
    readonly pluginName: string;
    readonly violations: {
      readonly ruleName: string;
      readonly severity: string;
      readonly violatingConstructs: { readonly constructPath: string }[];
    }[];
  }[];
}

test('each engine reports a mistake of its kind, and none reports anything about the stack', () => {
  process.env.CDK_VALIDATION = 'true';
  const validations = new AppValidations();
  const app = testApp();
  const config = readConfig({
    'cruddur:alarmEmail': 'operator@example.com',
    'cruddur:alarmFaultTraces': 10,
    'cruddur:monthlyTraceBudgetUsd': 60,
    'cruddur:insights': true,
  });
  new CruddurTracingStack(app, config.stackName, { config });
  const broken = new Stack(app, 'Broken');
  new s3.CfnBucket(broken, 'ForCdkNag');
  new elbv2.CfnLoadBalancer(broken, 'ForCdkPreflight', {
    subnets: ['subnet-11111111', 'subnet-22222222'],
    loadBalancerAttributes: [{ key: 'idle_timeout.timeout_seconds', value: '5000' }],
  });
  new xray.CfnSamplingRule(broken, 'ForCloudFormationValidate', {
    samplingRule: {
      ...{ fixedRate: 1, host: '*', httpMethod: '*', priority: 99_999, reservoirSize: 1 },
      ...{ resourceArn: '*', serviceName: '*', serviceType: '*', urlPath: '*', version: 1 },
    },
  });
  new ecs.CfnTaskDefinition(broken, 'OfASoftLimit', {
    containerDefinitions: [{ name: 'sidecar', image: 'nginx:1.29.3', memoryReservation: 64 }],
  });
  validations.addTo(app);

  expect(() => app.synth()).toThrow('idle_timeout.timeout_seconds is 5000');

  const file = join(app.outdir, 'validation-report.json');
  const { pluginReports } = JSON.parse(readFileSync(file, 'utf8')) as Report;
  const findings = pluginReports.flatMap(({ pluginName, violations }) =>
    violations.flatMap(({ ruleName, severity, violatingConstructs }) =>
      violatingConstructs.map(
        ({ constructPath }) => `${pluginName} ${ruleName} ${severity} ${constructPath}`,
      ),
    ),
  );
  expect(findings).toEqual(
    expect.arrayContaining([
      'AwsSolutions AwsSolutions-S1 error Broken/ForCdkNag',
      'CloudFormation Validate pf-elbv2-lb-idle-timeout-range error Broken/ForCdkPreflight',
      'CloudFormation Validate F3034 error Broken/ForCloudFormationValidate',
    ]),
  );
  expect(findings.filter((finding) => !finding.includes(' Broken/'))).toEqual([]);
  expect(findings.join()).not.toContain('memory-reservation');
});
