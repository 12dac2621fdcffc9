import { Duration } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { TracedFargateTaskProps } from './task/traced-fargate-task-props';

/**
 * The tasks of a service, as a load balancer sees them: checked at their health-check path, and drained before they stop.
 */
export function serviceTargets(
  scope: Construct,
  service: ecs.FargateService,
  { healthCheckPath, image }: Pick<TracedFargateTaskProps, 'healthCheckPath' | 'image'>,
): elbv2.ApplicationTargetGroup {
  return new elbv2.ApplicationTargetGroup(scope, 'Targets', {
    vpc: service.cluster.vpc,
    targets: [service],
    // constant, because another port is another target group, which is empty at first: ECS registers the container's
    port: 80,
    protocol: elbv2.ApplicationProtocol.HTTP,
    healthCheck: {
      path: healthCheckPath,
      // 404, because the load balancer asks the old tasks for a changed path until they are replaced, and they must not count
      // as unhealthy; only a check in the container, which knows the path of its own task, can then demand 200
      healthyHttpCodes: image.healthCheckCommand ? '200,404' : '200',
      interval: Duration.seconds(30),
      healthyThresholdCount: 2,
      unhealthyThresholdCount: 3,
    },
    // requests in flight have this long to finish before ECS stops a task
    deregistrationDelay: Duration.seconds(30),
  });
}
