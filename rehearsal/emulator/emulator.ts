import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePorts } from '../testbed/ports';
import { RunningProcess } from '../testbed/processes';
import { pythonFrom } from '../testbed/python';
import { Refusal } from '../refusal';

const REGION = 'us-east-1';
const START_SECONDS = 60;

/** Where tools keep what they can create again; linters and git ignore it. */
const VENV = join(__dirname, '..', '..', 'node_modules', '.cache', 'rehearsal-emulator');

/** Services with the name of their protocol. */
const JSON_SERVICES = {
  acm: 'CertificateManager',
  ecs: 'AmazonEC2ContainerServiceV20141113',
  ssm: 'AmazonSSM',
} as const;

/** Services with the version of their protocol. */
const XML_SERVICES = {
  cloudformation: '2010-05-15',
  ec2: '2016-11-15',
  elasticloadbalancing: '2015-12-01',
} as const;

/**
 * An emulator of AWS on this machine.
 */
export class Emulator {
  private constructor(
    private readonly endpoint: string,
    /** The Python that the emulator runs on; the AWS CLI is beside it. */
    public readonly python: string,
    private readonly process: RunningProcess,
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
    return this.process.log.filter((line) => /^\w*(Error|Exception):/.test(line));
  }

  /** Calls a service that speaks JSON. */
  public async call(
    service: keyof typeof JSON_SERVICES,
    action: string,
    body: unknown,
  ): Promise<Record<string, unknown>> {
    const response = await this.post(service, JSON.stringify(body), {
      'content-type': 'application/x-amz-json-1.1',
      'x-amz-target': `${JSON_SERVICES[service]}.${action}`,
    });
    return JSON.parse(response) as Record<string, unknown>;
  }

  /** Calls a service that speaks XML. @returns the XML */
  public query(
    service: keyof typeof XML_SERVICES,
    action: string,
    parameters: Record<string, string> = {},
  ): Promise<string> {
    const body = new URLSearchParams({
      Action: action,
      Version: XML_SERVICES[service],
      ...parameters,
    });
    return this.post(service, body.toString(), {
      'content-type': 'application/x-www-form-urlencoded',
    });
  }

  public async stop(): Promise<void> {
    this.process.killGroup();
    await this.process.exited;
  }

  private async post(service: string, body: string, headers: Record<string, string>) {
    const scope = `AKIDREHEARSAL/20260101/${REGION}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const response = await fetch(this.endpoint, {
      method: 'POST',
      body,
      headers: { ...headers, authorization },
    });
    return response.text();
  }

  private async untilItAnswers(): Promise<void> {
    const deadline = Date.now() + START_SECONDS * 1000;
    while (
      !(await fetch(`${this.endpoint}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ))
    ) {
      if (this.process.exit || Date.now() > deadline) {
        throw new Refusal(
          `the emulator does not start:\n  ${this.process.log.slice(-8).join('\n  ')}`,
        );
      }
      await sleep(200);
    }
  }
}
