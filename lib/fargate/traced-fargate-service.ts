import { Duration, Token } from 'aws-cdk-lib';
import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
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
   * Where users reach the service.
   */
  public readonly url: string;

  /**
   * @throws as `TracedFargateTask` does, and if `minTasks` is below 1 or `maxTasks` below `minTasks`
   */
  constructor(scope: Construct, id: string, props: TracedFargateServiceProps) {
    super(scope, id);

    const { cluster, certificate, containerPort, healthCheckPath } = props;
    const { minTasks = TracedFargateService.DEFAULT_MIN_TASKS } = props;
    const { maxTasks = TracedFargateService.DEFAULT_MAX_TASKS } = props;
    requireTaskCounts(minTasks, maxTasks);

    this.taskDefinition = new TracedFargateTask(this, 'Task', props).taskDefinition;
    this.service = new ecs.FargateService(this, 'Service', {
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

    const loadBalancer = new PublicLoadBalancer(this, 'LoadBalancer', {
      vpc: cluster.vpc,
      certificate,
    });
    loadBalancer.listener.addTargets('Tasks', {
      targets: [this.service],
      port: containerPort,
      protocol: elbv2.ApplicationProtocol.HTTP,
      healthCheck: {
        path: healthCheckPath,
        interval: Duration.seconds(30),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
      // requests in flight have this long to finish before ECS stops a task
      deregistrationDelay: Duration.seconds(30),
    });
    this.url = loadBalancer.url;
  }
}

function requireTaskCounts(minTasks: number, maxTasks: number): void {
  requireNumber('minTasks', minTasks, { min: 1, whole: true });
  const min = Token.isUnresolved(minTasks) ? 1 : minTasks;
  requireNumber('maxTasks', maxTasks, { min, whole: true });
}
