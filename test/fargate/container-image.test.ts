import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { type ServiceImage, builtImage, referencedImage } from '../../lib/fargate/container-image';
import { testApp } from '../app';

let app: App;
let stack: Stack;

beforeEach(() => {
  app = testApp();
  stack = new Stack(app, 'Test');
});

function imageInTask(image: ServiceImage): { image: unknown; template: Template } {
  new ecs.FargateTaskDefinition(stack, 'Task').addContainer('App', { image: image.containerImage });
  const template = Template.fromStack(stack);
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
  const { ContainerDefinitions } = task?.Properties as {
    ContainerDefinitions: { Image: unknown }[];
  };
  return { image: ContainerDefinitions[0]?.Image, template };
}

const digest = `sha256:${'0'.repeat(64)}`;

test.each(['nginx:1.29', 'public.ecr.aws/nginx/nginx:1.29', `localhost:5000/flask@${digest}`])(
  'refers to %s in its registry, and assumes nothing about it',
  (reference) => {
    const image = referencedImage(stack, 'Repository', reference);

    expect(image).toEqual({ containerImage: expect.anything() as unknown });
    expect(imageInTask(image).image).toBe(reference);
  },
);

test.each([
  ['123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/flask:1.2', 'aws', ':1.2'],
  [`123456789012.dkr.ecr.eu-west-1.amazonaws.com/team/flask@${digest}`, 'aws', `@${digest}`],
  ['123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/team/flask:1.2', 'aws-cn', ':1.2'],
])('lets the execution role pull %s from ECR', (reference, partition, suffix) => {
  const { image, template } = imageInTask(referencedImage(stack, 'Repository', reference));

  expect(JSON.stringify(image)).toContain(`/team/flask${suffix}`);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: Match.arrayWith(['ecr:GetDownloadUrlForLayer']),
          Resource: Match.stringLikeRegexp(
            `^arn:${partition}:ecr:[a-z0-9-]+:123456789012:repository/team/flask$`,
          ),
        }),
      ]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
  });
});

test.each([
  [ecs.CpuArchitecture.X86_64, 'linux/amd64'],
  [ecs.CpuArchitecture.ARM64, 'linux/arm64'],
])('builds the image for %p, whatever the machine that deploys', (cpuArchitecture, platform) => {
  const directory = mkdtempSync(join(tmpdir(), 'image-'));
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');

  const image = builtImage(directory, cpuArchitecture);
  imageInTask(image);

  const assembly = app.synth();
  const manifest = readFileSync(join(assembly.directory, 'Test.assets.json'), 'utf8');
  const { dockerImages } = JSON.parse(manifest) as { dockerImages: object };
  expect(Object.values(dockerImages)).toEqual([
    expect.objectContaining({ source: expect.objectContaining({ platform }) as unknown }),
  ]);
});
