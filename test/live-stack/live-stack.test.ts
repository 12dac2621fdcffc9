import { CONFIG_KEYS, type ConfigKey } from '../../lib/config/config-schema';
import { Change, references } from './change';
import { placeOf, RULES } from './rules';
import { env, synthesize, type Values } from './synthesize';

const certificate = (id: number) => `arn:aws:acm:us-east-1:${env.account}:certificate/${id}`;
const encryptionKey = `arn:aws:kms:us-east-1:${env.account}:key/1`;
const ownImage = `${env.account}.dkr.ecr.${env.region}.amazonaws.com/flask:1`;
const OTHER_PATH = 'running tasks are checked at a path that they may not serve';
const ANOTHER_ADDRESS = 'the load balancer gets another address';

interface Case {
  readonly from?: Values;
  readonly to: Values;
  /** The one rule that cannot hold. */
  readonly except?: string;
}

/** For each key, its changes; `stage` is in the name of the stack, so another one is another stack, tested below. */
const CASES: Readonly<Record<Exclude<ConfigKey, 'stage'>, Case>> = {
  serviceName: { to: { serviceName: 'another flask' } },
  groupName: { to: { groupName: 'Other' } },
  ruleName: { to: { ruleName: 'Other' } },
  samplingPriority: { to: { samplingPriority: 8999 } },
  samplingFixedRate: { to: { samplingFixedRate: 1 } },
  samplingReservoirSize: { to: { samplingReservoirSize: 0 } },
  honeycombApiKeySource: { to: { honeycombApiKeySource: 'existing' } },
  honeycombApiKeyParameterName: { to: { honeycombApiKeyParameterName: '/another/key' } },
  honeycombApiKeyEncryptionKeyArn: {
    from: { honeycombApiKeySource: 'existing' },
    to: { honeycombApiKeySource: 'existing', honeycombApiKeyEncryptionKeyArn: encryptionKey },
  },
  honeycombRegion: { to: { honeycombRegion: 'eu' } },
  backendImage: { to: { backendImage: ownImage } },
  cpuArchitecture: { to: { cpuArchitecture: 'arm64' } },
  cpu: { from: { memoryMiB: 1024 }, to: { memoryMiB: 1024, cpu: 512 } },
  memoryMiB: { to: { memoryMiB: 1024 } },
  minTasks: { to: { minTasks: 2 } },
  maxTasks: { to: { maxTasks: 8 } },
  containerPort: { to: { containerPort: 8080 } },
  healthCheckPath: { to: { healthCheckPath: '/up' } },
  // a load balancer cannot leave its VPC
  vpcId: { to: { vpcId: 'vpc-11111111' }, except: ANOTHER_ADDRESS },
  certificateArn: { to: { certificateArn: certificate(1) } },
  insights: { to: { insights: true, alarmEmail: 'operator@example.com' } },
  alarms: { to: { alarms: false } },
  alarmEmail: { to: { alarmEmail: 'operator@example.com' } },
  alarmTopicArn: {
    from: { alarmEmail: 'operator@example.com' },
    to: { alarmTopicArn: `arn:aws:sns:${env.region}:${env.account}:alarms` },
  },
  alarmErrorPercent: { to: { alarmErrorPercent: 1 } },
  alarmLatencySeconds: { to: { alarmLatencySeconds: 1 } },
  alarmFaultTraces: { to: { alarmFaultTraces: 5 } },
  monthlyTraceBudgetUsd: { to: { monthlyTraceBudgetUsd: 20 } },
  dashboard: { to: { dashboard: false } },
  restartOnNewKey: { to: { restartOnNewKey: false } },
};

/** Keys that people change together, and values that are neither the default. */
const COMBINATIONS: readonly Case[] = [
  { to: { serviceName: 'checkout', groupName: 'Checkout', ruleName: 'Checkout' } },
  { to: { cpu: 1024, memoryMiB: 2048, minTasks: 3, maxTasks: 9 } },
  { to: { backendImage: 'team/flask:1', cpuArchitecture: 'arm64' } },
  { to: { backendImage: ownImage, containerPort: 8080 } },
  {
    from: { backendImage: ownImage },
    to: { backendImage: 'team/flask:2', healthCheckPath: '/up' },
    // your own image answers both paths, as the README asks
    except: OTHER_PATH,
  },
  { to: { certificateArn: certificate(1), containerPort: 8080 } },
  { from: { certificateArn: certificate(1) }, to: { certificateArn: certificate(2) } },
  {
    from: { certificateArn: certificate(1) },
    to: { certificateArn: certificate(1), containerPort: 8080, healthCheckPath: '/up' },
  },
  {
    to: { honeycombApiKeySource: 'existing', honeycombApiKeyParameterName: '/team/key' },
  },
  { to: { honeycombRegion: 'eu', honeycombApiKeyParameterName: '/eu/key' } },
  {
    from: { vpcId: 'vpc-11111111' },
    to: { vpcId: 'vpc-22222222', certificateArn: certificate(1) },
    except: ANOTHER_ADDRESS,
  },
  {
    from: { stage: 'dev' },
    to: { stage: 'dev', groupName: 'Other', ruleName: 'Other', certificateArn: certificate(1) },
  },
];

test('every key has a case', () => {
  expect(['stage', ...Object.keys(CASES)].sort()).toEqual([...CONFIG_KEYS].sort());
});

describe.each(
  [...Object.values(CASES), ...COMBINATIONS].map(
    ({ from = {}, to, except }) =>
      [JSON.stringify(from), JSON.stringify(to), from, to, except] as const,
  ),
)('from %s to %s', (_from, _to, from, to, except) => {
  const [before, after] = [synthesize(from), synthesize(to)];

  test.each([
    ['there', new Change(before, after)],
    ['and back', new Change(after, before)],
  ])('%s', (_, change) => {
    const broken = Object.entries(RULES)
      .map(([rule, check]) => [rule, check(change)] as const)
      .filter(([, ids]) => ids.length > 0);

    expect(Object.fromEntries(broken)).toEqual(
      except === undefined ? {} : { [except]: expect.anything() as unknown },
    );
    expect(change.size).toBeGreaterThan(0);
  });
});

test.each<[Values, Values]>([
  [{}, { stage: 'dev' }],
  [{ stage: 'dev' }, { stage: 'dev-2' }],
  [{ ruleName: 'r'.repeat(25) }, { stage: 'a', ruleName: 'r'.repeat(23) }],
  [
    { stage: 'a', ruleName: 'r'.repeat(23) },
    { stage: 'b', ruleName: 'r'.repeat(23) },
  ],
])('the stacks of %j and %j do not collide', (one, other) => {
  const names = (values: Values) => {
    const template = synthesize(values);
    return Object.values(template.Resources)
      .map(placeOf)
      .filter((place) => place !== undefined && references(place, template).length === 0);
  };
  const taken = names(one);

  expect(taken.length).toBeGreaterThan(3);
  for (const name of names(other)) {
    expect(taken).not.toContainEqual(name);
  }
});
