import { matchesWildcard } from './wildcard';

/**
 * A sampling rule as X-Ray keeps it.
 */
export interface SamplingRule {
  readonly RuleName: string;
  readonly Priority: number;
  readonly FixedRate: number;
  readonly ReservoirSize: number;
  readonly ServiceName: string;
  readonly ServiceType: string;
  readonly Host: string;
  readonly HTTPMethod: string;
  readonly URLPath: string;
  readonly ResourceARN: string;
  readonly Version: number;
  readonly Attributes: Readonly<Record<string, string>>;
}

/** The rule that every account has, and that decides where no other rule matches. */
export const DEFAULT_RULE: SamplingRule = {
  RuleName: 'Default',
  Priority: 10_000,
  FixedRate: 0.05,
  ReservoirSize: 1,
  ServiceName: '*',
  ServiceType: '*',
  Host: '*',
  HTTPMethod: '*',
  URLPath: '*',
  ResourceARN: '*',
  Version: 1,
  Attributes: {},
};

/** The SDK's type for a service on ECS. */
const TYPE = 'AWS::ECS::Container';

export interface SampledRequest {
  readonly service: string;
  readonly host: string;
  readonly method: string;
  readonly path: string;
}

/**
 * Returns the rule that decides for a request: the one with the lowest priority number of those
 * that match it.
 */
export function decidingRule(
  rules: readonly SamplingRule[],
  { service, host, method, path }: SampledRequest,
): SamplingRule {
  // the SDK ignores a rule for a resource, or with attributes
  const usable = rules.filter(
    ({ Attributes, ResourceARN }) => ResourceARN === '*' && Object.keys(Attributes).length === 0,
  );
  const matching = usable.filter((rule) =>
    [
      [rule.ServiceName, service],
      [rule.ServiceType, TYPE],
      [rule.Host, host],
      [rule.HTTPMethod, method],
      [rule.URLPath, path],
    ].every(([pattern = '', text = '']) =>
      matchesWildcard(pattern.toLowerCase(), text.toLowerCase()),
    ),
  );
  return matching.sort((a, b) => a.Priority - b.Priority)[0] ?? DEFAULT_RULE;
}
