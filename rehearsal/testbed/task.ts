import { execFile } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DaemonProgram } from './daemon';
import { readDockerfile } from './dockerfile';
import { Meter } from './meter';
import type { Plan } from '../template/plan';
import type { Container } from '../template/task-definition';
import type { ProcessSpec } from './processes';
import { RunningProcess } from './processes';
import { Refusal } from '../refusal';
import type { Substitutions } from './substitutions';
import { CREDENTIALS } from './substitutions';
import type { Ports } from './ports';

/** Arguments in the ENTRYPOINT of the daemon's image, which cannot be read without pulling it. */
const DAEMON_ENTRY_POINT = ['-t', '0.0.0.0:2000', '-b', '0.0.0.0:2000'];

export interface TaskProps {
  readonly plan: Plan;
  readonly daemon: DaemonProgram;
  /** The Python of the application's virtual environment. */
  readonly python: string;
  readonly directory: string;
  readonly xrayPort: number;
  readonly ports: Ports;
  readonly substitutions: Substitutions;
}

/** One run of a container. */
export interface ContainerRun {
  readonly container: Container;
  readonly process: RunningProcess;
  readonly meter: Meter;
}

/**
 * The task of the template, with each container as a process.
 */
export class Task {
  /** All runs, in the order of their start. */
  public readonly runs: ContainerRun[] = [];
  private readonly specs: ReadonlyMap<string, ProcessSpec>;
  private stopping = false;

  constructor(private readonly props: TaskProps) {
    const { plan } = props;
    this.specs = new Map(
      plan.containers.map((container) => {
        const spec =
          container === plan.daemon ? this.daemonSpec(container) : this.applicationSpec(container);
        return [container.Name, spec];
      }),
    );
  }

  /** Starts the containers, all or all but one, in the order that `DependsOn` requires. */
  public start(except?: Container): void {
    this.inOrder()
      .filter((container) => container !== except)
      .forEach((container) => {
        this.startContainer(container);
      });
  }

  public startContainer(container: Container): void {
    const spec = this.specs.get(container.Name);
    if (!spec) {
      throw new Error(`the task has no container ${container.Name}`);
    }
    const process = new RunningProcess(spec);
    const meter = new Meter(process);
    this.runs.push({ container, process, meter });
    void process.exited.then(() => {
      meter.stop();
      if (container.Essential && !this.stopping) {
        // as in ECS, the task ends with any of its essential containers
        void this.stop();
      }
    });
  }

  /** Returns the last run of a container. */
  public run(container: Container): ContainerRun | undefined {
    return this.runs.filter((run) => run.container === container).at(-1);
  }

  /** Stops the containers in reverse order, each within its stop timeout. */
  public async stop(): Promise<void> {
    this.stopping = true;
    for (const container of this.inOrder().reverse()) {
      await this.run(container)?.process.stop(container.StopTimeout);
    }
  }

  /** Ends all containers at once. */
  public async kill(): Promise<void> {
    this.stopping = true;
    await Promise.all(
      this.runs.map(({ process }) => {
        process.killGroup();
        return process.exited;
      }),
    );
  }

  /** Runs the health check of a container once, if it has one. */
  public healthCheck(container: Container): Promise<{ code: number; output: string } | undefined> {
    const [form, ...words] = container.HealthCheck?.Command ?? [];
    const spec = this.specs.get(container.Name);
    if (!spec || form === undefined || !container.HealthCheck) {
      return Promise.resolve(undefined);
    }
    const [command, args] =
      form === 'CMD-SHELL'
        ? ['/bin/sh', ['-c', words.join(' ')]]
        : [this.inVenv(words[0] ?? ''), words.slice(1)];
    const options = { cwd: spec.cwd, env: spec.env, timeout: container.HealthCheck.Timeout * 1000 };
    return new Promise((resolve) => {
      execFile(command, args, options, (error, stdout, stderr) => {
        const code = error ? (typeof error.code === 'number' ? error.code : 1) : 0;
        resolve({ code, output: (stdout + stderr + (error?.message ?? '')).trim() });
      });
    });
  }

  private inOrder(): Container[] {
    const waiting = [...this.props.plan.containers];
    const order: Container[] = [];
    while (waiting.length > 0) {
      const next = waiting.findIndex(({ DependsOn }) =>
        DependsOn.every(({ ContainerName }) => order.some(({ Name }) => Name === ContainerName)),
      );
      const [container] = next === -1 ? [] : waiting.splice(next, 1);
      if (!container) {
        const names = waiting.map(({ Name }) => Name).join(', ');
        throw new Refusal(`the containers ${names} wait for each other, so none of them starts`);
      }
      order.push(container);
    }
    return order;
  }

  private applicationSpec(container: Container): ProcessSpec {
    const { plan, directory, ports, substitutions } = this.props;
    if (plan.applicationImage === undefined) {
      throw new Refusal(`this assembly does not build the image of ${container.Name}`);
    }
    const { context, dockerfile } = plan.applicationImage;
    const image = readDockerfile(plan.applicationImage);
    const copy = join(directory, container.Name);
    // a container has its own file system, so the application must not write to the build context
    cpSync(context, copy, { recursive: true });
    const cwd = join(copy, dirname(dockerfile));
    const [command, ...args] = [
      ...(container.EntryPoint ?? image.entryPoint),
      // as Docker does: an entry point of the template's drops the image's CMD
      ...(container.Command ?? (container.EntryPoint ? [] : image.command)),
    ];
    if (command === undefined) {
      throw new Refusal(`the image of ${container.Name} has no start command`);
    }
    const own: Record<string, string | undefined> = {
      // ports that the program uses where the template names none
      PORT: String(ports.local(image.ports[0] ?? plan.targetPort)),
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${ports.local(2000)}`,
      ...substitutions.wayToHoneycomb(),
      ...image.environment,
      ...substitutions.environment(container),
    };
    if (own.BIND_HOST === '0.0.0.0') {
      own.BIND_HOST = substitutions.add('listening address', own.BIND_HOST, '127.0.0.1');
    }
    if (process.platform !== 'linux') {
      own.GUNICORN_CMD_ARGS = `${own.GUNICORN_CMD_ARGS ?? ''} --worker-tmp-dir=${cwd}`;
    }
    return {
      name: container.Name,
      command: this.inVenv(command),
      args,
      cwd,
      env: {
        ...own,
        // only the image's own programs
        PATH: dirname(this.props.python),
      },
    };
  }

  private daemonSpec(container: Container): ProcessSpec {
    const { daemon, directory, plan, substitutions, xrayPort } = this.props;
    const config = join(directory, 'xray.yaml');
    const endpoint = `http://127.0.0.1:${xrayPort}`;
    writeFileSync(config, `Version: 2\nEndpoint: "${endpoint}"\n`);
    substitutions.add(
      'address of the X-Ray API',
      `https://xray.${plan.region}.amazonaws.com`,
      endpoint,
    );
    substitutions.add('credentials of the task role', 'provided by ECS', 'made up');
    const own = [
      ...(container.EntryPoint?.slice(1) ?? DAEMON_ENTRY_POINT),
      ...(container.Command ?? []),
    ];
    return {
      name: container.Name,
      command: daemon.command,
      args: [...daemon.args, '-c', config, ...own.map((text) => substitutions.argument(text))],
      cwd: daemon.cwd,
      env: { ...substitutions.environment(container), ...CREDENTIALS },
    };
  }

  private inVenv(command: string): string {
    return command.includes('/') ? command : join(dirname(this.props.python), command);
  }
}
