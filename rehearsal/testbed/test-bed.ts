import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from '../doubles/certificate';
import { EcsMetadata } from '../doubles/ecs-metadata';
import { Honeycomb } from '../doubles/honeycomb';
import type { HttpDouble } from '../doubles/http-double';
import { XRayApi } from '../doubles/xray-api';
import type { Plan } from '../template/plan';
import { Downstream } from '../service/downstream';
import type { ServiceFile } from '../service/service-file';
import type { DaemonProgram } from './daemon';
import { freePorts, Ports } from './ports';
import { CREDENTIALS, Substitutions } from './substitutions';
import { Task } from './task';

/** One port for each of the four doubles, and the rest for the different ports that a task may name. */
const PORTS = 10;

export interface TestBedProps {
  readonly plan: Plan;
  /** What the service states about itself. */
  readonly service: ServiceFile;
  /** The value of the Honeycomb key. */
  readonly key: string;
  /** The certificate of the double of Honeycomb. */
  readonly certificate: Certificate;
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
  /** What the service calls. */
  public readonly downstream: Downstream;
  private readonly metadata: EcsMetadata;
  public readonly task: Task;
  public readonly ports: Ports;
  /** The port of this machine on which the application serves requests. */
  public readonly port: number;

  private constructor(
    public readonly props: TestBedProps,
    directory: string,
    [honeycombPort = 0, xrayPort = 0, metadataPort = 0, downstreamPort = 0, ...free]: number[],
  ) {
    const { plan, service, key, certificate, daemon, python } = props;
    const ports = (this.ports = new Ports(free));
    this.port = ports.local(plan.targetPort);
    this.honeycomb = new Honeycomb(honeycombPort, certificate);
    this.downstream = new Downstream(downstreamPort);
    this.substitutions = new Substitutions({
      ...{ ports, honeycomb: this.honeycomb, key },
      downstream: { variables: service.downstream, url: this.downstream.url },
    });
    this.metadata = new EcsMetadata({
      port: metadataPort,
      region: plan.region,
      account: plan.account,
      container: plan.application.Name,
      logOptions: plan.application.LogConfiguration.Options,
    });
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
      metadata: this.metadata.uri,
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
      testBed = new TestBed(props, directory, await freePorts(PORTS));
      await Promise.all(testBed.doubles.map((double) => double.up()));
      return await use(testBed);
    } finally {
      await testBed?.task.kill();
      await Promise.all(testBed?.doubles.map((double) => double.down()) ?? []);
      rmSync(directory, { recursive: true, force: true });
    }
  }

  private get doubles(): HttpDouble[] {
    return [this.xray, this.honeycomb, this.metadata, this.downstream];
  }
}
