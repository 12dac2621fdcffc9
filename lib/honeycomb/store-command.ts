import { Aws, CfnParameter, Lazy, Stack } from 'aws-cdk-lib';
import type * as kms from 'aws-cdk-lib/aws-kms';

/**
 * A shell command that updates one CloudFormation parameter of a deployed stack with the key that `HONEYCOMB_API_KEY` holds.
 */
export function updateParameterCommand(parameter: CfnParameter): string {
  const parameters = `'[{"ParameterKey":"${parameter.logicalId}","ParameterValue":"%s"}${otherParameters(parameter)}]'`;
  return `printf ${parameters} "$HONEYCOMB_API_KEY" | aws cloudformation update-stack --use-previous-template --capabilities CAPABILITY_IAM CAPABILITY_NAMED_IAM CAPABILITY_AUTO_EXPAND --region ${Aws.REGION} --stack-name ${Stack.of(parameter).stackName} --parameters file:///dev/stdin`;
}

/**
 * A shell command that writes the key that `HONEYCOMB_API_KEY` holds to a `SecureString`.
 */
export function putParameterCommand(parameterName: string, encryptionKey?: kms.IKey): string {
  const keyId = encryptionKey ? ` --key-id ${encryptionKey.keyArn}` : '';
  return `printf %s "$HONEYCOMB_API_KEY" | aws ssm put-parameter --overwrite --type SecureString${keyId} --region ${Aws.REGION} --name ${parameterName} --value file:///dev/stdin`;
}

/** An update keeps only the parameters that it names. Some are added as late as the synth. */
function otherParameters(parameter: CfnParameter): string {
  const stack = Stack.of(parameter);
  return Lazy.uncachedString({
    produce: () =>
      stack.node
        .findAll()
        .filter((construct) => construct instanceof CfnParameter)
        .filter((other) => Stack.of(other) === stack && other !== parameter)
        .map(
          ({ logicalId }) =>
            `,{"ParameterKey":"${String(stack.resolve(logicalId))}","UsePreviousValue":true}`,
        )
        .join(''),
  });
}
