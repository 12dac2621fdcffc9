import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { type ServiceImage, ServiceImages } from '../../../lib/fargate/task/container-image';
import { testApp } from '../../app';

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

test.each([
  ...['nginx:1.29', 'team/flask:v1', 'a__b/c.d--e:A_1', 'registry:2', 'team/flask/api:1'],
  ...['public.ecr.aws/nginx/nginx:1.29', 'Registry.Example.com:8443/flask:1', 'localhost/flask:1'],
  ...[`localhost:5000/flask@${digest}`, `nginx@${digest}`, `nginx:latest@${digest}`],
])('pulls %s from its registry, and assumes nothing about it', (reference) => {
  const image = ServiceImages.fromReference(stack, 'Repository', reference);

  expect(image).toEqual({ containerImage: expect.anything() as unknown });
  expect(imageInTask(image).image).toBe(reference);
});

const ECR = [
  ['dkr.ecr.eu-west-1.amazonaws.com', 'arn:aws:ecr:eu-west-1'],
  ['dkr.ecr-fips.us-east-1.amazonaws.com', 'arn:aws:ecr:us-east-1'],
  ['dkr-ecr.eu-west-1.on.aws', 'arn:aws:ecr:eu-west-1'],
  ['dkr.ecr.us-gov-west-1.amazonaws.com', 'arn:aws-us-gov:ecr:us-gov-west-1'],
  ['dkr-ecr-fips.us-gov-east-1.on.aws', 'arn:aws-us-gov:ecr:us-gov-east-1'],
  ['dkr.ecr.cn-north-1.amazonaws.com.cn', 'arn:aws-cn:ecr:cn-north-1'],
  ['dkr-ecr.cn-north-1.on.amazonwebservices.com.cn', 'arn:aws-cn:ecr:cn-north-1'],
] as const;
const VERSIONS = [':1.2', `@${digest}`, `:1.2@${digest}`];

test.each(
  ECR.flatMap(([domain, arn]) =>
    VERSIONS.map((version) => [`123456789012.${domain}/team/flask${version}`, arn] as const),
  ),
)('lets the execution role pull %s, verbatim', (reference, arn) => {
  const { image, template } = imageInTask(
    ServiceImages.fromReference(stack, 'Repository', reference),
  );

  expect(image).toBe(reference);
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([
        Match.objectLike({
          Action: Match.arrayWith(['ecr:GetDownloadUrlForLayer']),
          Resource: `${arn}:123456789012:repository/team/flask`,
        }),
      ]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
  });
});

const REFUSED = [
  ...[
    '',
    'nginx',
    'nginx:',
    'nginx:latest',
    'nginx:LATEST',
    'a/b:Latest',
    ':1',
    'a b:1',
    'Nginx:1',
  ],
  ...['http://x/y:1', 'https://x.io/y:1', 'docker://nginx:1', 'Team/flask:1', 'x.io/Team/flask:1'],
  ...['localhost:5000', 'registry.example.com:5000', 'localhost:5000/nginx', 'x.io:port/y:1'],
  ...['a//b:1', '/a:1', 'x/:1', 'a/b/:1', 'a..b/c:1', 'x.io/a..b:1', 'a-:1', '-a/b:1', 'a/.b:1'],
  ...['a@sha256:0', `a@md5:${'0'.repeat(64)}`, `a:@${digest}`, 'a:-1', `a:${'1'.repeat(129)}`],
];

test.each(REFUSED)(
  'fails with %j, which no registry accepts, or whose image may change',
  (reference) => {
    expect(() => ServiceImages.fromReference(stack, 'Repository', reference)).toThrow(
      `\`reference\` must be an image with a tag, not latest, or a digest: [<registry>/]<repository>:<tag>, got: ${reference}`,
    );
  },
);

test.each([
  [ecs.CpuArchitecture.X86_64, 'linux/amd64'],
  [ecs.CpuArchitecture.ARM64, 'linux/arm64'],
])('builds the image for %p, whatever the machine that deploys', (cpuArchitecture, platform) => {
  const directory = mkdtempSync(join(tmpdir(), 'image-'));
  writeFileSync(join(directory, 'Dockerfile'), 'FROM scratch\n');

  const image = ServiceImages.fromDirectory(directory, cpuArchitecture);
  imageInTask(image);

  const assembly = app.synth();
  const manifest = readFileSync(join(assembly.directory, 'Test.assets.json'), 'utf8');
  const { dockerImages } = JSON.parse(manifest) as { dockerImages: object };
  expect(Object.values(dockerImages)).toEqual([
    expect.objectContaining({ source: expect.objectContaining({ platform }) as unknown }),
  ]);
});
