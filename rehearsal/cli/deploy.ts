/**
 * npm run rehearse:deploy: the commands of the README, as written, deploy, change, and remove
 * the stack, against an emulator of AWS on this machine.
 */
import { dirname, delimiter } from 'node:path';
import { Emulator } from '../emulator/emulator';
import { filesHolding } from '../emulator/file-search';
import { HoneycombAuth } from '../emulator/honeycomb-auth';
import { makeCertificate } from '../doubles/certificate';
import { HONEYCOMB_HOSTS } from '../doubles/honeycomb';
import { freePorts } from '../testbed/ports';
import { Operator, type Outcome } from '../emulator/operator';
import { renderTable } from '../report/table';
import { redact, type Row, unavailable } from '../results/result';
import { readAssemblies } from '../template/assembly';
import { command, newKey, printTotals } from './command';

/** Given, the stack builds no image, so that no Docker is needed. */
const IMAGE = '-c cruddur:backendImage=public.ecr.aws/nginx/nginx:1.29.3';
const DEPLOY = `npx cdk deploy ${IMAGE} --require-approval never`;
const EXISTING = '-c cruddur:honeycombApiKeySource=existing';
const PIPED_KEY = 'printf %s "$HONEYCOMB_API_KEY" | npm run key';

/** The first deployment is validated, as each is without this; the others change little. */
const FAST = { CDK_VALIDATION: 'false' };

const STACK = 'CruddurTracing';
const DECLARED = '/cruddur/backend-flask/HONEYCOMB_API_KEY';
const SECURE = '/cruddur/backend-flask/HONEYCOMB_API_KEY_SECURE';
const STAGED = '/cruddur/dev/backend-flask/HONEYCOMB_API_KEY';
const NOT_STORED = 'not-stored';

/** Types that the emulator skips, although it reports CREATE_COMPLETE. Nothing is proved about them. */
const SKIPPED = [
  'AWS::ApplicationAutoScaling::ScalableTarget',
  'AWS::ApplicationAutoScaling::ScalingPolicy',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::Logs::MetricFilter',
  'AWS::XRay::Group',
  'AWS::XRay::SamplingRule',
];

const SUBJECT = 'Deployment';

interface Step {
  readonly id: string;
  readonly claim: string;
  /** Why this machine cannot tell. */
  readonly unavailable?: string | false;
  /** @returns whether the claim holds, and a figure */
  readonly run: () => Promise<readonly [boolean, string]>;
}

