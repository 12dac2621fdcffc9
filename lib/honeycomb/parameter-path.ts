import { Token } from 'aws-cdk-lib';

/**
 * Whether SSM accepts the name of a parameter, as a path.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
 */
export function isParameterPath(name: string): boolean {
  return /^(\/[\w.-]+){1,15}$/.test(name) && name.length <= 1011 && !/^\/(aws|ssm)/i.test(name);
}

/**
 * Refuses any other name, without showing it: people put a key there by mistake.
 */
export function requireParameterPath(parameterName: string): void {
  if (!Token.isUnresolved(parameterName) && !isParameterPath(parameterName)) {
    throw new Error(
      '`parameterName` must be the path of an SSM parameter, such as /cruddur/backend-flask/HONEYCOMB_API_KEY, not under /aws or /ssm, got: another value, not shown',
    );
  }
}
