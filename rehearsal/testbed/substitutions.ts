import { existsSync } from 'node:fs';
import type { Ports } from './ports';
import type { Honeycomb } from '../doubles/honeycomb';
import type { Container } from '../template/task-definition';

/** Credentials of the task role, which ECS would provide. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDREHEARSAL',
  AWS_SECRET_ACCESS_KEY: 'no-secret-it-is-a-rehearsal',
};

/** Names the file with the authorities that OpenTelemetry's exporter trusts. */
const AUTHORITIES = /^OTEL_EXPORTER_OTLP_(TRACES_)?CERTIFICATE$/;

/** Carries the key as a header, which OpenTelemetry's exporter sends. */
const HEADERS = /^OTEL_EXPORTER_OTLP_(TRACES_)?HEADERS$/;

/**
 * A value that differs from the template.
 */
export interface Substitution {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

export interface SubstitutionsProps {
  readonly ports: Ports;
  readonly honeycomb: Pick<Honeycomb, 'certificate' | 'proxy'>;
  /** The value of the Honeycomb key. */
  readonly key: string;
  /** Variables with the URL of a service that the application calls, and the URL of its double. */
  readonly downstream: { readonly variables: readonly string[]; readonly url: string };
}

type Variables = Record<string, string>;

/**
 * The complete set of template values that the rehearsal changes. All others are used verbatim.
 */
export class Substitutions {
  private readonly made = new Map<string, Substitution>();

  constructor(private readonly props: SubstitutionsProps) {}

  public get list(): readonly Substitution[] {
    return [...this.made.values()];
  }

  public add(what: string, from: string, to: string): string {
    this.made.set(`${what} ${from}`, { what, from, to });
    return to;
  }

  /** Returns the environment of a container as ECS would set it: its image's, its own, and its secrets. */
  public environment(container: Container, ofImage: Readonly<Variables> = {}): Variables {
    const own = container.Environment.map(({ Name, Value }) => [Name, Value] as const);
    return Object.fromEntries([
      ...[...Object.entries(ofImage), ...own].map(([name, value]) => [
        name,
        this.variable(name, value),
      ]),
      ...container.Secrets.map(({ Name, ValueFrom }) => {
        this.add('value of a secret', ValueFrom, 'a random key, generated for this run');
        return [Name, HEADERS.test(Name) ? `x-honeycomb-team=${this.props.key}` : this.props.key];
      }),
    ]) as Variables;
  }

  /**
   * Returns the variables that lead a container to the double of Honeycomb, at Honeycomb's own address. A proxy or an
   * authority that the container has set itself is used, so that a wrong one shows.
   */
  public route(environment: Readonly<Variables>): Variables {
    const { certificate, proxy } = this.props.honeycomb;
    const names = Object.keys(environment);
    const route: Variables = {};
    if (!names.some((name) => /^https?_proxy$/i.test(name))) {
      const double = 'a test double, through a proxy on this machine';
      this.add(
        'destination of spans',
        `https://${certificate.hosts.join(' and https://')}`,
        double,
      );
      // the daemon is called directly, wherever it is
      const daemons =
        (environment.AWS_XRAY_DAEMON_ADDRESS ?? '').match(/[\w.-]+(?=:\d+(\s|$))/g) ?? [];
      route.NO_PROXY = [...new Set(['localhost', '127.0.0.1', ...daemons])].join(',');
      // what is sent unencrypted is refused there, and leaves this machine nowhere else
      Object.assign(route, { HTTPS_PROXY: proxy, HTTP_PROXY: proxy });
    }
    if (!names.some((name) => AUTHORITIES.test(name))) {
      this.add('certificate authorities for spans', 'those of the image', "this run's own");
      route.OTEL_EXPORTER_OTLP_CERTIFICATE = certificate.authority;
    }
    return route;
  }

  /**
   * Returns an argument of a command.
   *
   * @param port what the program should listen on, if the argument may be about that
   */
  public argument(text: string, port?: number): string {
    if (port === undefined) {
      return this.loopback(text);
    }
    // one that follows the name of a host belongs to an address
    const own = new RegExp(`(?<=^|[=\\s]|(?<![\\w.\\]]):)${port}(?=\\s|$)`);
    return this.loopback(text.replace(own, (found) => this.portOf(found)));
  }

  private portOf(port: string): string {
    const local = String(this.props.ports.local(Number(port)));
    return this.add('port of the application', port, local);
  }

  private variable(name: string, value: string): string {
    if (name === 'PORT') {
      return this.portOf(value);
    }
    const { downstream } = this.props;
    if (downstream.variables.includes(name)) {
      return this.add('a service that is called', value, downstream.url);
    }
    if (AUTHORITIES.test(name) && existsSync(value)) {
      return this.add(
        'certificate authorities for spans',
        value,
        this.props.honeycomb.certificate.authority,
      );
    }
    return this.loopback(value);
  }

  private loopback(value: string): string {
    const all = /(?<=^|[=\s])0\.0\.0\.0(?=\s|$)/;
    if (all.test(value)) {
      const loopback = this.add('listening address', 'all interfaces of the task', '127.0.0.1');
      return this.loopback(value.replace(all, loopback));
    }
    return value.replace(
      /\b(127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)/g,
      (address, _host: string, port: string) =>
        this.add(
          'address in the task',
          address,
          `127.0.0.1:${this.props.ports.local(Number(port))}`,
        ),
    );
  }
}
