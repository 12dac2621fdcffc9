import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HoneycombApiKey } from '../../lib/honeycomb/honeycomb-api-key';
import {
  HoneycombExporter,
  type HoneycombExporterProps,
  HoneycombRegion,
} from '../../lib/honeycomb/honeycomb-exporter';
import { testStack } from '../app';

let stack: Stack;
let taskDefinition: ecs.FargateTaskDefinition;
let props: HoneycombExporterProps;

beforeEach(() => {
  stack = testStack();
  taskDefinition = new ecs.FargateTaskDefinition(stack, 'Task');
  const apiKey = new HoneycombApiKey(stack, 'HoneycombApiKey', { parameterName: '/a/key' });
  props = { apiKey, serviceName: 'backend-flask' };
});

const image = ecs.ContainerImage.fromRegistry('example:1');

function expectContainers(...containers: Record<string, unknown>[]): void {
  Template.fromStack(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: containers.map((container) => Match.objectLike(container)),
  });
}

test('sends the spans of the default container to Honeycomb in the US', () => {
  taskDefinition.addContainer('App', { image });

  taskDefinition.addExtension(new HoneycombExporter(props));

  expectContainers({
    Environment: [
      { Name: 'OTEL_SERVICE_NAME', Value: 'backend-flask' },
      { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://api.honeycomb.io' },
    ],
    Secrets: [{ Name: 'HONEYCOMB_API_KEY', ValueFrom: Match.anyValue() }],
  });
});

test('sends the spans of a named container to Honeycomb in the EU', () => {
  taskDefinition.addContainer('App', { image });
  taskDefinition.addContainer('Worker', { image });

  taskDefinition.addExtension(
    new HoneycombExporter({ ...props, containerName: 'Worker', region: HoneycombRegion.EU }),
  );

  expectContainers(
    { Name: 'App', Environment: Match.absent(), Secrets: Match.absent() },
    {
      Name: 'Worker',
      Environment: Match.arrayWith([
        { Name: 'OTEL_EXPORTER_OTLP_ENDPOINT', Value: 'https://api.eu1.honeycomb.io' },
      ]),
    },
  );
});

test('accepts the props of every exporter', () => {
  taskDefinition.addContainer('App', { image });

  taskDefinition.addExtension(
    new HoneycombExporter({
      ...props,
      excludedPaths: ['/up.json'],
      resourceAttributes: { 'service.version': '1' },
    }),
  );

  const value = String.raw`^(https?://[^/?#]+)?/up\.json(\?|\Z)`;
  expectContainers({
    Environment: Match.arrayWith([
      { Name: 'OTEL_RESOURCE_ATTRIBUTES', Value: 'service.version=1' },
      { Name: 'OTEL_PYTHON_FLASK_EXCLUDED_URLS', Value: value },
    ]),
  });
});

test('fails with a comma in an excluded path', () => {
  taskDefinition.addContainer('App', { image });

  expect(() => {
    taskDefinition.addExtension(new HoneycombExporter({ ...props, excludedPaths: ['/a,/b'] }));
  }).toThrow('`excludedPaths` must not contain a comma in a path, got: /a,/b');
});

test.each([
  [undefined, 'no container yet'],
  ['Worker', 'Worker'],
])('fails without the container %s', (containerName, got) => {
  expect(() => {
    taskDefinition.addExtension(new HoneycombExporter({ ...props, containerName }));
  }).toThrow(
    `\`containerName\` must be a container of Test/Task, added before the exporter, got: ${got}`,
  );
});

test.each([
  ['OTEL_SERVICE_NAME', { environment: { OTEL_SERVICE_NAME: 'mine' } }],
  ['HONEYCOMB_API_KEY', { environment: { HONEYCOMB_API_KEY: 'not a key' } }],
])('fails if the container has %s already', (name, options) => {
  taskDefinition.addContainer('App', { image, ...options });

  expect(() => {
    taskDefinition.addExtension(new HoneycombExporter(props));
  }).toThrow(
    `\`${name}\` must be left to the exporter, remove it from the container, got: already set in Test/Task/App`,
  );
});

test('fails if the container has the secret already', () => {
  taskDefinition.addContainer('App', {
    image,
    secrets: { HONEYCOMB_API_KEY: props.apiKey.toEcsSecret() },
  });

  expect(() => {
    taskDefinition.addExtension(new HoneycombExporter(props));
  }).toThrow('`HONEYCOMB_API_KEY` must be left to the exporter');
});

test.each([
  [HoneycombRegion.US, 'https://ui.honeycomb.io'],
  [HoneycombRegion.EU, 'https://ui.eu1.honeycomb.io'],
])('knows where people in %s look at traces', (region, url) => {
  expect(HoneycombExporter.uiUrl(region)).toBe(url);
});
