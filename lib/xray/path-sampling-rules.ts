import { Construct } from 'constructs';
import { requireKnownAtSynth } from '../validation/prop-checks';
import { PropError, renamingProps } from '../validation/prop-error';
import { SamplingRule } from './sampling-rule';
import type { Sampling, SamplingRuleProps } from './sampling-rule-props';

/**
 * How the requests to one path are sampled. Whatever is not given is as for the rest of the service.
 */
export interface PathSampling extends Sampling {
  /**
   * Name of the sampling rule: 1 to 32 letters, digits and dashes, known at synth.
   *
   * @default - the service's `ruleName` and the path, such as `Cruddur-api-slow`
   */
  readonly ruleName?: string;
}

/**
 * A service and how it is sampled.
 */
export interface SampledService extends Sampling {
  /**
   * Name of the service, as it reports it in its segments: 1 to 64 characters.
   */
  readonly serviceName: string;

  /**
   * Name of its sampling rule.
   */
  readonly ruleName: string;
}

/**
 * Properties for `PathSamplingRules`.
 */
export interface PathSamplingRulesProps {
  /**
   * The paths, in the order in which X-Ray tries them. `*` stands for any text and `?` for one character.
   */
  readonly paths: Readonly<Record<string, PathSampling>>;

  /**
   * Priority of the first rule. Each further rule has the next one.
   */
  readonly firstPriority: number;

  /**
   * The service that has the paths. Its sampling applies where a path has none.
   */
  readonly service: SampledService;
}

/**
 * A sampling rule for each of several paths of a service.
 */
export class PathSamplingRules extends Construct {
  /**
   * The rules, in the order of the paths.
   */
  public readonly rules: SamplingRule[];

  /**
   * @throws for a value outside its limits, and for a name that another rule of the stack has
   */
  constructor(scope: Construct, id: string, props: PathSamplingRulesProps) {
    super(scope, id);

    const { paths, firstPriority, service } = props;
    this.rules = Object.entries(paths).map(([urlPath, path], index) =>
      renamingProps(
        (prop) => (prop === 'urlPath' ? 'paths' : `paths['${urlPath}'].${prop}`),
        () =>
          this.addRule({
            ruleName: path.ruleName ?? [service.ruleName, ...words(urlPath)].join('-'),
            priority: firstPriority + index,
            fixedRate: path.fixedRate ?? service.fixedRate,
            reservoirSize: path.reservoirSize ?? service.reservoirSize,
            serviceName: service.serviceName,
            urlPath,
          }),
      ),
    );
  }

  private addRule(props: SamplingRuleProps): SamplingRule {
    const { ruleName } = props;
    requireKnownAtSynth('ruleName', ruleName);
    if (this.node.tryFindChild(ruleName)) {
      throw new PropError('ruleName', 'be unique, another path already has it', ruleName);
    }
    return new SamplingRule(this, ruleName, props);
  }
}

function words(urlPath: string): readonly string[] {
  return urlPath.match(/[A-Za-z0-9]+/g) ?? [];
}
