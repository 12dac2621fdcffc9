import { Duration, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { requireNumber } from '../validation/prop-checks';
import { PublicLoadBalancer } from './public-load-balancer';
import { TracedFargateTask, type TracedFargateTaskProps } from './traced-fargate-task';

/**
 * Properties for `TracedFargateService`.
 */
export interface TracedFargateServiceProps extends TracedFargateTaskProps {
  /**
   * Where the service runs. Its VPC needs public subnets in two zones: there is no NAT gateway, so the tasks reach X-Ray and
   * Honeycomb through public addresses.
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
   * @throws as `TracedFargateTask` does, and if `minTasks` is below 1 or `maxTasks` below `minTasks`
   */
  constructor(scope: Construct, id: string, props: TracedFargateServiceProps) {
    super(scope, id);

    const { cluster, certificate, healthCheckPath } = props;
    const { minTasks = TracedFargateService.DEFAULT_MIN_TASKS } = props;
    const { maxTasks = TracedFargateService.DEFAULT_MAX_TASKS } = props;
    requireTaskCounts(minTasks, maxTasks);

    const task = new TracedFargateTask(this, 'Task', props);
    this.taskDefinition = task.taskDefinition;
    this.logGroup = task.logGroup;
    const inVpc = scopeOfVpc(this, cluster.vpc);
    this.service = new ecs.FargateService(inVpc, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      assignPublicIp: true,
      // no desired count: each deployment would scale the service back to it
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    this.service
      .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });

    this.targetGroup = new elbv2.ApplicationTargetGroup(inVpc, 'Targets', {
      vpc: cluster.vpc,
      targets: [this.service],
      // constant, because another port is another target group, which is empty at first: ECS registers the container's
      port: 80,
      protocol: elbv2.ApplicationProtocol.HTTP,
      healthCheck: {
        path: healthCheckPath,
        // 404, because the load balancer asks the old tasks for a changed path until they are replaced, and they must not
        // count as unhealthy; the check in the container, which knows the path of its own task, demands 200
        healthyHttpCodes: '200,404',
        interval: Duration.seconds(30),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
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
