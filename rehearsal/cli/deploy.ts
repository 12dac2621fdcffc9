/**
 * npm run rehearse:deploy: the real CDK CLI deploys, updates and removes the stack, against an
 * emulator of AWS on this machine.
 */
import { join } from 'node:path';
import { readAssembly } from '../template/assembly';
import { command, newKey, printTotals } from './command';
import { Emulator } from '../emulator/emulator';
import { runToEnd } from '../testbed/processes';
import { renderTable } from '../report/table';
import type { Row } from '../results/result';

/** Given, the stack builds no image, so that no Docker is needed. */
const IMAGE = 'cruddur:backendImage=public.ecr.aws/nginx/nginx:1.29.3';
const NEW_RATE = 0.25;
const CDK = 'node_modules/.bin/cdk';

interface Step {
  readonly id: string;
  readonly claim: string;
  /** @returns whether the claim holds, and a figure */
  readonly play: () => Promise<[boolean, string]>;
}

/** Types that the emulator passes over and still says CREATE_COMPLETE. Nothing is shown of them. */
const PASSED_OVER = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
];

void command(async (directory, progress) => {
  const key = newKey();
  const output: string[] = [];
  progress('starting the emulator');
  const emulator = await Emulator.start();

  /** Runs a command that the README gives. @returns whether it ended well */
  const run = async (program: string, ...args: string[]): Promise<boolean> => {
    progress([program, ...args].join(' ').replace(key, '"$HONEYCOMB_API_KEY"'));
    const { ok, text } = await runToEnd(program, args, emulator.variables);
    output.push(text);
    if (!ok) {
      console.log(text.replaceAll(key, '<the key>').trim().split('\n').slice(-12).join('\n'));
    }
    return ok;
  };

  const [first, second] = [join(directory, 'first'), join(directory, 'second')];
  const synth = [CDK, 'synth', '--quiet', '-c', IMAGE, '--output'] as const;
  await run(...synth, first);
  await run(...synth, second, '-c', `cruddur:samplingFixedRate=${NEW_RATE}`);
  const { stackName, template } = readAssembly(first);
  const parameter = Object.values(template.Resources).find(
    ({ Type }) => Type === 'AWS::SSM::Parameter',
  );
  const stored = () =>
    emulator.parameterStore('GetParameter', { Name: parameter?.Properties?.Name });
  const holdsKey = async () => JSON.stringify(await stored()).includes(`"Value":"${key}"`);

  const steps: readonly Step[] = [
    {
      id: 'bootstrap',
      claim: 'cdk bootstrap',
      play: async () => [await run(CDK, 'bootstrap', emulator.environment, '--app', first), ''],
    },
    {
      id: 'deploy',
      claim: 'npm run deploy, with the key given as the README says',
      play: async () => {
        const options = ['--require-approval', 'never', '-c', IMAGE];
        const given = ['--parameters', `HoneycombApiKey=${key}`];
        return [await run('npm', 'run', 'deploy', '--', ...options, ...given), ''];
      },
    },
    {
      id: 'passed-over',
      claim: `The emulator makes all types but ${PASSED_OVER.join(', ')}`,
      play: async () => {
        const made = typesIn(
          await emulator.query('cloudformation', 'ListStackResources', { StackName: stackName }),
        );
        const types = new Set(Object.values(template.Resources).map(({ Type }) => Type));
        types.delete('AWS::CDK::Metadata');
        const passedOver = [...types].filter((type) => !made.includes(type)).sort();
        return [
          passedOver.join() === PASSED_OVER.join(),
          `made ${made.join(', ')}; passed over ${passedOver.join(', ')}`,
        ];
      },
    },
    {
      id: 'parameter',
      claim: 'The parameter holds the key',
      play: async () => [await holdsKey(), String(parameter?.Properties?.Name)],
    },
    {
      id: 'update',
      claim: `An update changes the sampling rate to ${NEW_RATE}`,
      play: async () => {
        const options = ['--app', second, '--require-approval', 'never'];
        // the emulator knows neither the change set of an update nor the default of a parameter
        const bootstrap = 'BootstrapVersion=/cdk-bootstrap/hnb659fds/version';
        const gaps = ['--method', 'direct', '--parameters', bootstrap];
        const ok = await run(CDK, 'deploy', ...options, ...gaps);
        const now = await emulator.query('cloudformation', 'GetTemplate', { StackName: stackName });
        const [rate] = /FixedRate\W+[\d.]+/.exec(now) ?? [''];
        return [ok && rate.endsWith(String(NEW_RATE)), rate.replace(/\W+/, ' ')];
      },
    },
    {
      id: 'key-kept',
      claim: 'The update keeps the key without asking for it',
      play: async () => [await holdsKey(), String(parameter?.Properties?.Name)],
    },
    {
      id: 'diff',
      claim: 'cdk diff finds nothing after the deployment, and finds a change',
      play: async () => {
        const diff = [CDK, 'diff', '--fail', '--no-change-set', '--app'] as const;
        const same = await run(...diff, second);
        const { ok } = await runToEnd(diff[0], [...diff.slice(1), first], emulator.variables);
        return [same && !ok, `${same ? 'no' : 'a'} difference, then ${ok ? 'none' : 'one'}`];
      },
    },
    {
      id: 'destroy',
      // of ECS and of log groups the emulator takes nothing away
      claim: 'cdk destroy leaves no stack, parameter, load balancer, network',
      play: async () => {
        const ok = await run(CDK, 'destroy', '--force', '--app', second);
        const left = await leftBehind(emulator, stackName, stored);
        return [ok && left.length === 0, left.join(', ') || 'nothing left'];
      },
    },
    {
      id: 'emulator-sound',
      claim: 'The emulator failed on no request',
      play: () => Promise.resolve([emulator.failures.length === 0, emulator.failures[0] ?? '']),
    },
    {
      id: 'key-hidden',
      claim: 'No command printed the key',
      play: () => Promise.resolve([!output.some((text) => text.includes(key)), '']),
    },
  ];

  const rows: Row[] = [];
  for (const { id, claim, play } of steps) {
    const [kept, figure] = await play();
    const outcome = kept ? 'passed' : 'failed';
    rows.push({
      id,
      subject: 'Deployment',
      claim,
      outcome,
      data: figure,
      figure: () => figure || (kept ? 'done' : 'failed'),
    });
    if (!kept) {
      break;
    }
  }
  await emulator.stop();
  console.log(renderTable(rows));
  return printTotals('deploy', rows);
});

function typesIn(xml: string): string[] {
  const types = [...xml.matchAll(/<ResourceType>([^<]+)</g)].map(([, type = '']) => type);
  return [...new Set(types)].sort();
}

async function leftBehind(
  emulator: Emulator,
  stackName: string,
  stored: () => Promise<Record<string, unknown>>,
): Promise<string[]> {
  const stack = await emulator.query('cloudformation', 'DescribeStacks', { StackName: stackName });
  const balancers = await emulator.query('elasticloadbalancing', 'DescribeLoadBalancers');
  const networks = await emulator.query('ec2', 'DescribeVpcs');
  const found = {
    stack: !stack.includes('does not exist'),
    parameter: 'Parameter' in (await stored()),
    'load balancer': balancers.includes('<LoadBalancerArn>'),
    network: networks.includes('<isDefault>false<'),
  };
  return Object.entries(found).flatMap(([what, isThere]) => (isThere ? [what] : []));
}
