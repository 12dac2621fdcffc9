import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { TaskPlacement } from './task-placement';
import type { TracedFargateTaskProps } from './task/traced-fargate-task-props';

/**
 * Properties for `TracedFargateService`.
 */
export interface TracedFargateServiceProps extends TracedFargateTaskProps, TaskPlacement {
  /**
   * Where the service runs. For the public load balancer, its VPC needs public subnets in two zones.
   */
  readonly cluster: ecs.ICluster;

  /**
   * The fewest tasks to run: whole, 1 or more.
   *
   * @default TracedFargateService.DEFAULT_MIN_TASKS
   */
  readonly minTasks?: number;

  /**
   * The most tasks to run: whole, `minTasks` or more. Tasks are added above 70 % CPU.
   *
   * @default TracedFargateService.DEFAULT_MAX_TASKS
   */
  readonly maxTasks?: number;

  /**
   * Whether operators may open a shell in a task, with ECS Exec. The application's root file system is then writable, because
   * the agent of ECS Exec writes to it.
   *
   * @default false
   */
  readonly enableExecuteCommand?: boolean;

  /**
   * Whether a public load balancer stands in front of the service. Without it the service has none, or, with
   * `addToListener()`, one of your own.
   *
   * @default true
   */
  readonly publicLoadBalancer?: boolean;

  /**
   * Certificate of the public load balancer, for HTTPS. HTTP is then redirected.
   *
   * @default - HTTP only
   */
  readonly certificate?: acm.ICertificate;
}