void command(async (directory, progress) => {
  const [first, second, unknown] = [newKey(), newKey(), newKey()];
  const secrets = [first, second, unknown];
  progress('starting the emulator');
  const emulator = await Emulator.start();
  const [port = 0] = await freePorts(1);
  const honeycomb = new HoneycombAuth(port, makeCertificate(directory, HONEYCOMB_HOSTS));
  await honeycomb.up();
  honeycomb.known.add(first).add(second);
  const operator = new Operator({
    directory,
    secrets,
    python: emulator.python,
    variables: {
      ...emulator.variables,
      PATH: [dirname(emulator.python), process.env.PATH].join(delimiter),
    },
  });

  const report = ({ ok, text }: Outcome): string | undefined => {
    if (ok) {
      return text;
    }
    const shown = secrets.reduce(redact, text);
    console.log(shown.trim().split('\n').slice(-12).join('\n'));
    return undefined;
  };
  /** Runs a command of the README. @returns its output; `undefined` if it failed */
  const run = async (line: string, key = ''): Promise<string | undefined> => {
    progress(line);
    const variables = key === '' ? FAST : { HONEYCOMB_API_KEY: key, ...honeycomb.variables };
    return report(await operator.run(line, variables));
  };
  const runInTerminal = async (line: string, question: string, answer: string) => {
    progress(`${line}   (in a terminal)`);
    const { variables } = honeycomb;
    return report(await operator.runInTerminal(line, question, answer, variables));
  };

  const parameter = (name: string) =>
    emulator.aws(`ssm get-parameter --with-decryption --query Parameter.Value --name ${name}`);
  const template = async () =>
    JSON.stringify(await emulator.aws(`cloudformation get-template --stack-name ${STACK}`));
  const outputs = async () => {
    const query = 'Stacks[0].Outputs[].[OutputKey,OutputValue]';
    const found = await emulator.aws(
      `cloudformation describe-stacks --stack-name ${STACK} --query ${query}`,
    );
    return Object.fromEntries((found ?? []) as [string, string][]) as Partial<
      Record<string, string>
    >;
  };
  const deploymentId = async () => {
    const { ClusterName: cluster = '', ServiceName: service = '' } = await outputs();
    return emulator.aws(
      `ecs describe-services --query services[0].deployments[0].id --cluster ${cluster} --services ${service}`,
    );
  };

  /** An update from the README's table of keys, and what shows that it was made. */
  const update = (what: string, options: string, isMade: () => Promise<boolean>): Step => ({
    id: `update-${what.replaceAll(' ', '-')}`,
    claim: `An update changes ${what}, and the tasks keep a key`,
    run: async () => {
      const ok = await run(`${DEPLOY} ${options}`);
      const { HoneycombApiKeyParameterName: name = '' } = await outputs();
      const keepsKey = secrets.includes(String(await parameter(name)));
      return [ok !== undefined && keepsKey && (await isMade()), name];
    },
  });
  const arn = await emulator.aws(
    'acm request-certificate --domain-name cruddur.com --query CertificateArn',
  );
  const certificate = `-c cruddur:certificateArn=${String(arn)}`;
  const changed = `${certificate} -c cruddur:containerPort=8080`;
  const listens = async (port: number) => {
    const balancers = 'elbv2 describe-load-balancers --query LoadBalancers[0].LoadBalancerArn';
    const listeners = 'elbv2 describe-listeners --query Listeners[].Port --load-balancer-arn';
    const ports = await emulator.aws(`${listeners} ${String(await emulator.aws(balancers))}`);
    return (ports as number[]).includes(port);
  };

  const steps: readonly Step[] = [
    {
      id: 'bootstrap',
      claim: 'npx cdk bootstrap',
      run: async () => [(await run(`npx cdk bootstrap ${IMAGE}`)) !== undefined, ''],
    },
    {
      id: 'deploy',
      claim: 'npx cdk deploy needs no key, and an output says that none is stored',
      run: async () => {
        const ok = await runInTerminal(`npx cdk deploy ${IMAGE}`, '(y/n)', 'y');
        const { HoneycombApiKeyState: state = '' } = await outputs();
        const stored = await parameter(DECLARED);
        return [ok !== undefined && stored === NOT_STORED && state.startsWith('not stored'), state];
      },
    },
    {
      id: 'skipped-types',
      claim: `The emulator creates all types but ${SKIPPED.join(', ')}`,
      run: async () => {
        const query = 'StackResourceSummaries[].ResourceType';
        const resources = await emulator.aws(
          `cloudformation list-stack-resources --stack-name ${STACK} --query ${query}`,
        );
        const created = [...new Set(resources as string[])].filter(Boolean).sort();
        const Resources = readAssemblies('cdk.out')[0]?.template.Resources ?? {};
        const types = new Set(Object.values(Resources).map(({ Type }) => Type));
        types.delete('AWS::CDK::Metadata');
        const skipped = [...types].filter((type) => !created.includes(type)).sort();
        return [
          skipped.join() === SKIPPED.join(),
          `created ${created.join(', ')}; skipped ${skipped.join(', ')}`,
        ];
      },
    },
    {
      id: 'key-terminal',
      claim: 'npm run key asks for the key, verifies and stores it, and the tasks are replaced',
      run: async () => {
        const before = await deploymentId();
        const text = await runInTerminal('npm run key', 'Honeycomb API key', first);
        const { HoneycombApiKeyState: state } = await outputs();
        return [
          text?.includes('team Cruddur, environment Rehearsal') === true &&
            text.includes('All tasks have the key') &&
            (await parameter(DECLARED)) === first &&
            (await deploymentId()) !== before &&
            state === 'stored',
          'team Cruddur, environment Rehearsal',
        ];
      },
    },
    {
      id: 'key-piped',
      claim: 'npm run key accepts a new key from standard input',
      run: async () => {
        const ok = await run(PIPED_KEY, second);
        return [ok !== undefined && (await parameter(DECLARED)) === second, ''];
      },
    },
    {
      id: 'key-refused',
      claim: 'npm run key refuses a key that Honeycomb does not know',
      run: async () => {
        const ok = await run(PIPED_KEY, unknown);
        return [ok === undefined && (await parameter(DECLARED)) === second, ''];
      },
    },
    {
      id: 'key-outputs',
      claim: 'The commands of the outputs store a key and restart the tasks, by the AWS CLI alone',
      run: async () => {
        const { StoreHoneycombApiKeyCommand: store = '', RestartTasksCommand: restart = '' } =
          await outputs();
        const before = await deploymentId();
        const ok = [await run(store, first), await run(restart)].every(
          (text) => text !== undefined,
        );
        const isStored = (await parameter(DECLARED)) === first;
        return [ok && isStored && (await deploymentId()) !== before, ''];
      },
    },
    {
      id: 'diff',
      claim: 'npx cdk diff finds nothing after the deployment, and finds a change',
      run: async () => {
        const diff = `npx cdk diff --method=template --fail ${IMAGE}`;
        const same = (await run(diff)) !== undefined;
        const { ok } = await operator.run(`${diff} -c cruddur:samplingFixedRate=0.25`, FAST);
        return [same && !ok, `${same ? 'no' : 'a'} difference, then ${ok ? 'none' : 'one'}`];
      },
    },
    update('the sampling rate', '-c cruddur:samplingFixedRate=0.25', async () =>
      /FixedRate\W+0\.25\b/.test(await template()),
    ),
    update('the certificate', certificate, () => listens(443)),
    update('the container port', changed, async () =>
      /ContainerPort\W+8080\b/.test(await template()),
    ),
    {
      id: 'update-source-existing',
      claim: 'The stack moves to a SecureString, which is stored before it deploys',
      run: async () => {
        const isStored = await run(`${PIPED_KEY} -- ${EXISTING}`, second);
        const ok = await run(`${DEPLOY} ${changed} ${EXISTING}`);
        const rotated = await run(PIPED_KEY, first);
        return [
          [isStored, ok, rotated].every((text) => text !== undefined) &&
            (await parameter(SECURE)) === first &&
            (await parameter(DECLARED)) === undefined,
          SECURE,
        ];
      },
    },
    {
      id: 'update-source-declared',
      claim:
        'It moves back, reports that no key is stored, accepts one, and keeps the SecureString',
      run: async () => {
        const ok = await run(`${DEPLOY} ${changed}`);
        const { HoneycombApiKeyState: state = '' } = await outputs();
        const isStored = await run(PIPED_KEY, second);
        return [
          [ok, isStored].every((text) => text !== undefined) &&
            state.startsWith('not stored') &&
            (await parameter(DECLARED)) === second &&
            (await parameter(SECURE)) === first,
          state,
        ];
      },
    },
    {
      id: 'stage',
      claim: 'Another stage is deployed with a key of its own, and removed',
      run: async () => {
        const stage = '-c cruddur:stage=dev';
        const ok = await run(`${DEPLOY} ${stage}`);
        const isStored = await run(`${PIPED_KEY} -- --stage dev`, first);
        const keys = [await parameter(STAGED), await parameter(DECLARED)];
        const removed = await run(`npx cdk destroy --force ${IMAGE} ${stage}`);
        return [
          [ok, isStored, removed].every((text) => text !== undefined) &&
            keys.join() === [first, second].join() &&
            (await parameter(STAGED)) === undefined &&
            (await parameter(DECLARED)) === second,
          STAGED,
        ];
      },
    },
    update(
      'certificate and port back',
      '',
      async () => /ContainerPort\W+4567\b/.test(await template()) && !(await listens(443)),
    ),
    {
      id: 'destroy',
      // the emulator deletes neither ECS resources nor log groups
      claim: 'npx cdk destroy leaves no stack, parameter, load balancer, network',
      run: async () => {
        const ok = await run(`npx cdk destroy --force ${IMAGE}`);
        const left = await leftBehind(emulator);
        return [ok !== undefined && left.length === 0, left.join(', ') || 'nothing left'];
      },
    },
    {
      id: 'recreated',
      claim: 'A recreated stack reports that no key is stored',
      run: async () => {
        const text = (await run(DEPLOY)) ?? '';
        const { HoneycombApiKeyState: state = '' } = await outputs();
        return [text.includes(`HoneycombApiKeyState = not stored`), state];
      },
    },
    {
      id: 'emulator-sound',
      claim: 'The emulator failed on no request',
      run: () => Promise.resolve([emulator.failures.length === 0, emulator.failures[0] ?? '']),
    },
    {
      id: 'key-output',
      claim: 'No command printed a key',
      run: () => Promise.resolve([operator.shown.length === 0, operator.shown.join('; ')]),
    },
    {
      id: 'key-arguments',
      claim: 'No process of the machine had a key among its arguments while a command ran',
      unavailable: !Operator.seesProcesses && 'it has no /proc',
      run: () =>
        Promise.resolve([
          operator.looks > 0 && operator.exposed.size === 0,
          [...operator.exposed].join('; ') || `searched ${operator.looks} times`,
        ]),
    },
    {
      id: 'key-files',
      claim: 'No file of the home, which was empty, or of the project holds a key',
      run: async () => {
        const files = await filesHolding(secrets, [operator.home, '.']);
        return [files.length === 0, files.join(', ') || 'none'];
      },
    },
  ];

  const rows: Row[] = [];
  for (const { id, claim, unavailable: reason, run: runStep } of steps) {
    if (reason) {
      rows.push({ id, subject: SUBJECT, claim, ...unavailable(reason) });
      continue;
    }
    const [passed, figure] = await runStep();
    rows.push({
      id,
      subject: SUBJECT,
      claim,
      outcome: passed ? 'passed' : 'failed',
      data: figure,
      figure: () => figure || (passed ? 'done' : 'failed'),
    });
    if (!passed) {
      break;
    }
  }
  await honeycomb.down();
  await emulator.stop();
  console.log(renderTable(rows));
  return printTotals('deploy', rows);
});

async function leftBehind(emulator: Emulator): Promise<string[]> {
  const found = {
    stack: await emulator.aws(`cloudformation describe-stacks --stack-name ${STACK}`),
    parameter: await emulator.aws(`ssm get-parameter --name ${DECLARED}`),
    'load balancer': await emulator.aws('elbv2 describe-load-balancers --query LoadBalancers[0]'),
    network: await emulator.aws(
      'ec2 describe-vpcs --filters Name=is-default,Values=false --query Vpcs[0]',
    ),
  };
  return Object.entries(found).flatMap(([what, item]) => (item ? [what] : []));
}
