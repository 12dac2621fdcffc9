import { Validations } from 'aws-cdk-lib';
import { version } from 'aws-cdk-lib/package.json';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { XRayDaemon } from '../../lib/xray/daemon/xray-daemon';
import { testStack } from '../app';

test('an aws-cdk-lib in which nothing can be acknowledged is refused with the version to use', () => {
  const taskDefinition = new ecs.FargateTaskDefinition(testStack(), 'Task');
  taskDefinition.addContainer('App', { image: ecs.ContainerImage.fromRegistry('example:1') });
  const prototype = Validations.prototype as Partial<Validations>;
  const { acknowledge } = prototype;
  // as in 2.251
  delete prototype.acknowledge;

  try {
    expect(() => {
      taskDefinition.addExtension(new XRayDaemon());
    }).toThrow(`aws-cdk-lib must be 2.252.0 or later, got: ${version}`);
  } finally {
    prototype.acknowledge = acknowledge;
  }
});
