/**
 * How many requests are recorded.
 */
export interface Sampling {
  /**
   * Requests to record each second before `fixedRate` applies, counted over all hosts together: whole, 0 or more.
   *
   * @default 1 - as in X-Ray's own rule `Default`
   */
  readonly reservoirSize?: number;

  /**
   * Share of the further requests to record, from 0 to 1.
   *
   * @default 0.05 - as in X-Ray's own rule `Default`
   */
  readonly fixedRate?: number;
}

/**
 * Properties for `SamplingRule`.
 *
 * In `serviceName`, `host` and `urlPath`, `*` stands for any text and `?` for one character.
 */
export interface SamplingRuleProps extends Sampling {
  /**
   * Name of the rule: 1 to 32 letters, digits and dashes, not `Default`, unique in the account and region.
   *
   * Another name makes another rule, then the old one is deleted: X-Ray cannot rename it.
   */
  readonly ruleName: string;

  /**
   * Order in which X-Ray tries the rule: whole, 1 to 9999, lowest first. X-Ray's own rule `Default` comes last, at 10000.
   */
  readonly priority: number;

  /**
   * Name of the service, as it reports it in its segments: 1 to 64 characters.
   *
   * @default - every service
   */
  readonly serviceName?: string;

  /**
   * What the service runs on, such as `AWS::ECS::Container`: the origin of its segments, 1 to 64 characters.
   *
   * @default - everything
   */
  readonly serviceType?: string;

  /**
   * The `Host` header of the request, 1 to 64 characters.
   *
   * @default - every host
   */
  readonly host?: string;

  /**
   * The method of the request, 1 to 10 characters.
   *
   * @default - every method
   */
  readonly httpMethod?: string;

  /**
   * The path of the request, 1 to 128 characters. One pattern: X-Ray has no lists.
   *
   * @default - every path
   */
  readonly urlPath?: string;
}
