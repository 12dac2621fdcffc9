import { Names } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { PropError } from '../validation/prop-error';
import { PublicLoadBalancer } from './public-load-balancer';
import { requireTaskCounts, scaleOnCpu } from './service-scaling';
import { serviceTargets } from './service-targets';
import { scopeOfVpc, taskNetwork } from './task-network';
import { TracedFargateTask } from './task/traced-fargate-task';
import type { TracedFargateServiceProps } from './traced-fargate-service-props';

/**
 * A Fargate service behind a public load balancer, unless you choose another one or none, with its requests traced in X-Ray and
 * in Honeycomb or another backend.
 */
export class TracedFargateService extends Construct {
  public static readonly DEFAULT_MIN_TASKS = 1;

  public static readonly DEFAULT_MAX_TASKS = 4;

  /**
   * What runs in a task: the application and the X-Ray daemon.
   */
  public readonly taskDefinition: ecs.FargateTaskDefinition;

  public readonly service: ecs.FargateService;

  /**
   * Where the application and the daemon write their logs.
   */
  public readonly logGroup: logs.LogGroup;

  private readonly inVpc: Construct;
  private readonly publicLoadBalancer?: PublicLoadBalancer;
  private targets?: elbv2.ApplicationTargetGroup;

  /**
   * @throws as `TracedFargateTask` does, if `minTasks` is below 1 or `maxTasks` below `minTasks`, for public subnets without
   * public addresses, and for a certificate without the public load balancer; at synth, if the tasks have no way out, or the
   * cluster has no such capacity provider
   */
  constructor(
    scope: Construct,
    id: string,
    private readonly props: TracedFargateServiceProps,
  ) {
    super(scope, id);

    const { cluster, certificate, image, enableExecuteCommand, publicLoadBalancer = true } = props;
    const { capacityProviderStrategies } = props;
    const { minTasks = TracedFargateService.DEFAULT_MIN_TASKS } = props;
    const { maxTasks = TracedFargateService.DEFAULT_MAX_TASKS } = props;
    requireTaskCounts(minTasks, maxTasks);
    if (certificate && !publicLoadBalancer) {
      throw new PropError('publicLoadBalancer', 'be true for `certificate`', false);
    }

    const task = new TracedFargateTask(this, 'Task', {
      ...props,
      image: enableExecuteCommand ? { ...image, readonlyRootFilesystem: false } : image,
    });
    this.taskDefinition = task.taskDefinition;
    this.logGroup = task.logGroup;
    this.inVpc = scopeOfVpc(this, cluster.vpc);
    this.service = new ecs.FargateService(this.inVpc, 'Service', {
      cluster,
      taskDefinition: this.taskDefinition,
      ...taskNetwork(this, this.taskDefinition, props),
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
    scaleOnCpu(this.service, minTasks, maxTasks);

    if (publicLoadBalancer) {
      this.targets = serviceTargets(this.inVpc, this.service, props);
      this.publicLoadBalancer = new PublicLoadBalancer(this.inVpc, 'LoadBalancer', {
        vpc: cluster.vpc,
        targetGroup: this.targets,
        certificate,
      });
    }
  }

  /**
   * Where users reach the service.
   *
   * @throws without the public load balancer
   */
  public get url(): string {
    return this.requirePublicLoadBalancer('url').url;
  }

  /**
   * The load balancer in front of the service.
   *
   * @throws without the public load balancer
   */
  public get loadBalancer(): elbv2.ApplicationLoadBalancer {
    return this.requirePublicLoadBalancer('loadBalancer').loadBalancer;
  }

  /**
   * The tasks, as the load balancer sees them.
   *
   * @throws without a load balancer
   */
  public get targetGroup(): elbv2.ApplicationTargetGroup {
    if (!this.targets) {
      throw new PropError('publicLoadBalancer', 'be true, or addToListener() called', false);
    }
    return this.targets;
  }

  /**
   * Puts a load balancer of your own in front of the service, whose listener forwards requests to it. Further rules and further
   * listeners of the same load balancer can follow.
   *
   * @param rule which requests to forward, by default all
   * @throws with the public load balancer: a target group cannot belong to two
   */
  public addToListener(listener: elbv2.IApplicationListener, rule: elbv2.AddRuleProps = {}): void {
    if (this.publicLoadBalancer) {
      throw new PropError('publicLoadBalancer', 'be false for a load balancer of your own', true);
    }
    this.targets ??= serviceTargets(this.inVpc, this.service, this.props);
    listener.addTargetGroups(`${Names.nodeUniqueId(this.node)}${rule.priority ?? ''}`, {
      ...rule,
      targetGroups: [this.targets],
    });
  }

  private requirePublicLoadBalancer(attribute: string): PublicLoadBalancer {
    if (!this.publicLoadBalancer) {
      throw new PropError('publicLoadBalancer', `be true for \`${attribute}\``, false);
    }
    return this.publicLoadBalancer;
  }
}
