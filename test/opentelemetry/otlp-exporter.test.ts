import { execFileSync } from 'node:child_process';
import { CfnParameter, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import { excludedUrls } from '../../lib/opentelemetry/excluded-urls';
import { OtlpExporter, type OtlpExporterProps } from '../../lib/opentelemetry/otlp-exporter';
import { testStack } from '../app';

let stack: Stack;
let taskDefinition: ecs.FargateTaskDefinition;
let container: ecs.ContainerDefinition;

const props: OtlpExporterProps = { endpoint: 'https://otlp.example', serviceName: 'checkout' };

beforeEach(() => {
  stack = testStack();
  taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  const image = ecs.ContainerImage.fromRegistry('example:1');
  container = taskDefinition.addContainer('App', { image });
});

function headers(): ecs.Secret {
  return ecs.Secret.fromSsmParameter(
    ssm.StringParameter.fromSecureStringParameterAttributes(stack, 'Headers', {
      parameterName: '/otlp/headers',
    }),
  );
}

function expectContainer(expected: Record<string, unknown>): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: [Match.objectLike(expected)],
  });
}

test('sends spans anywhere, with headers from a secret', () => {
  taskDefinition.addExtension(new OtlpExporter({ ...props, headers: headers() }));

  expectContainer({
    Environment: [
      { Name: 'OTEL_SERVICE_NAME', Value: 'checkout' },
      { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://otlp.example' },
    ],
    Secrets: [{ Name: 'OTEL_EXPORTER_OTLP_HEADERS', ValueFrom: Match.anyValue() }],
  });
});

test('needs no headers', () => {
  taskDefinition.addExtension(new OtlpExporter(props));

  expectContainer({ Secrets: Match.absent() });
});

test('encodes the attributes of the resource, but for what is known only at deployment', () => {
  const later = new CfnParameter(stack, 'Version').valueAsString;

  const resourceAttributes = { 'team.name': 'a, b=c é', 'service.version': later };
  taskDefinition.addExtension(new OtlpExporter({ ...props, resourceAttributes }));

  const encoded = 'team.name=a%2C%20b%3Dc%20%C3%A9,service.version=';
  const value = { 'Fn::Join': ['', [encoded, { Ref: 'Version' }]] };
  expectContainer({
    Environment: Match.arrayWith([{ Name: 'OTEL_RESOURCE_ATTRIBUTES', Value: value }]),
  });
});

test.each(['variable', 'secret'])('fails if the container has the headers as a %s', (kind) => {
  const secret = headers();
  if (kind === 'variable') {
    container.addEnvironment('OTEL_EXPORTER_OTLP_HEADERS', 'a=b');
  } else {
    container.addSecret('OTEL_EXPORTER_OTLP_HEADERS', secret);
  }

  expect(() => {
    taskDefinition.addExtension(new OtlpExporter({ ...props, headers: secret }));
  }).toThrow(
    '`OTEL_EXPORTER_OTLP_HEADERS` must be left to the exporter, remove it from the container, got: already set in Test/Task/App',
  );
});

test.each(['otlp.example', 'grpc://otlp.example', 'https://', 'https://otlp.example/v1/traces'])(
  'fails with the endpoint %s',
  (endpoint) => {
    expect(() => new OtlpExporter({ ...props, endpoint })).toThrow(
      `\`endpoint\` must be an http or https URL without the /v1/traces that OpenTelemetry appends, got: ${endpoint}`,
    );
  },
);

test('fails with an attribute whose name would be read as several', () => {
  expect(() => {
    taskDefinition.addExtension(
      new OtlpExporter({ ...props, resourceAttributes: { 'a=b,c': 'd' } }),
    );
  }).toThrow('`resourceAttributes` must have names of letters, digits, ., _ and -, got: a=b,c');
});

test('excludes exactly the given paths, as Python reads the patterns', () => {
  const patterns = excludedUrls(['/api/health-check', '/up.json']);
  const excluded = [
    '/api/health-check',
    'https://shop.example/api/health-check',
    'http://10.0.0.1:4567/up.json?verbose=1',
  ];
  const traced = [
    '/',
    '/other/api/health-check',
    '/api/health-check/more',
    '/upXjson',
    '/up.json\n',
    'http://10.0.0.1/?next=/up.json',
    'http://10.0.0.1/other/up.json',
  ];

  // as opentelemetry.util.http.ExcludeList does
  const script =
    'import json, re, sys\np, us = json.load(sys.stdin)\n' +
    'print(json.dumps([u for u in us if re.search("|".join(p.split(",")), u)]))';
  const found = execFileSync('python3', ['-c', script], {
    input: JSON.stringify([patterns, [...excluded, ...traced]]),
    encoding: 'utf8',
  });

  expect(JSON.parse(found)).toEqual(excluded);
});
