import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonProgram } from './daemon';
import { Honeycomb } from '../doubles/honeycomb';
import { XRayApi } from '../doubles/xray-api';
import type { Container, Plan } from '../template/plan';
import { freePorts, Ports } from './ports';
import { Refusal } from '../template/refusal';
import { CREDENTIALS, Substitutions } from './substitutions';
import { Task } from './task';
import { Client } from '../traffic/traffic';

/** Ports for the two doubles, and for as many different ones as a task may name. */
const PORTS = 8;
const START_SECONDS = 30;

export interface StageProps {
  readonly plan: Plan;
  /** The value of the Honeycomb key. */
  readonly key: string;
  readonly daemon: DaemonProgram;
  readonly python: string;
  /** Where the stage may keep files. */
  readonly directory: string;
}

/**
 * One task with both cloud edges around it and a client in front.
 */
export class Stage {
  public readonly substitutions: Substitutions;
  public readonly honeycomb: Honeycomb;
  public readonly xray: XRayApi;
  public readonly task: Task;
  public readonly client: Client;

  private constructor(
    public readonly props: StageProps,
    directory: string,
    [honeycombPort = 0, xrayPort = 0, ...free]: number[],
  ) {
    const { plan, key, daemon, python } = props;
    const ports = new Ports(free);
    this.substitutions = new Substitutions(ports, honeycombPort, key);
    this.honeycomb = new Honeycomb(honeycombPort);
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
    this.client = new Client(ports.local(plan.targetPort), plan.healthCheck.path);
  }

  /** Opens a stage, gives it to `play`, and leaves nothing behind. */
  public static async with<T>(props: StageProps, play: (stage: Stage) => Promise<T>): Promise<T> {
    const directory = mkdtempSync(join(props.directory, 'stage-'));
    let stage: Stage | undefined;
    try {
      stage = new Stage(props, directory, await freePorts(PORTS));
      await Promise.all([stage.xray.up(), stage.honeycomb.up()]);
      return await play(stage);
    } finally {
      stage?.client.close();
      await stage?.task.kill();
      await Promise.all([stage?.xray.down(), stage?.honeycomb.down()]);
      rmSync(directory, { recursive: true, force: true });
    }
  }

  /** Starts the task and waits until the load balancer's health check finds it well. */
  public async start(except?: Container): Promise<void> {
    this.task.start(except);
    const { application, healthCheck } = this.props.plan;
    const run = this.task.run(application);
    const deadline = Date.now() + START_SECONDS * 1000;
    for (;;) {
      const { status, error } = await this.client.send('health', 'start');
      if (status !== undefined && isHealthy(healthCheck.codes, status)) {
        return;
      }
      const ended = run?.process.exit !== undefined;
      // an answer that is no 200 does not get better by waiting
      if (ended || status !== undefined || Date.now() > deadline) {
        const how = ended
          ? `ended with code ${String(run.process.exit?.code)}`
          : 'did not get well';
        const last = run?.process.log.slice(-8).join('\n  ') ?? '';
        throw new Refusal(
          `${application.Name} ${how}: GET ${healthCheck.path} gave ${String(status ?? error)}; its last lines:\n  ${last}`.replaceAll(
            this.props.key,
            '<the key>',
          ),
        );
      }
      await sleep(100);
    }
  }

  /** Waits until something is so. @returns whether it came to be */
  public async until(isSo: () => boolean, seconds: number): Promise<boolean> {
    const deadline = Date.now() + seconds * 1000;
    while (!isSo() && Date.now() < deadline) {
      await sleep(50);
    }
    return isSo();
  }
}

/** @param codes as a target group has them: `200`, `200,204` or `200-299` */
function isHealthy(codes: string, status: number): boolean {
  return codes.split(',').some((range) => {
    const [low = '', high = low] = range.split('-');
    return status >= Number(low) && status <= Number(high);
  });
}
