import { isAboutTemplate, type Graph } from '../predicates/graph';
import { containersOf, serviceOf, T, taskOf } from '../predicates/parts';
import { programOf, readDockerfile } from '../service/dockerfile';

/** Programs that start a service in a language other than Python. */
const OTHER_LANGUAGE =
  /^(.*\/)?(node|npm|npx|yarn|pnpm|tsx|bun|deno|java|dotnet|ruby|bundle|rails|php|php-fpm)$/;
/** Images that receive traces and are not AWS's daemon. */
const COLLECTOR = /otel|opentelemetry|collector|cloudwatch-agent|datadog|newrelic/i;

/**
 * Returns why the rehearsal is not for a service, and what to do, or `undefined` if it is. The facts would say of such a
 * service what is wrong on Fargate, behind a load balancer, or with the daemon, and not that it is of another kind.
 */
export function whyUnsupported(graph: Graph): string | undefined {
  if (graph.ofType(T.service).length === 0) {
    return (
      'the template has no AWS::ECS::Service; the rehearsal runs services of ECS: ' +
      'Lambda functions, and tasks that run by themselves, send their traces in another way'
    );
  }
  try {
    const [service, task] = [serviceOf(graph), taskOf(graph)];
    if (
      service.text('LaunchType', 'FARGATE') !== 'FARGATE' &&
      !task.texts('RequiresCompatibilities').includes('FARGATE')
    ) {
      return `${service.id} runs on ${service.text('LaunchType')}; the rehearsal knows Fargate only: use an ecs.FargateService with an ecs.FargateTaskDefinition`;
    }
    const daemon = containersOf(graph).find((container) => isDaemon(container.text('Image')));
    const collector = containersOf(graph).find((item) => COLLECTOR.test(item.text('Image')));
    if (!daemon) {
      const instead = collector
        ? `sends its traces to ${collector.text('Image')}`
        : 'has no daemon';
      return `${task.id} ${instead}; the rehearsal runs AWS's X-Ray daemon: add a container with the image public.ecr.aws/xray/aws-xray-daemon`;
    }
    if (service.parts('LoadBalancers').length === 0) {
      return `${service.id} has no load balancer; the rehearsal sends requests as an Application Load Balancer does: put one before the service`;
    }
    for (const container of containersOf(graph)) {
      const image = graph.images[container.text('Image').split(':').at(-1) ?? ''];
      const { entryPoint = [], command = [] } = image ? readDockerfile(image) : {};
      const program = programOf([...entryPoint, ...command]) ?? '';
      if (OTHER_LANGUAGE.test(program)) {
        return `${container.id} is started by ${program}; the rehearsal runs Python services only`;
      }
    }
  } catch (error) {
    // a fact reports what is wrong
    if (!isAboutTemplate(error)) {
      throw error;
    }
  }
  return undefined;
}

const isDaemon = (image: string) => image.includes('aws-xray-daemon');
