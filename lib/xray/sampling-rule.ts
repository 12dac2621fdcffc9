import { Resource, Token } from 'aws-cdk-lib';
import * as xray from 'aws-cdk-lib/aws-xray';
import type { Construct, IConstruct } from 'constructs';
import { requireLength, requireNumber } from '../validation/prop-checks';
import { PropError } from '../validation/prop-error';
import { othersInEnvironment, requireUnique } from '../validation/same-environment';
import { idOfNamed, requireXRayName } from './names/xray-name';
import type { SamplingRuleProps } from './sampling-rule-props';

/**
 * Tells the X-Ray SDKs which share of the requests to record.
 *
 * The limits are those of `AWS::XRay::SamplingRule` and of the X-Ray API, which CloudFormation applies only at deployment.
 *
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
 */
export class SamplingRule extends Resource {
  /**
   * Name of the rule.
   *
   * @attribute
   */
  public readonly ruleName: string;

  /**
   * ARN of the rule.
   *
   * @attribute
   */
  public readonly ruleArn: string;

  /**
   * Order in which X-Ray tries the rule, lowest first.
   */
  public readonly priority: number;

  private readonly serviceName: string;

  /**
   * @throws for a value outside its limits, a list of paths, a name that another rule of the account and region has, and a
   * priority that such a rule has that is for the same service
   */
  constructor(scope: Construct, id: string, props: SamplingRuleProps) {
    super(scope, id);

    const { ruleName, priority, reservoirSize = 1, fixedRate = 0.05 } = props;
    const { serviceName = '*', serviceType = '*', host = '*' } = props;
    const { httpMethod = '*', urlPath = '*' } = props;
    requireXRayName('ruleName', ruleName);
    requireNumber('priority', priority, { min: 1, max: 9999, whole: true });
    requireNumber('reservoirSize', reservoirSize, { min: 0, whole: true });
    requireNumber('fixedRate', fixedRate, { min: 0, max: 1 });
    requireLength('serviceName', serviceName, 64);
    requireLength('serviceType', serviceType, 64);
    requireLength('host', host, 64);
    requireLength('httpMethod', httpMethod, 10);
    requireLength('urlPath', urlPath, 128);
    requireOnePattern(urlPath);
    const others = othersInEnvironment(this, isSamplingRule);
    const namesakes = others.filter((other) => other.ruleName === ruleName);
    const rivals = others.filter(
      (other) => other.priority === priority && other.mayMatch(serviceName),
    );
    requireUnique(this, 'ruleName', ruleName, 'in an account and region', namesakes);
    requireUnique(this, 'priority', priority, 'among the rules for one service', rivals);

    const rule = new xray.CfnSamplingRule(this, idOfNamed(ruleName), {
      samplingRule: {
        ruleName,
        // the only version that X-Ray has
        version: 1,
        priority,
        reservoirSize,
        fixedRate,
        serviceName,
        serviceType,
        host,
        httpMethod,
        urlPath,
        // every resource, and no attributes: the SDKs ignore rules with anything else
        resourceArn: '*',
      },
    });
    this.node.defaultChild = rule;
    this.ruleName = ruleName;
    this.ruleArn = rule.attrRuleArn;
    this.priority = priority;
    this.serviceName = serviceName;
  }

  /**
   * Whether a request to a service may match this rule: X-Ray tries two of one priority in no documented order.
   *
   * @param serviceName a name or a pattern
   */
  public mayMatch(serviceName: string): boolean {
    return (
      isPattern(serviceName) || isPattern(this.serviceName) || serviceName === this.serviceName
    );
  }
}

/**
 * Refuses a range of priorities of which a rule has one that is, or may be, for the same service.
 */
export function requireFreePriorities(
  scope: Construct,
  serviceName: string,
  first: number,
  last: number,
): void {
  const taken = othersInEnvironment(scope, isSamplingRule).find(
    (rule) => rule.priority >= first && rule.priority <= last && rule.mayMatch(serviceName),
  );
  if (taken) {
    throw new PropError(
      'priority',
      `leave ${first} to ${last} to the rules of this service, ${taken.node.path} already has ${taken.priority}`,
      last,
    );
  }
}

function isSamplingRule(construct: IConstruct): construct is SamplingRule {
  return construct instanceof SamplingRule;
}

function isPattern(name: string): boolean {
  return /[*?]/.test(name);
}

function requireOnePattern(urlPath: string): void {
  if (!Token.isUnresolved(urlPath) && urlPath.includes(',')) {
    throw new PropError(
      'urlPath',
      'be one pattern, X-Ray has no lists and would match the comma itself, make one rule for each path',
      urlPath,
    );
  }
}
