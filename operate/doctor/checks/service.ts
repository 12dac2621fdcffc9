import type { Task } from '@aws-sdk/client-ecs';
import { quantity } from '../../../rehearsal/results/prose';
import { type Check, healthy, wrong } from '../check';
import type { Deployment } from '../deployment';

const DAEMON = 'xray-daemon';
const SHOWN_EVENTS = 3;

/** The other codes are of deployments, scaling in, operators, Spot interruptions, and retired hosts. */
const FAILED_STOPS: ReadonlySet<string | undefined> = new Set([
  'TaskFailedToStart',
  'EssentialContainerExited',
]);

const SERVICE: Check = {
  id: 'service',
  question: 'Does the service run the desired number of tasks?',
  asks: ['ecs:DescribeServices'],
  run: async (deployment) => {
    const {
      runningCount = 0,
      desiredCount = 0,
      deployments = [],
      events = [],
    } = await deployment.service();
    const failed = deployments.find(({ rolloutState }) => rolloutState === 'FAILED');
    const counts = `${runningCount} of ${desiredCount} tasks are running`;
    if (runningCount >= desiredCount && desiredCount > 0 && !failed) {
      return healthy(counts);
    }
    const last = events.slice(0, SHOWN_EVENTS).map(({ message = '' }) => message);
    return wrong(
      [counts, failed?.rolloutStateReason, ...last].filter(Boolean).join('; '),
      desiredCount === 0
        ? `aws ecs update-service ${names(deployment)} --desired-count 1`
        : `aws ecs describe-services --cluster ${deployment.cluster} --services ${serviceId(deployment)} --query 'services[0].events[:10].message' --output text`,
    );
  },
};

const STOPPED_TASKS: Check = {
  id: 'stopped-tasks',
  question: 'Did a task fail in the last hour?',
  asks: ['ecs:ListTasks', 'ecs:DescribeTasks'],
  run: async (deployment) => {
    const failed = (await deployment.tasks('STOPPED')).filter(({ stopCode }) =>
      FAILED_STOPS.has(stopCode),
    );
    const [task] = failed;
    if (!task) {
      return healthy('no task failed');
    }
    const why = reasonOf(task);
    return wrong(
      `${quantity(failed.length, 'task')} failed, the last one: ${why}`,
      nextFor(why, deployment),
    );
  },
};

const DAEMON_RUNNING: Check = {
  id: 'daemon',
  question: 'Does the X-Ray daemon run in every task?',
  asks: ['ecs:ListTasks', 'ecs:DescribeTasks'],
  run: async (deployment) => {
    const tasks = await deployment.tasks('RUNNING');
    const without = tasks.filter(
      ({ containers = [], lastStatus }) =>
        lastStatus === 'RUNNING' &&
        !containers.some((c) => c.name === DAEMON && c.lastStatus === 'RUNNING'),
    );
    if (tasks.length === 0) {
      return wrong('no task is running', restart(deployment));
    }
    return without.length === 0
      ? healthy(`it runs in ${tasks.length} of ${tasks.length} tasks`)
      : wrong(
          `it does not run in ${without.length} of ${tasks.length} tasks: ${without.map(({ taskArn = '' }) => taskArn.split('/').at(-1)).join(', ')}`,
          restart(deployment),
        );
  },
};

export const SERVICE_CHECKS: readonly Check[] = [SERVICE, STOPPED_TASKS, DAEMON_RUNNING];

/** Returns the command that replaces all tasks in a rolling deployment. */
export function restart(deployment: Deployment): string {
  return `aws ecs update-service --force-new-deployment ${names(deployment)}`;
}

function names(deployment: Deployment): string {
  return `--cluster ${deployment.cluster} --service ${serviceId(deployment)}`;
}

function serviceId(deployment: Deployment): string {
  return deployment.idOf('AWS::ECS::Service');
}

function reasonOf({ stoppedReason = '', containers = [] }: Task): string {
  const exits = containers
    .filter(({ exitCode, reason }) => reason !== undefined || (exitCode ?? 0) !== 0)
    .map(({ name = '', exitCode, reason }) =>
      [name, exitCode === undefined ? '' : `exited with ${exitCode}`, reason]
        .filter(Boolean)
        .join(' '),
    );
  return [stoppedReason, ...exits].filter(Boolean).join('; ');
}

function nextFor(reason: string, deployment: Deployment): string {
  if (/ssm|secret|parameter/i.test(reason)) {
    return 'npm run key';
  }
  if (reason.includes('CannotPull')) {
    return 'npx cdk deploy';
  }
  return `aws logs tail ${deployment.idOf('AWS::Logs::LogGroup')} --since 1h`;
}
