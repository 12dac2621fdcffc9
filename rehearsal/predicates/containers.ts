import { programOf, readDockerfile } from '../service/dockerfile';
import { type Graph, NotKnown, type Part, type Predicates } from './graph';
import {
  applicationOf,
  containersOf,
  daemonOf,
  logGroupsOf,
  targetOf,
  T,
  variablesOf,
} from './parts';

/** Directories that hold what every program needs. */
const OF_SYSTEM = /^\/((s?bin|dev|etc|lib\w*|opt|proc|sys|usr)\/|$)/;

/** Programs that end at once without arguments. */
const IDLE = /^(\/usr)?(\/bin\/)?(env|true|false|sh|bash|cat|echo|sleep)$/;

/** Sums what the containers of a task ask for. */
function sum(task: Part, ...properties: string[]): number {
  return task
    .parts('ContainerDefinitions')
    .map((item) => item.number(properties.find((name) => item.get(name) !== undefined) ?? '', 0))
    .reduce((total, value) => total + value, 0);
}

const OFFICIAL = /^(public\.ecr\.aws\/xray|(docker\.io\/)?amazon)\/aws-xray-daemon([:@]|$)/;

const ECR = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)[:@](.+)$/;
/** Registries from which anyone may pull. */
const PUBLIC = [
  'public.ecr.aws',
  'docker.io',
  'ghcr.io',
  'quay.io',
  'gcr.io',
  'mcr.microsoft.com',
  'registry.gitlab.com',
  'registry.k8s.io',
];

const PULL = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

/** What pulling the image of a container needs: a repository of ECR, or nothing. */
export function pullsOf(container: Part): [action: string, resource: string][] {
  const [, account = '', region = '', repository = ''] = ECR.exec(container.text('Image')) ?? [];
  if (account === '') {
    return [];
  }
  const arn = `arn:aws:ecr:${region}:${account}:repository/${repository}`;
  return [
    ...PULL.map((action): [string, string] => [action, arn]),
    ['ecr:GetAuthorizationToken', '*'],
  ];
}

/** How the image of a container starts, if the assembly builds it. */
function imageOf(container: Part, graph: Graph) {
  const built = builtImage(container, graph);
  return built && readDockerfile(built);
}

function builtImage(container: Part, { images }: Graph) {
  return images[container.text('Image').split(':').at(-1) ?? ''];
}

/** The daemon's flags, by its own --help. */
const SWITCH = /^--?(o|local-mode|v|version|h|help)$/;
const WITH_VALUE =
  /^--?(a|resource-arn|m|buffer-memory|n|region|b|bind|t|bind-tcp|r|role-arn|c|config|f|log-file|l|log-level|p|proxy-address)(=|$)/;

const portOf = (mapping: Part) =>
  `${mapping.text('ContainerPort')}/${mapping.text('Protocol', 'tcp')}`;

const OPTIONS =
  /^(awslogs-(group|region|stream-prefix|create-group|datetime-format|multiline-pattern|endpoint)|mode|max-buffer-size)$/;
const LOG = 'LogConfiguration';

