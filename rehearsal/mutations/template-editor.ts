import type { Template } from '../template/resolver';

interface ContainerJson {
  Name: string;
  Environment?: { Name: string; Value: unknown }[];
  Secrets: { Name: string; ValueFrom: unknown }[];
  EntryPoint?: string[];
  Command: unknown[];
  WorkingDirectory?: string;
  DependsOn: { ContainerName: string; Condition: string }[];
  HealthCheck: { Command: string[] };
  RestartPolicy: { Enabled: boolean };
  Essential: boolean;
  Cpu: number;
  Memory: number;
  StopTimeout: number;
}

interface PolicyJson {
  PolicyDocument: { Statement: { Effect: string; Action: string | string[]; Resource: unknown }[] };
  Roles: unknown[];
}

/**
 * Gives access to the parts of a template that mutations change, and throws if a part is missing.
 */
export class TemplateEditor {
  constructor(public readonly template: Template) {}

  public get application(): ContainerJson {
    return this.containers()[0] ?? missing('container of the application');
  }

  public get daemon(): ContainerJson {
    return this.containers()[1] ?? missing('container of the daemon');
  }

  public get rule(): Record<string, unknown> {
    return this.ruleFor('*');
  }

  public get healthRule(): Record<string, unknown> {
    return this.ruleFor(String(this.targetGroup.HealthCheckPath));
  }

  public get group(): Record<string, unknown> {
    return this.properties('AWS::XRay::Group');
  }

  public get targetGroup(): Record<string, unknown> {
    return this.properties('AWS::ElasticLoadBalancingV2::TargetGroup');
  }

  public get parameter(): Record<string, unknown> {
    return this.properties('AWS::SSM::Parameter');
  }

  public get keyParameter(): { NoEcho?: boolean; Default?: unknown } {
    return this.template.Parameters?.HoneycombApiKey ?? missing('parameter HoneycombApiKey');
  }

  public get taskPolicy(): PolicyJson {
    return this.policy('xray:PutTraceSegments');
  }

  public get executionPolicy(): PolicyJson {
    return this.policy('ssm:GetParameters');
  }

  public taskRoleTrust(): { Principal: { Service: string } } {
    const [reference] = this.taskPolicy.Roles as [{ Ref: string }];
    const document = this.template.Resources[reference.Ref]?.Properties
      ?.AssumeRolePolicyDocument as { Statement: [{ Principal: { Service: string } }] };
    return document.Statement[0];
  }

  /** Sets a variable of a container; `undefined` removes it. */
  public setVariable(name: string, value: unknown, container = this.application): void {
    const others = (container.Environment ?? []).filter(({ Name }) => Name !== name);
    container.Environment =
      value === undefined ? others : [...others, { Name: name, Value: value }];
  }

  public removeAll(type: string): void {
    const kept = Object.entries(this.template.Resources).filter(([, { Type }]) => Type !== type);
    Object.assign(this.template, { Resources: Object.fromEntries(kept) });
  }

  private containers(): ContainerJson[] {
    return this.properties('AWS::ECS::TaskDefinition').ContainerDefinitions as ContainerJson[];
  }

  private ruleFor(path: string): Record<string, unknown> {
    return this.properties('AWS::XRay::SamplingRule', `"URLPath":"${path}"`).SamplingRule as Record<
      string,
      unknown
    >;
  }

  private policy(action: string): PolicyJson {
    return this.properties('AWS::IAM::Policy', action) as unknown as PolicyJson;
  }

  /** Returns the properties of the first resource of a type that contain a text. */
  private properties(type: string, text = ''): Record<string, unknown> {
    const found = Object.values(this.template.Resources).find(
      (resource) => resource.Type === type && JSON.stringify(resource.Properties).includes(text),
    );
    return found?.Properties ?? missing(`${type} with ${text}`);
  }
}

function missing(what: string): never {
  throw new Error(`the template has no ${what} to mutate`);
}
