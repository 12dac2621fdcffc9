import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import {
  CloudFormationValidatePlugin,
  type IPolicyValidationContext,
  type PolicyValidationPluginReport,
} from 'aws-cdk-lib';

/** A report and the engine's version, or why there is none. */
type Answer =
  | { readonly report: PolicyValidationPluginReport; readonly version: string }
  | { readonly error: string };

/** Without an answer the thread has ended: it answers within 2 s. */
const MAX_WAIT_SECONDS = 60;

/**
 * CloudFormation Validate with the rules of cdk-preflight, in a thread. Its findings are errors, by the feature flags in cdk.json.
 *
 * The engine loads and compiles its rules while the app is constructed and synthesized. Its memory grows in thousands of small
 * steps, and V8 collects garbage at many of them: in a thread it does not have to search the app and the CDK for it.
 */
export class ThreadedValidation extends CloudFormationValidatePlugin {
  private readonly port: MessagePort;
  /** Its one element is 1 as soon as there is an answer. */
  private readonly isAnswered = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  private engineVersion = '';

  public constructor() {
    super();
    // The engine is WebAssembly and runs once: optimizing it takes longer than it saves. V8 marks some objects at each step in
    // which its memory grows, and completes several times as many garbage collections if it also marks concurrently.
    setFlagsFromString('--liftoff-only');
    setFlagsFromString('--no-concurrent-marking');

    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    // in JavaScript, because to load ts-node in the thread takes as long as the thread saves
    const thread = new Worker(join(__dirname, 'validation-thread.cjs'), {
      execArgv: [],
      workerData: { port: port2, isAnswered: this.isAnswered },
      transferList: [port2],
    });
    thread.unref();
  }

  /** The engine's, once it has answered: to ask for it here would load the engine a second time. */
  public override get version(): string {
    return this.engineVersion;
  }

  /**
   * Has the thread compile the rules; once, before `validate`.
   *
   * @param resourceTypes the types of the templates; rules about other types are left out
   */
  public compileRules(resourceTypes: readonly string[]): void {
    this.port.postMessage(resourceTypes);
  }

  /**
   * Waits for the thread, since the CDK validates synchronously. An engine that cannot start, or fails, is a finding: the CDK
   * CLI takes an error of a plugin for a success.
   */
  public override validate({ stackTemplates }: IPolicyValidationContext) {
    Atomics.store(this.isAnswered, 0, 0);
    this.port.postMessage(stackTemplates);
    Atomics.wait(this.isAnswered, 0, 0, MAX_WAIT_SECONDS * 1000);
    const received: unknown = receiveMessageOnPort(this.port);
    const answer = (received as { message: Answer } | undefined)?.message ?? {
      error: `no answer in ${MAX_WAIT_SECONDS} s`,
    };
    if ('error' in answer) {
      return failure(answer.error, stackTemplates);
    }
    this.engineVersion = answer.version;
    return answer.report;
  }
}

function failure(
  error: string,
  stackTemplates: IPolicyValidationContext['stackTemplates'],
): PolicyValidationPluginReport {
  const violatingResources = stackTemplates.map(({ stackConstructPath, templatePath }) => ({
    constructPath: stackConstructPath,
    templatePath,
    locations: [],
  }));
  const description = `the engine failed, so nothing is validated: ${error}`;
  const violation = {
    ruleName: 'engine-failed',
    description,
    severity: 'fatal',
    violatingResources,
  };
  return { success: false, violations: [violation] };
}