/** Predicates of facts.md. */
export const CONTAINERS_PREDICATES: Predicates = {
  'include FARGATE': (task, property) => task.texts(property).includes('FARGATE'),
  'be enough for the containers': (task, property) =>
    sum(task, property, `${property}Reservation`) <= task.number(property),
  "be the image's architecture": (task, property, graph) => {
    const architecture = task.text(property, 'X86_64');
    const image = builtImage(applicationOf(graph), graph);
    if (image && image.platform === undefined) {
      throw new NotKnown('the machine that builds the image decides its architecture');
    }
    const platform = { X86_64: 'linux/amd64', ARM64: 'linux/arm64' }[architecture];
    return platform !== undefined && [platform, undefined].includes(image?.platform);
  },
  'be a role of the template': (task, property, graph) =>
    graph.find(T.role, task.get(property)) !== undefined,
  'have names of their own': (container, property) => {
    const names = ['Environment', property].flatMap((list) =>
      container.parts(list).map((item) => item.text('Name')),
    );
    return container
      .parts(property)
      .every((item) => names.filter((name) => name === item.text('Name')).length === 1);
  },
  'wait for no container to end': (container, property) =>
    container
      .parts(property)
      .every((item) => ['START', 'HEALTHY'].includes(item.text('Condition'))),
  'start with CMD or CMD-SHELL': (container, property) =>
    container.get('HealthCheck') === undefined ||
    ['CMD', 'CMD-SHELL'].includes(container.texts(property)[0] ?? ''),
  'name a program': (container, property) =>
    container.get('HealthCheck') === undefined || container.texts(property).length > 1,
  'leave enough files and threads': (container, property) =>
    container.parts(property).every((item) => {
      const least = { nofile: 1024, nproc: 128 }[item.text('Name')] ?? 0;
      return item.number('SoftLimit') >= least;
    }),
  'map a port that no other container maps': (container, property, graph) => {
    const others = containersOf(graph).filter(({ id }) => id !== container.id);
    const taken = others.flatMap((other) => other.parts(property)).map(portOf);
    return container.parts(property).every((item) => !taken.includes(portOf(item)));
  },
  'map a port to itself': (container, property) =>
    container
      .parts(property)
      .every((item) => [0, item.number('ContainerPort')].includes(item.number('HostPort', 0))),
  'be a name of 1 to 255 letters, digits, hyphens, and underscores': (part, property) =>
    /^[\w-]{1,255}$/.test(part.text(property, part.id)),
  'be empty folders': (task, property) =>
    task.parts(property).every((volume) => {
      if (volume.keysOf().some((key) => /^(EFS|FSx|S3)|Configured/.test(key))) {
        throw new NotKnown('the file system may refuse the task');
      }
      return (
        volume.get('DockerVolumeConfiguration') === undefined &&
        volume.get('Host.SourcePath') === undefined
      );
    }),
  'hide no program': (container, property, graph) => {
    const { environment, workingDirectory = '/srv' } = imageOf(container, graph) ?? {};
    const directories = [workingDirectory, ...(environment?.PATH ?? '').split(':')];
    return container.parts(property).every((item) => {
      const path = `${item.text('ContainerPath')}/`.replace(/\/+$/, '/');
      return !OF_SYSTEM.test(path) && !directories.some((name) => `${name}/`.startsWith(path));
    });
  },
  'be a number, or root': (container, property) =>
    /^(|root|\d+(:\d+)?)$/.test(container.text(property)),
  "start the image's program": (container, property, graph) => {
    const program = programOf(imageOf(container, graph)?.command ?? []);
    const words = container.texts(property).join(' ');
    const isLeft = container.get(property) === undefined || container.get('Command') !== undefined;
    return isLeft || (program === undefined ? !IDLE.test(words) : words.includes(program));
  },
  "be the image's": (container, property, graph) =>
    [undefined, imageOf(container, graph)?.workingDirectory].includes(
      container.get(property) === undefined
        ? undefined
        : container.text(property).replace(/(.)\/$/, '$1'),
    ),
  "keep the image's PATH": (container, _, graph) => {
    const own = variablesOf(container).PATH?.split(':');
    const needed = (imageOf(container, graph)?.environment.PATH ?? '')
      .split(':')
      .filter((path) => path.startsWith('/'));
    return !own || needed.every((path) => own.includes(path));
  },
  'have it listen on the port of the target': (container, _, graph) => {
    const port = targetOf(graph).text('ContainerPort');
    const variables = variablesOf(container);
    const words = (property: string) => container.texts(property).join(' ');
    const binds = [`${words('EntryPoint')} ${words('Command')}`, variables.GUNICORN_CMD_ARGS ?? '']
      .map((text) =>
        [...text.matchAll(/(?:--bind[= ]|(?:^|\s)-b[= ]?)(\S+)/g)].map(([, bind]) => bind),
      )
      .find((found) => found.length > 0);
    const isOpen = (bind = '') => new RegExp(`^(0\\.0\\.0\\.0|\\[::\\]|\\*)?:${port}$`).test(bind);
    const own = variables.PORT ?? imageOf(container, graph)?.ports[0];
    return binds ? binds.some(isOpen) : own === undefined || String(own) === port;
  },
  'name no file that the image may not have': (container) =>
    container
      .parts('Environment')
      .every(
        (item) =>
          !/(CA_BUNDLE|CERT_FILE|CERT_DIR|_CERTIFICATE|_CLIENT_KEY)$/.test(item.text('Name')) ||
          item.text('Value').startsWith('/etc/ssl/cert'),
      ),
  'map the port of the target, by TCP': (container, property, graph) =>
    container
      .parts(property)
      .some((item) => portOf(item) === `${targetOf(graph).text('ContainerPort')}/tcp`),
  'wait for the daemon to start': (container, property, graph) =>
    container
      .parts(property)
      .some((item) => item.get('ContainerName') === daemonOf(graph).get('Name')),
  'have one name for both backends': (container) => {
    const { AWS_XRAY_TRACING_NAME: xray, OTEL_SERVICE_NAME: otel = xray } = variablesOf(container);
    return xray === undefined || xray === otel;
  },
  'have the flags of the daemon only': (container, property) =>
    container
      .texts(property)
      .every(
        (word, index, words) =>
          SWITCH.test(word) || WITH_VALUE.test(word) || WITH_VALUE.test(words[index - 1] ?? ''),
      ),
  'use the task role': (container, property) =>
    !container.texts(property).some((word) => /^(-r|--role-arn)\b/.test(word)),
  'log to the standard output': (container, property) =>
    !container.texts(property).some((word) => /^(-f|--log-file)\b/.test(word)),
  "be the daemon's program": (container, property) =>
    [undefined, 'xray', '/xray', '/usr/bin/xray'].includes(container.texts(property)[0]),
  'name no other region': (container, _, { place }) => {
    const { AWS_REGION, AWS_DEFAULT_REGION } = variablesOf(container);
    return [undefined, place.region].includes(AWS_REGION ?? AWS_DEFAULT_REGION);
  },
  "leave the task role's credentials alone": (container) =>
    Object.keys(variablesOf(container)).every(
      (name) =>
        !/^AWS_(ACCESS_KEY|SECRET_ACCESS_KEY|SECRET_KEY|SESSION_TOKEN|(DEFAULT_)?PROFILE|SHARED_CRED|CONFIG_FILE|ROLE_ARN|WEB_IDENTITY|CONTAINER_)/.test(
          name,
        ),
    ),
  'be a number': (container, property) => /^(\d+(:\d+)?)?$/.test(container.text(property)),
  "be AWS's, in a version that exists": (container, property) => {
    const image = container.text(property);
    return (
      (OFFICIAL.test(image) || ECR.test(image)) &&
      /(:(3\.\d+\.\d+|3\.x|latest)|@sha256:[0-9a-f]{64}|aws-xray-daemon)$/.test(image)
    );
  },
  'not wait for the application': (container, property) => container.parts(property).length === 0,
  'be those that the assembly builds': (_, __, graph) =>
    Object.keys(graph.images).every((hash) =>
      containersOf(graph).some((container) => container.text('Image').endsWith(`:${hash}`)),
    ),
  'be pushed by the assembly, or be in a registry that exists': (container, property, graph) => {
    const image = container.text(property);
    const [, account, region, repository] = ECR.exec(image) ?? [];
    const built = builtImage(container, graph);
    if (built) {
      const expected = built.repository
        .replaceAll('${AWS::AccountId}', graph.place.account)
        .replaceAll('${AWS::Region}', graph.place.region);
      return (
        repository === expected && account === graph.place.account && region === graph.place.region
      );
    }
    if (account !== undefined) {
      // the assembly's own repository holds what the assembly pushes
      return !/^cdk-\w+-container-assets-/.test(repository ?? '');
    }
    const [host = '', ...path] = image.split('/');
    const isHost = path.length > 0 && /[.:]|^localhost$/.test(host);
    if (isHost && !PUBLIC.includes(host) && container.get('RepositoryCredentials') !== undefined) {
      throw new NotKnown(`${host} needs credentials`);
    }
    return (
      image !== '' &&
      !/[A-Z\s]/.test(image.split(':')[0] ?? '') &&
      (!isHost || PUBLIC.includes(host))
    );
  },
  'be absent or awslogs, with options that it has': (container, property) => {
    if (['splunk', 'awsfirelens'].includes(container.text(`${property}.LogDriver`))) {
      throw new NotKnown('the rehearsal knows awslogs only');
    }
    return (
      container.get(property) === undefined ||
      (container.get(`${property}.LogDriver`) === 'awslogs' &&
        container.get(`${property}.SecretOptions`) === undefined &&
        container.keysOf(`${property}.Options`).every((key) => OPTIONS.test(key)) &&
        container.text(`${property}.Options.awslogs-stream-prefix`) !== '')
    );
  },
  'have a mode and a buffer of awslogs': (container, property) =>
    /^(|(non-)?blocking)$/.test(container.text(`${property}.mode`)) &&
    /^(|\d+[kmg]?)$/i.test(container.text(`${property}.max-buffer-size`)),
  'be a log group of the template, in its region': (container, property, graph) => {
    if (container.get(LOG) === undefined) {
      return true;
    }
    const name = container.get(property);
    const isMade =
      graph.find(T.logGroup, name) !== undefined ||
      container.get(`${LOG}.Options.awslogs-create-group`) === 'true';
    // one that the template makes for nothing else is what was meant
    if (
      !isMade &&
      logGroupsOf(graph).length === 0 &&
      graph.ofType(T.logGroup).every(isOfAnother(graph))
    ) {
      throw new NotKnown(`${String(name)} is not in the template`);
    }
    return isMade && container.get(`${LOG}.Options.awslogs-region`) === graph.place.region;
  },
};

/** Whether something that writes logs, other than a task, refers to a log group. */
function isOfAnother(graph: Graph) {
  return ({ id }: Part) =>
    Object.entries(graph.template.Resources).some(
      ([other, { Type }]) =>
        !/^AWS::(ECS|Logs|IAM)::/.test(Type) && graph.referencesOf(other).includes(id),
    );
}
