import type { Ports } from './ports';
import { Refusal } from '../refusal';
import { EXPORT_ENDPOINT } from '../template/plan';
import type { Container } from '../template/task-definition';

/** Credentials of the task role, which ECS would provide. */
export const CREDENTIALS = {
  AWS_ACCESS_KEY_ID: 'AKIDREHEARSAL',
  AWS_SECRET_ACCESS_KEY: 'no-secret-it-is-a-rehearsal',
};

/**
 * A value that differs from the template.
 */
export interface Substitution {
  readonly what: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The complete set of template values that the rehearsal changes. All others are used verbatim.
 */
export class Substitutions {
  private readonly made = new Map<string, Substitution>();
  /** Origins that spans would have been sent to. */
  public readonly exportOrigins = new Set<string>();

  constructor(
    private readonly ports: Ports,
    private readonly honeycomb: { readonly proxy: string; readonly certificate: string },
    private readonly key: string,
  ) {}

  public get list(): readonly Substitution[] {
    return [...this.made.values()];
  }

  public add(what: string, from: string, to: string): string {
    this.made.set(`${what} ${from}`, { what, from, to });
    return to;
  }

  /** Returns the environment of a container, secrets included, as ECS would set it. */
  public environment(container: Container): Record<string, string> {
    return Object.fromEntries([
      ...container.Environment.map(({ Name, Value }) => [Name, this.variable(Name, Value)]),
      ...container.Secrets.map(({ Name, ValueFrom }) => {
        this.add('value of a secret', ValueFrom, 'a random key, generated for this run');
        return [Name, this.key];
      }),
    ]) as Record<string, string>;
  }

  /** Returns the variables that lead the application to the test double of Honeycomb, and nowhere else. */
  public wayToHoneycomb(): Record<string, string> {
    const { proxy, certificate } = this.honeycomb;
    this.add(
      'way to Honeycomb',
      'the internet',
      `a proxy, ${proxy}, with a certificate of this run`,
    );
    return {
      HTTPS_PROXY: proxy,
      HTTP_PROXY: proxy,
      NO_PROXY: '127.0.0.1,localhost',
      OTEL_EXPORTER_OTLP_CERTIFICATE: certificate,
    };
  }

  /** Returns an argument of the daemon's command. */
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
      throw new Refusal(`the OTLP endpoint must be an http or https URL, got: ${value}`);
    }
    const { origin } = new URL(value);
    this.exportOrigins.add(origin);
    return value;
  }

  private loopback(value: string): string {
    return value.replace(
      /\b(127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)/g,
      (address, _host: string, port: string) =>
        this.add('address in the task', address, `127.0.0.1:${this.ports.local(Number(port))}`),
    );
  }
}
