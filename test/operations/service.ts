import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { HoneycombApiKey } from '../../lib/honeycomb/honeycomb-api-key';
import { TracedFargateService } from '../../lib/fargate/traced-fargate-service';
import { ServiceMetrics } from '../../lib/operations/service-metrics';
import { TraceGroup } from '../../lib/xray/trace-group';
import { testStack } from '../app';

/** A traced service with its metrics, in a stack of its own. */
export function testService() {
  const stack = testStack();
  const backend = new TracedFargateService(stack, 'Backend', {
    cluster: new ecs.Cluster(stack, 'Cluster', { vpc: new ec2.Vpc(stack, 'Vpc') }),
    serviceName: 'backend',
    containerPort: 8080,
    healthCheckPath: '/up',
    image: { containerImage: ecs.ContainerImage.fromRegistry('backend:1') },
    honeycombApiKey: new HoneycombApiKey(stack, 'Key', { parameterName: '/k' }),
  });
  const metrics = new ServiceMetrics(stack, 'Metrics', {
    service: backend.service,
    loadBalancer: backend.loadBalancer,
    targetGroup: backend.targetGroup,
    logGroup: backend.logGroup,
    traceGroup: new TraceGroup(stack, 'Group', { groupName: 'G' }),
    faultTraceGroup: new TraceGroup(stack, 'FaultGroup', { groupName: 'G-faults' }),
  });
  return { stack, backend, metrics };
}
