import type { Ports } from './ports';
import { type Container, EXPORT_ENDPOINT, type Plan } from '../template/plan';
import { Refusal } from '../template/refusal';

/** Credentials of the task role, which ECS would hand out. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDREHEARSAL',
  AWS_SECRET_ACCESS_KEY: 'no-secret-it-is-a-rehearsal',
};

/**
 * One thing that is different here than in the cloud.
 */
export interface Substitution {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The closed set of what the rehearsal changes in the template's values. All else is used as it
 * stands there.
 */
export class Substitutions {
  private readonly made = new Map<string, Substitution>();
  /** Origins that spans would have gone to. */
  public readonly exportOrigins = new Set<string>();

  constructor(
    private readonly ports: Ports,
    private readonly honeycombPort: number,
    private readonly key: string,
  ) {}

  public get list(): readonly Substitution[] {
    return [...this.made.values()];
  }

  public add(what: string, from: string, to: string): string {
    this.made.set(`${what} ${from}`, { what, from, to });
    return to;
  }

  /** The environment of a container, with secrets as ECS puts them in. */
  public environment(container: Container): Record<string, string> {
    return Object.fromEntries([
      ...container.Environment.map(({ Name, Value }) => [Name, this.variable(Name, Value)]),
      ...container.Secrets.map(({ Name, ValueFrom }) => {
        this.add('value of a secret', ValueFrom, 'a random key, made for this run');
        return [Name, this.key];
      }),
    ]) as Record<string, string>;
  }

  /** An argument of the daemon's command. */
  public argument(text: string): string {
    return this.loopback(text);
  }

  private variable(name: string, value: string): string {
    if (name === 'PORT') {
      return this.add('port of the application', value, String(this.ports.local(Number(value))));
    }
    if (EXPORT_ENDPOINT.test(name)) {
      return this.endpoint(value);
    }
    return this.loopback(value);
  }

  private endpoint(value: string): string {
    if (!/^https?:\/\/[^/]+/.test(value) || !URL.canParse(value)) {
      throw new Refusal(`the endpoint of the spans must be an http or https URL, got: ${value}`);
    }
    const { origin } = new URL(value);
    this.exportOrigins.add(origin);
    const double = `http://127.0.0.1:${this.honeycombPort}`;
    this.add('address of Honeycomb', origin, double);
    return double + value.replace(/^https?:\/\/[^/]+/, '');
  }

  private loopback(value: string): string {
    return value.replace(
      /\b(127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)/g,
      (address, _host: string, port: string) =>
        this.add('address in the task', address, `127.0.0.1:${this.ports.local(Number(port))}`),
    );
  }
}

/** What no rehearsal on a laptop can show, said in every report. */
export function limits(plan: Plan): string[] {
  return [
    'The images are not built or pulled: the application runs in its own virtual environment on this system, the daemon as a plain process.',
    'A read-only root file system, users and network of the containers are not imposed.',
    `The reservoir is shared by the tasks of the service; one task was run. A quota was good for 15 s, as the double gave it.`,
    'The daemon is signed for by made-up credentials: that AWS accepts the signature is not shown.',
    `ECS restarts ${plan.daemon.Name} only when it has run for its restart attempt period; here it is restarted after a second.`,
    'ECS metadata is not served, so the ECS attributes of spans and segments are not shown.',
  ];
}
