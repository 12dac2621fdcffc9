import { Token } from 'aws-cdk-lib';
import { PropError } from '../validation/prop-error';

/**
 * The value of `OTEL_RESOURCE_ATTRIBUTES`. A value known only at deployment is used verbatim.
 *
 * @throws for a name that is not made of letters, digits, `.`, `_` and `-`
 */
export function renderResourceAttributes(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes)
    .map(([name, value]) => {
      if (!/^[\w.-]+$/.test(name)) {
        throw new PropError(
          'resourceAttributes',
          'have names of letters, digits, ., _ and -',
          name,
        );
      }
      return `${name}=${Token.isUnresolved(value) ? value : encodeURIComponent(value)}`;
    })
    .join(',');
}
