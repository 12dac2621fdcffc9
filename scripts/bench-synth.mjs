// Times cold runs of `cdk synth` on this stack, in turns, and prints their medians as ratios to the scaffold's way.
//
//   npm run bench:synth -- [rounds, 5 unless told]
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const ROUNDS = Number(process.argv[2] ?? 5);
const FURTHER_SERVICES = 10;

const scratch = mkdtempSync(join(tmpdir(), 'bench-synth-'));
try {
  // what `cdk init` makes type-checks; so that the others do not pay for more than the app, it sees the app only
  const tsconfig = join(scratch, 'tsconfig.json');
  const include = [join(ROOT, 'bin'), join(ROOT, 'lib')];
  const typeRoots = [join(ROOT, 'node_modules', '@types')];
  const own = { extends: join(ROOT, 'tsconfig.json'), include, compilerOptions: { typeRoots } };
  writeFileSync(tsconfig, JSON.stringify({ ...own, 'ts-node': { swc: false } }));

  const ways = [
    { name: 'scaffold: tsc && tsx', app: `npx tsc -p ${tsconfig} && npx tsx bin/app.ts` },
    {
      name: 'classic: ts-node --prefer-ts-exts',
      app: `npx ts-node --prefer-ts-exts --project ${tsconfig} bin/app.ts`,
    },
    { name: 'this project' },
    { name: 'this project, CDK_VALIDATION=false', env: { CDK_VALIDATION: 'false' } },
  ].map((way) => ({ ...way, seconds: [] }));

  for (let round = 0; round < ROUNDS; round++) {
    for (const way of ways) {
      way.seconds.push(synth(way));
    }
  }

  const [scaffold] = ways;
  console.log(`cdk synth, median of ${ROUNDS} cold runs in turns`);
  for (const { name, seconds } of ways) {
    const ratio = median(seconds) / median(scaffold.seconds);
    console.log(`${name.padEnd(36)} ${median(seconds).toFixed(1)} s  ${ratio.toFixed(2)}`);
  }
  console.log(`each further traced service          ${furtherService().toFixed(0)} ms`);
} finally {
  rmSync(scratch, { recursive: true });
}

function synth({ app, env }) {
  const cdk = join(ROOT, 'node_modules', '.bin', 'cdk');
  const args = ['synth', '--quiet', '--output', mkdtempSync(join(scratch, 'out-'))];
  const start = performance.now();
  const { status, stderr } = spawnSync(cdk, app ? [...args, '--app', app] : args, {
    cwd: ROOT,
    env: { ...process.env, ...env },
    encoding: 'utf8',
  });
  if (status !== 0) {
    throw new Error(stderr);
  }
  return (performance.now() - start) / 1000;
}

/** Milliseconds that construction and synthesis take longer for one more service, once the code is warm. */
function furtherService() {
  process.chdir(ROOT);
  process.env.CDK_VALIDATION = 'false';
  const require = createRequire(import.meta.url);
  require('ts-node/register');
  const { App, Stack } = require('aws-cdk-lib');
  const ecs = require('aws-cdk-lib/aws-ecs');
  const { HoneycombApiKey } = require('../lib/honeycomb/honeycomb-api-key');
  const { PublicCluster } = require('../lib/fargate/public-cluster');
  const { TracedFargateService } = require('../lib/fargate/traced-fargate-service');

  const milliseconds = (services) => {
    const start = performance.now();
    const app = new App({
      context: require('../cdk.json').context,
      outdir: join(scratch, 'further'),
    });
    const stack = new Stack(app, 'Bench');
    const honeycombApiKey = new HoneycombApiKey(stack, 'Key', { parameterName: '/bench/key' });
    const { cluster } = new PublicCluster(stack, 'Cluster');
    const image = { containerImage: ecs.ContainerImage.fromRegistry('example:1') };
    for (let i = 0; i < services; i++) {
      const serviceName = `backend-${i}`;
      new TracedFargateService(stack, serviceName, {
        cluster,
        serviceName,
        image,
        honeycombApiKey,
        containerPort: 8080,
        healthCheckPath: '/up',
      });
    }
    app.synth();
    return performance.now() - start;
  };
  milliseconds(1);
  const rounds = Array.from(
    { length: ROUNDS },
    () => milliseconds(1 + FURTHER_SERVICES) - milliseconds(1),
  );
  return median(rounds) / FURTHER_SERVICES;
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}
