import { isDeepStrictEqual } from 'node:util';
import { type Change, idsOf, references, type Resource, type Template } from './change';

type Properties = Readonly<Record<string, unknown>>;

const GROUP = 'AWS::XRay::Group';
const RULE = 'AWS::XRay::SamplingRule';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const POLICY = 'AWS::IAM::Policy';
const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const TASK_DEFINITION = 'AWS::ECS::TaskDefinition';

/** What only one resource can have. For the other types it is the name, if the template sets one. */
const UNIQUE: Readonly<Record<string, (properties: Properties) => unknown>> = {
  [LISTENER]: ({ LoadBalancerArn, Port }) => [LoadBalancerArn, Port],
  [RULE]: ({ SamplingRule }) => (SamplingRule as { RuleName: string }).RuleName,
  'AWS::ApplicationAutoScaling::ScalableTarget': ({ ResourceId }) => ResourceId,
  'AWS::ApplicationAutoScaling::ScalingPolicy': ({ ScalingTargetId, PolicyName }) => [
    ScalingTargetId,
    PolicyName,
  ],
  'AWS::EC2::Route': ({ RouteTableId, DestinationCidrBlock }) => [
    RouteTableId,
    DestinationCidrBlock,
  ],
  'AWS::EC2::SecurityGroupIngress': ({ GroupId, SourceSecurityGroupId, FromPort, ToPort }) => [
    GroupId,
    SourceSecurityGroupId,
    FromPort,
    ToPort,
  ],
  'AWS::EC2::Subnet': ({ VpcId, CidrBlock }) => [VpcId, CidrBlock],
  'AWS::EC2::SubnetRouteTableAssociation': ({ SubnetId }) => SubnetId,
  'AWS::EC2::VPCGatewayAttachment': ({ VpcId }) => VpcId,
  [POLICY]: ({ Roles, PolicyName }) => [Roles, PolicyName],
};

/** Returns what no other resource can have, or `undefined` if AWS generates the name. */
export function placeOf({ Type, Properties }: Resource): readonly unknown[] | undefined {
  const name = `${Type.split('::')[2] ?? ''}Name`;
  const place = UNIQUE[Type]?.(Properties) ?? Properties.Name ?? Properties[name];
  return place === undefined ? undefined : [Type, place];
}

/** What must not happen to a stack that is in use. Each rule returns the IDs that break it. */
export const RULES: Readonly<Record<string, (change: Change) => string[]>> = {
  'a resource is created where another one still is': ({ before, after, created }) => {
    const held = Object.values(before.Resources).map(placeOf);
    return created.filter((id) => {
      const place = placeOf(resourceOf(after, id));
      // what is inside of a new resource is free
      const isInside = references(place, after).some((other) => created.includes(other));
      return place !== undefined && !isInside && includes(held, place);
    });
  },

  'X-Ray has to rename': (change) =>
    [GROUP, RULE]
      .flatMap((type) => change.remaining(type))
      .filter((resource) => !isDeepStrictEqual(placeOf(resource.old), placeOf(resource.new)))
      .map(({ id }) => id),

  'the load balancer gets another address': ({ before, deleted }) =>
    idsOf(before, LOAD_BALANCER).filter((id) => deleted.includes(id)),

  'the load balancer moves to other subnets': (change) =>
    losing(change, LOAD_BALANCER, ({ Subnets }) => Subnets),

  'a port is closed that requests come through': (change) =>
    losing(change, SECURITY_GROUP, ({ SecurityGroupIngress }) => SecurityGroupIngress),

  'requests go to a target group that has no targets yet': (change) =>
    change
      .remaining(LISTENER)
      .filter((listener) =>
        references(listener.new.Properties.DefaultActions, change.after).some((id) =>
          change.created.includes(id),
        ),
      )
      .map(({ id }) => id),

  'requests are redirected to a port before it listens': (change) =>
    change
      .remaining(LISTENER)
      .filter((listener) => {
        const [action] = listener.new.Properties.DefaultActions as {
          readonly RedirectConfig?: { readonly Port: string };
        }[];
        return idsOf(change.after, LISTENER)
          .filter((id) => change.created.includes(id) && !listener.new.DependsOn?.includes(id))
          .map((id) => String(resourceOf(change.after, id).Properties.Port))
          .some((port) => port === action?.RedirectConfig?.Port);
      })
      .map(({ id }) => id),

  'running tasks are checked at a path that they may not serve': (change) =>
    change
      .remaining(TARGET_GROUP)
      .filter(({ old, new: { Properties } }) => {
        const { HttpCode } = (Properties.Matcher ?? { HttpCode: '200' }) as { HttpCode: string };
        const isOtherPath = old.Properties.HealthCheckPath !== Properties.HealthCheckPath;
        return isOtherPath && !HttpCode.split(',').includes('404');
      })
      .map(({ id }) => id),

  'new tasks use what is deleted': ({ before, after, deleted }) => {
    const tasks = JSON.stringify(idsOf(after, TASK_DEFINITION).map((id) => after.Resources[id]));
    return deleted.filter((id) => {
      const [, name] = placeOf(resourceOf(before, id)) ?? [];
      return typeof name === 'string' && tasks.includes(`${name}"`);
    });
  },

  'running tasks lose a permission': (change) =>
    losing(change, POLICY, ({ PolicyDocument, Roles }) => {
      const isOfTask = references(Roles, change.before).some((id) =>
        taskRoles(change.before).includes(id),
      );
      return isOfTask ? (PolicyDocument as { Statement: unknown }).Statement : [];
    }),
};

/** Ids of the remaining resources with an entry less in a list. */
function losing(
  change: Change,
  type: string,
  listOf: (properties: Properties) => unknown,
): string[] {
  return change
    .remaining(type)
    .filter((resource) => {
      const [old, updated] = [resource.old, resource.new].map(
        ({ Properties }) => (listOf(Properties) ?? []) as unknown[],
      );
      return old?.some((entry) => !includes(updated ?? [], entry));
    })
    .map(({ id }) => id);
}

function includes(list: readonly unknown[], value: unknown): boolean {
  return list.some((entry) => isDeepStrictEqual(entry, value));
}

function resourceOf({ Resources }: Template, id: string): Resource {
  const resource = Resources[id];
  if (!resource) {
    throw new Error(`no resource ${id}`);
  }
  return resource;
}

function taskRoles(template: Template): string[] {
  return idsOf(template, TASK_DEFINITION).flatMap((id) =>
    references(resourceOf(template, id).Properties.TaskRoleArn, template),
  );
}
