import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Honeycomb } from '../doubles/honeycomb';
import { type Certificate, createCertificate } from '../doubles/proxied-double';
import { XRayApi } from '../doubles/xray-api';
import type { Plan } from '../template/plan';
import type { DaemonProgram } from './daemon';
import { freePorts, Ports } from './ports';
import { CREDENTIALS, Substitutions } from './substitutions';
import { Task } from './task';

/** One port for each of the two doubles, and the rest for the different ports that a task may name. */
const PORTS = 8;

export interface TestBedProps {
  readonly plan: Plan;
  /** The value of the Honeycomb key. */
  readonly key: string;
  readonly daemon: DaemonProgram;
  /** The Python of the application's virtual environment. */
  readonly python: string;
  /** Where the test bed may keep files. */
  readonly directory: string;
}

/**
 * One task, with a test double of each cloud service that it calls.
 */
export class TestBed {
  public readonly substitutions: Substitutions;
  public readonly honeycomb: Honeycomb;
  public readonly xray: XRayApi;
  public readonly task: Task;
  /** The port of this machine on which the application serves requests. */
  public readonly port: number;

  private constructor(
    public readonly props: TestBedProps,
    directory: string,
    certificate: Certificate,
    [honeycombPort = 0, xrayPort = 0, ...free]: number[],
  ) {
    const { plan, key, daemon, python } = props;
    const ports = new Ports(free);
    this.port = ports.local(plan.targetPort);
    this.honeycomb = new Honeycomb(honeycombPort, certificate);
    const honeycomb = { proxy: this.honeycomb.proxy, certificate: certificate.file };
    this.substitutions = new Substitutions(ports, honeycomb, key);
    this.xray = new XRayApi({
      port: xrayPort,
      rules: plan.rules,
      statements: plan.taskRole.statements,
      region: plan.region,
      accessKeyId: CREDENTIALS.AWS_ACCESS_KEY_ID,
    });
    this.task = new Task({
      plan,
      daemon,
      python,
      directory,
      xrayPort,
      ports,
      substitutions: this.substitutions,
    });
  }

  /** Sets a test bed up, passes it to `use`, and leaves nothing behind. */
  public static async with<T>(
    props: TestBedProps,
    use: (testBed: TestBed) => Promise<T>,
  ): Promise<T> {
    const directory = mkdtempSync(join(props.directory, 'test-bed-'));
    let testBed: TestBed | undefined;
    try {
      testBed = new TestBed(
        props,
        directory,
        await createCertificate(directory),
        await freePorts(PORTS),
      );
      await Promise.all([testBed.xray.up(), testBed.honeycomb.up()]);
      return await use(testBed);
    } finally {
      await testBed?.task.kill();
      await Promise.all([testBed?.xray.down(), testBed?.honeycomb.down()]);
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
