import { Duration, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { requireNumber } from '../validation/prop-checks';
import { PublicLoadBalancer } from './public-load-balancer';
import { taskNetwork, type TaskPlacement } from './task-placement';
import { TracedFargateTask, type TracedFargateTaskProps } from './traced-fargate-task';

/**
 * Properties for `TracedFargateService`.
 */
export interface TracedFargateServiceProps extends TracedFargateTaskProps, TaskPlacement {
  /**
   * Where the service runs. Its VPC needs public subnets in two zones, for the load balancer.
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
   * Certificate for HTTPS. HTTP is then redirected.
   *
   * @default - HTTP only
   */
  readonly certificate?: acm.ICertificate;
}

/**
 * A Fargate service behind a public load balancer, with its requests traced in X-Ray and Honeycomb.
 */
export class TracedFargateService extends Construct {
  public static readonly DEFAULT_MIN_TASKS = 1;

  public static readonly DEFAULT_MAX_TASKS = 4;

  /**
   * What runs in a task: the application and the X-Ray daemon.
   */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  /**
   * The ECS service.
   */
  public readonly service: ecs.FargateService;

  /**
   * Where the application and the daemon write their logs.
   */
  public readonly logGroup: logs.LogGroup;

  /**
   * The load balancer in front of the service.
   */
  public readonly loadBalancer: elbv2.ApplicationLoadBalancer;

  /**
   * The tasks, as the load balancer sees them.
   */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;

  /**
   * Where users reach the service.
   */
  public readonly url: string;

  /**
   * @throws as `TracedFargateTask` does, if `minTasks` is below 1 or `maxTasks` below `minTasks`, and for public subnets without
   * public addresses
   */
  constructor(scope: Construct, id: string, props: TracedFargateServiceProps) {
    super(scope, id);

    const { cluster, certificate, image, enableExecuteCommand } = props;
    const { capacityProviderStrategies } = props;
    const { minTasks = TracedFargateService.DEFAULT_MIN_TASKS } = props;
    const { maxTasks = TracedFargateService.DEFAULT_MAX_TASKS } = props;
    requireTaskCounts(minTasks, maxTasks);

    const task = new TracedFargateTask(this, 'Task', {
      ...props,
      image: enableExecuteCommand ? { ...image, readonlyRootFilesystem: false } : image,
    });
    this.taskDefinition = task.taskDefinition;
    this.logGroup = task.logGroup;
    const inVpc = scopeOfVpc(this, cluster.vpc);
    this.service = new ecs.FargateService(inVpc, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      ...taskNetwork(this, cluster.vpc, props),
      enableExecuteCommand,
      capacityProviderStrategies,
      // no desired count: each deployment would scale the service back to it
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    if (capacityProviderStrategies) {
      // ECS refuses a service whose capacity providers are not yet those of the cluster
      this.service.node.addDependency(cluster);
    }
    this.service
      .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });

    this.targetGroup = new elbv2.ApplicationTargetGroup(inVpc, 'Targets', {
      vpc: cluster.vpc,
      targets: [this.service],
      // constant, because another port is another target group, which is empty at first: ECS registers the container's
      port: 80,
      protocol: elbv2.ApplicationProtocol.HTTP,
      healthCheck: healthCheck(props),
      // requests in flight have this long to finish before ECS stops a task
      deregistrationDelay: Duration.seconds(30),
    });
    const { loadBalancer, url } = new PublicLoadBalancer(inVpc, 'LoadBalancer', {
      vpc: cluster.vpc,
      targetGroup: this.targetGroup,
      certificate,
    });
    this.loadBalancer = loadBalancer;
    this.url = url;
  }
}

function healthCheck({ healthCheckPath, image }: TracedFargateServiceProps): elbv2.HealthCheck {
  return {
    path: healthCheckPath,
    // 404, because the load balancer asks the old tasks for a changed path until they are replaced, and they must not count as
    // unhealthy; the check in the container, which knows the path of its own task, demands 200
    healthyHttpCodes: image.healthCheckCommand ? '200,404' : '200',
    interval: Duration.seconds(30),
    healthyThresholdCount: 2,
    unhealthyThresholdCount: 3,
  };
}

/**
 * A load balancer cannot move to another VPC. With the VPC's id in their ids, another VPC has another load balancer and
 * service, which are there before the old ones go. A VPC of the same app has no id yet.
 */
function scopeOfVpc(scope: Construct, { vpcId }: ec2.IVpc): Construct {
  return Token.isUnresolved(vpcId) ? scope : new Construct(scope, vpcId);
}

function requireTaskCounts(minTasks: number, maxTasks: number): void {
  requireNumber('minTasks', minTasks, { min: 1, whole: true });
  const min = Token.isUnresolved(minTasks) ? 1 : minTasks;
  requireNumber('maxTasks', maxTasks, { min, whole: true });
}
