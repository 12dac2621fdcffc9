import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, delimiter, dirname, join } from 'node:path';
import { changedFiles } from './changed-files';
import type { DaemonProgram } from './daemon';
import { readDockerfile } from '../service/dockerfile';
import { copyFiles } from '../service/image-files';
import { linkPrograms } from '../service/programs';
import { Meter } from './meter';
import type { Plan } from '../template/plan';
import type { Container } from '../template/task-definition';
import type { Ports } from './ports';
import type { ProcessSpec } from './processes';
import { RunningProcess } from './processes';
import { Refusal } from '../refusal';
import type { Substitutions } from './substitutions';
import { CREDENTIALS } from './substitutions';

/** The ENTRYPOINT of the daemon's image, which cannot be read without pulling it. */
const DAEMON_ENTRY_POINT = ['/xray', '-t', '0.0.0.0:2000', '-b', '0.0.0.0:2000'];

export interface TaskProps {
  readonly plan: Plan;
  readonly daemon: DaemonProgram;
  /** The Python of the application's virtual environment. */
  readonly python: string;
  readonly directory: string;
  readonly xrayPort: number;
  readonly ports: Ports;
  /** Address of the metadata endpoint. */
  readonly metadata: string;
  readonly substitutions: Substitutions;
}

interface ContainerSpec extends ProcessSpec {
  /** The directories of its own files, by what the container calls them. */
  readonly directories: Readonly<Record<string, string>>;
}

/** One run of a container. */
export interface ContainerRun {
  readonly container: Container;
  /** Epoch milliseconds. What was there before is older. */
  readonly startedAt: number;
  readonly process: RunningProcess;
  readonly meter: Meter;
}

/**
 * The task of the template, with each container as a process.
 */
export class Task {
  /** All runs, in the order of their start. */
  public readonly runs: ContainerRun[] = [];
  private readonly specs: ReadonlyMap<string, ContainerSpec>;
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
    this.runs.push({ container, startedAt: Date.now() + 1, process, meter });
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

  /** Returns the paths that a container has written to, in itself and outside its volumes. */
  public writes({ Name, MountPoints }: Container): string[] {
    const { startedAt = Infinity } =
      this.runs.find(({ container }) => container.Name === Name) ?? {};
    const volumes = MountPoints.map(({ ContainerPath }) => ContainerPath);
    return changedFiles(this.specs.get(Name)?.directories ?? {}, volumes, startedAt);
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
        : [words[0] ?? '', words.slice(1)];
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
        // a container that is not run is not waited for
        DependsOn.every(({ ContainerName }) => !waiting.some(({ Name }) => Name === ContainerName)),
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

  private applicationSpec(container: Container): ContainerSpec {
    const { plan, directory, metadata, ports, python, substitutions } = this.props;
    if (plan.applicationImage === undefined) {
      throw new Refusal(`this assembly does not build the image of ${container.Name}`);
    }
    const image = readDockerfile(plan.applicationImage);
    // a container has its own file system, so the application must not write to the build context
    const { root } = copyFiles(plan.applicationImage, join(directory, container.Name));
    const cwd = join(root, container.WorkingDirectory ?? image.workingDirectory);
    mkdirSync(cwd, { recursive: true });
    const [command, ...args] = [
      ...(container.EntryPoint ?? image.entryPoint),
      // as Docker does: an entry point of the template's drops the image's CMD
      ...(container.Command ?? (container.EntryPoint ? [] : image.command)),
    ];
    if (command === undefined) {
      throw new Refusal(`the image of ${container.Name} has no start command`);
    }
    const own = substitutions.environment(container, image.environment);
    substitutions.add('metadata of the task', 'http://169.254.170.2/v4', metadata);
    // the first directory is that of the image's virtual environment, and no program of this machine is one of the image's
    const [programs = ''] = (image.environment.PATH ?? '').split(':');
    const isFound = own.PATH === undefined || own.PATH.split(':').includes(programs);
    const onMachine = (text: string) =>
      programs === '' ? text : text.replaceAll(`${programs}/`, `${dirname(python)}/`);
    const folders = this.ownFolders(container);
    return {
      name: container.Name,
      command: onMachine(command),
      args: args.map((text) => substitutions.argument(onMachine(text), plan.targetPort)),
      cwd,
      directories: {
        '/': root,
        [own.TMPDIR ?? '/tmp']: folders.TMPDIR,
        [own.HOME ?? '~']: folders.HOME,
      },
      env: {
        ...substitutions.route(own),
        ...this.variablesOfEcs(),
        // ports that the program uses where the template names none
        PORT: String(ports.local(image.ports[0] ?? plan.targetPort)),
        AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${ports.local(2000)}`,
        // there, Python does not try to
        ...(container.ReadonlyRootFilesystem ? { PYTHONDONTWRITEBYTECODE: '1' } : {}),
        ...own,
        ...folders,
        // macOS has no /dev/shm
        ...(process.platform === 'linux'
          ? {}
          : { GUNICORN_CMD_ARGS: `${own.GUNICORN_CMD_ARGS ?? ''} --worker-tmp-dir=${directory}` }),
        PATH: isFound
          ? [dirname(python), linkPrograms(join(directory, 'programs'))].join(delimiter)
          : '/nonexistent',
      },
    };
  }

  private daemonSpec(container: Container): ContainerSpec {
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
    const [program = '', ...own] = [
      ...(container.EntryPoint ?? DAEMON_ENTRY_POINT),
      ...(container.Command ?? []),
    ];
    const args = own.map((text) => substitutions.argument(text));
    const isDaemon = basename(program) === 'xray';
    const folders = this.ownFolders(container);
    return {
      name: container.Name,
      command: isDaemon ? daemon.command : program,
      args: isDaemon ? [...daemon.args, '-c', config, ...args] : args,
      cwd: daemon.cwd,
      directories: { '/tmp': folders.TMPDIR, '~': folders.HOME },
      env: {
        ...CREDENTIALS,
        ...this.variablesOfEcs(),
        ...substitutions.environment(container),
        ...folders,
      },
    };
  }

  /** @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-environment-variables.html */
  private variablesOfEcs(): Record<string, string> {
    const { metadata, plan } = this.props;
    return {
      ECS_CONTAINER_METADATA_URI_V4: metadata,
      AWS_EXECUTION_ENV: 'AWS_ECS_FARGATE',
      AWS_DEFAULT_REGION: plan.region,
      AWS_REGION: plan.region,
    };
  }

  /** A home and a temporary directory that nothing else uses. */
  private ownFolders({ Name }: Container): { HOME: string; TMPDIR: string } {
    const folders = ['home', 'tmp'].map((name) => join(this.props.directory, `${Name}-${name}`));
    folders.forEach((folder) => mkdirSync(folder, { recursive: true }));
    const [HOME = '', TMPDIR = ''] = folders;
    return { HOME, TMPDIR };
  }
}
