import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../testbed/ports';
import { RunningProcess, runToEnd } from '../testbed/processes';
import { pythonFrom } from '../testbed/python';
import { Refusal } from '../refusal';

const REGION = 'us-east-1';
const START_SECONDS = 60;

/** Where tools keep what they can create again; linters and git ignore it. */
const VENV = join(__dirname, '..', '..', 'node_modules', '.cache', 'rehearsal-emulator');

/**
 * An emulator of AWS on this machine.
 */
export class Emulator {
  private constructor(
    private readonly endpoint: string,
    /** The Python that the emulator runs on; the AWS CLI is beside it. */
    public readonly python: string,
    private readonly server: RunningProcess,
  ) {}

  public static async start(): Promise<Emulator> {
    const python = await pythonFrom(VENV, join(__dirname, 'requirements.txt'));
    const [port = 0] = await freePorts(1);
    const process = new RunningProcess({
      name: 'emulator',
      command: python,
      args: [join(__dirname, 'emulator.py'), '-H', '127.0.0.1', '-p', String(port)],
      // of each service one task runs: what is deployed is then stable at once
      env: { MOTO_ECS_SERVICE_RUNNING: '1' },
      cwd: __dirname,
    });
    // written with 127.0.0.1, the emulator looks for templates in the wrong bucket
    const emulator = new Emulator(`http://localhost:${port}`, python, process);
    await emulator.untilItAnswers();
    return emulator;
  }

  /** Variables that lead every AWS client of a process here, and nowhere else. */
  public get variables(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_ENDPOINT_URL_S3: this.endpoint,
      AWS_REGION: REGION,
      AWS_ACCESS_KEY_ID: 'AKIDREHEARSAL',
      AWS_SECRET_ACCESS_KEY: 'no-secret-it-is-a-rehearsal',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      CDK_DISABLE_CLI_TELEMETRY: 'true',
    };
  }

  /** Requests that the emulator failed on: the CDK tries them again and may then see success. */
  public get failures(): string[] {
    return this.server.log.filter((line) => /^\w*(Error|Exception):/.test(line));
  }

  /** Runs a command of the AWS CLI. @returns what it prints; `undefined` if the service refuses it */
  public async aws(line: string): Promise<unknown> {
    const { PATH = '' } = process.env;
    const env = { PATH, ...this.variables, AWS_DEFAULT_REGION: REGION, AWS_PAGER: '' };
    const args = [...line.split(' '), '--output', 'json'];
    const { ok, text } = await runToEnd(join(dirname(this.python), 'aws'), args, env);
    if (!ok && !text.includes('An error occurred (')) {
      throw new Error(`aws ${line} fails:\n${text}`);
    }
    return ok ? JSON.parse(text || 'null') : undefined;
  }

  public async stop(): Promise<void> {
    this.server.killGroup();
    await this.server.exited;
  }

  private async untilItAnswers(): Promise<void> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (
      !(await fetch(`${this.endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (this.server.exit || Date.now() > deadline) {
        throw new Refusal(
          `the emulator does not start:\n  ${this.server.log.slice(-8).join('\n  ')}`,
        );
      }
      await sleep(200);
    }
  }
}
