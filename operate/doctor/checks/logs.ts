import { paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { ContainerDefinition } from '@aws-sdk/client-ecs';
import { DAEMON_ERROR_TERMS } from '../../../lib/operations/service-metrics';
import { quantity } from '../../../rehearsal/results/prose';
import { type Check, type Finding, healthy, wrong } from '../check';
import type { Deployment } from '../deployment';

const SHOWN_LINES = 3;
/** The most lines that are read. */
const MAX_LINES = 1000;

const DAEMON_LOG: Check = {
  id: 'daemon-log',
  question: 'Does the X-Ray daemon report errors?',
  asks: ['ecs:DescribeTaskDefinition', 'logs:FilterLogEvents'],
  run: async (deployment) => {
    const { containerDefinitions = [] } = await deployment.taskDefinition();
    const daemon = containerDefinitions.find(({ name }) => name === 'xray-daemon');
    if (!daemon) {
      return wrong('the task has no X-Ray daemon', 'npx cdk deploy');
    }
    const pattern = DAEMON_ERROR_TERMS.map((term) => `?"${term}"`).join(' ');
    const lines = await linesOf(deployment, daemon, pattern);
    return reported(
      lines.filter((line) => DAEMON_ERROR_TERMS.some((term) => line.includes(term))),
      daemon,
    );
  },
};

const APPLICATION_LOG: Check = {
  id: 'application-log',
  question: 'Does the application report warnings or errors?',
  asks: ['ecs:DescribeTaskDefinition', 'logs:FilterLogEvents'],
  run: async (deployment) => {
    const application = await deployment.application();
    const lines = await linesOf(deployment, application, '?WARNING ?ERROR ?CRITICAL');
    return reported(lines.flatMap(warningIn), application);
  },
};

export const LOG_CHECKS: readonly Check[] = [DAEMON_LOG, APPLICATION_LOG];

/** Returns the lines of a container in the last hour that match a filter pattern, at most about a thousand. */
export async function linesOf(
  deployment: Deployment,
  container: ContainerDefinition,
  filterPattern: string,
): Promise<readonly string[]> {
  const { logGroupName, logStreamNamePrefix } = streamsOf(container);
  const lines: string[] = [];
  // an empty page need not be the last one
  for await (const { events = [] } of paginateFilterLogEvents(
    { client: deployment.clients.logs },
    {
      logGroupName,
      logStreamNamePrefix,
      filterPattern,
      startTime: deployment.anHourAgo.getTime(),
    },
  )) {
    lines.push(...events.map(({ message = '' }) => message.trim()));
    if (lines.length >= MAX_LINES) {
      break;
    }
  }
  return lines;
}

function reported(lines: readonly string[], container: ContainerDefinition): Finding {
  const { logGroupName, logStreamNamePrefix } = streamsOf(container);
  return lines.length === 0
    ? healthy('nothing in the last hour')
    : wrong(
        `${quantity(lines.length, 'line')} in the last hour, the last: ${lines.slice(-SHOWN_LINES).join(' | ')}`,
        `aws logs tail ${logGroupName} --log-stream-name-prefix ${logStreamNamePrefix} --since 1h`,
      );
}

function streamsOf({ name = '', logConfiguration }: ContainerDefinition) {
  const { options = {} } = logConfiguration ?? {};
  return {
    logGroupName: options['awslogs-group'] ?? '',
    // ECS appends the container's name and the task's id
    logStreamNamePrefix: `${options['awslogs-stream-prefix'] ?? ''}/${name}/`,
  };
}

/** Returns the message of a line whose level is `WARNING` or higher. */
function warningIn(line: string): string[] {
  try {
    const { level, message, logger } = JSON.parse(line) as Record<string, unknown>;
    return ['WARNING', 'ERROR', 'CRITICAL'].includes(String(level))
      ? [`${String(level)} ${String(logger)}: ${String(message)}`]
      : [];
  } catch {
    // not JSON: written before logging is configured, or by another program
    return [line];
  }
}
