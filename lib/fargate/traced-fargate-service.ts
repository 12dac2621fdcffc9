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
   * Where the service runs. Its VPC needs public subnets in two zones: without a NAT gateway, that is how the tasks reach
   * X-Ray and Honeycomb.
   */
  readonly cluster: ecs.ICluster;

  /**
   * How many tasks run at least: whole, 1 or more.
   *
   * @default 1
   */
  readonly minTasks?: number;

  /**
   * How many tasks run at most: whole, `minTasks` or more. Tasks are added above 70 % CPU.
   *
   * @default 4
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
 * A service on Fargate behind a public load balancer, its requests traced in X-Ray and Honeycomb.
 */
export class TracedFargateService extends Construct {
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
   * @throws as `TracedFargateTask` does, and for fewer tasks than 1 or than `minTasks`
   */
  constructor(scope: Construct, id: string, props: TracedFargateServiceProps) {
    super(scope, id);

    const { cluster, certificate, minTasks = 1, maxTasks = 4 } = props;
    requireTaskCounts(minTasks, maxTasks);

    const task = new TracedFargateTask(this, 'Task', props);
    this.taskDefinition = task.taskDefinition;
    const inVpc = scopeOfVpc(this, cluster.vpc);
    this.service = new ecs.FargateService(inVpc, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
      assignPublicIp: true,
      // no desired count: a deployment would set a service back to it that has scaled out
      minHealthyPercent: 100,
      maxHealthyPercent: 200,
      circuitBreaker: { rollback: true },
      propagateTags: ecs.PropagatedTagSource.SERVICE,
    });
    this.service
      .autoScaleTaskCount({ minCapacity: minTasks, maxCapacity: maxTasks })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 70 });

    const targetGroup = new elbv2.ApplicationTargetGroup(inVpc, 'Targets', {
      vpc: cluster.vpc,
      targets: [this.service],
      // constant, because another port is another target group, which is empty at first: ECS registers the container's
      port: 80,
      protocol: elbv2.ApplicationProtocol.HTTP,
      healthCheck: {
        path: task.healthCheckPath,
        // 404, because the load balancer asks the old tasks for a changed path until they are replaced, and they must not
        // count as unhealthy; the check in the container, which knows the path of its own task, demands 200
        healthyHttpCodes: '200,404',
        interval: Duration.seconds(30),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 3,
      },
      // ECS stops a task only when this time for its requests in flight is over
      deregistrationDelay: Duration.seconds(30),
    });
    const loadBalancer = new PublicLoadBalancer(inVpc, 'LoadBalancer', {
      vpc: cluster.vpc,
      targetGroup,
      certificate,
    });
    this.url = loadBalancer.url;
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
