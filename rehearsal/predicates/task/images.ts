import { readDockerfile } from '../../service/dockerfile';
import { type Graph, NotKnown, type Part, type Predicates } from '../graph';
import { applicationOf, containersOf } from '../parts';

export const ECR = /^(\d{12})\.dkr\.ecr\.([\w-]+)\.amazonaws\.com(?:\.cn)?\/([^:@]+)[:@](.+)$/;
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
export function imageOf(container: Part, graph: Graph) {
  const built = builtImage(container, graph);
  return built && readDockerfile(built);
}

function builtImage(container: Part, { images }: Graph) {
  return images[container.text('Image').split(':').at(-1) ?? ''];
}

/** Predicates of facts.md. */
export const IMAGES_PREDICATES: Predicates = {
  "be the image's architecture": (task, property, graph) => {
    const architecture = task.text(property, 'X86_64');
    const image = builtImage(applicationOf(graph), graph);
    if (image && image.platform === undefined) {
      throw new NotKnown('the machine that builds the image decides its architecture');
    }
    const platform = { X86_64: 'linux/amd64', ARM64: 'linux/arm64' }[architecture];
    return platform !== undefined && [platform, undefined].includes(image?.platform);
  },
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
};
