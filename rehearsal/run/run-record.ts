import type { Honeycomb } from '../doubles/honeycomb';
import type { XRayApi } from '../doubles/xray-api';
import type { Downstream } from '../service/downstream';
import type { ServiceFile } from '../service/service-file';
import type { Plan } from '../template/plan';
import type { Exit } from '../testbed/processes';
import type { Substitution } from '../testbed/substitutions';
import type { Exchange } from '../traffic/exchange';

/** How long and how hard the application is used. */
export interface Scenario {
  /** Requests a second; more than the reservoir, so that the fixed rate has to decide. */
  readonly rate: number;
  readonly seconds: number;
}

/** What one container did. */
export interface ContainerRecord {
  readonly name: string;
  readonly log: readonly string[];
  readonly exit: Exit | undefined;
  readonly endedEarly: boolean;
  readonly peakMemoryMiB: number;
  readonly averageVCpus: number;
  readonly commandLines: readonly string[];
  /** Paths that it has written to, outside its volumes. */
  readonly written: readonly string[];
}

/**
 * Everything that was observed in one run. All checks are evaluated against it.
 */
export interface RunRecord {
  readonly plan: Plan;
  readonly service: ServiceFile;
  /** The value of the Honeycomb key. */
  readonly key: string;
  readonly scenario: Scenario;
  /** When the steady traffic began, in epoch seconds. */
  readonly steadyFrom: number;
  readonly exchanges: readonly Exchange[];
  readonly healthChecks: readonly { readonly code: number; readonly output: string }[];
  readonly stopSeconds: number;
  readonly application: ContainerRecord;
  readonly daemon: ContainerRecord;
  readonly daemonIsReal: boolean;
  readonly xray: Pick<
    XRayApi,
    'segments' | 'calls' | 'quotas' | 'statistics' | 'problems' | 'bodies'
  >;
  readonly honeycomb: Pick<Honeycomb, 'spans' | 'keys' | 'problems' | 'origins'>;
  readonly downstream: Pick<Downstream, 'calls'>;
  readonly substitutions: readonly Substitution[];
}
