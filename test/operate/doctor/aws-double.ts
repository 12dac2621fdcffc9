import type { Answer, Received } from '../../../rehearsal/doubles/http-double';
import { HttpDouble } from '../../../rehearsal/doubles/http-double';

/** An error of AWS, or a status of HTTP, instead of an answer. */
export interface Failure {
  readonly error: string;
  readonly message: string;
}

/** What an action answers: XML, JSON, a failure, or one of them by the request's body. */
export type Reply = Plain | ((body: string) => Plain);

type Plain = string | Failure | Readonly<Record<string, unknown>>;

/** X-Ray's actions by path: it is the one service here that speaks REST. */
const XRAY_PATHS: Readonly<Record<string, string>> = {
  '/GetGroup': 'xray:GetGroup',
  '/GetSamplingRules': 'xray:GetSamplingRules',
  '/TraceSummaries': 'xray:GetTraceSummaries',
  '/TraceSegmentDestination': 'xray:GetTraceSegmentDestination',
  '/GetTraceSegmentDestination': 'xray:GetTraceSegmentDestination',
  '/GetIndexingRules': 'xray:GetIndexingRules',
  '/1/auth': 'GET https://api.honeycomb.io/1/auth',
};

/** Services by the name in the header that names the action. */
const TARGETS: Readonly<Record<string, string>> = {
  AmazonEC2ContainerServiceV20141113: 'ecs',
  AmazonSSM: 'ssm',
  GraniteServiceVersion20100801: 'cloudwatch',
  Logs_20140328: 'logs',
};

/**
 * Answers each action of AWS, in its service's own protocol, with what it is told to.
 */
export class AwsDouble extends HttpDouble {
  /** The actions that were asked, as IAM names them. */
  public readonly asked: string[] = [];
  /** Everything that was received. */
  public readonly bodies: string[] = [];

  constructor(
    port: number,
    private readonly replies: ReadonlyMap<string, Reply>,
  ) {
    super(port);
  }

  protected answer(received: Received): Answer {
    const action = actionOf(received);
    this.asked.push(action);
    this.bodies.push(received.body.toString());
    const known = this.replies.get(action);
    const reply = typeof known === 'function' ? known(received.body.toString()) : known;
    if (reply === undefined) {
      return { status: 501, type: 'text/plain', body: `the double does not know ${action}` };
    }
    if (typeof reply === 'object' && 'error' in reply) {
      return refusal(action, reply as Failure);
    }
    return typeof reply === 'string'
      ? { status: 200, type: 'text/xml', body: inEnvelope(action, reply) }
      : { status: 200, type: 'application/x-amz-json-1.1', body: JSON.stringify(reply) };
  }
}

function actionOf({ path, headers, body }: Received): string {
  const [target, operation] = String(headers['x-amz-target'] ?? '').split('.');
  if (target && operation) {
    return `${TARGETS[target] ?? target}:${operation}`;
  }
  const query = new URLSearchParams(body.toString());
  const action = query.get('Action');
  if (action !== null) {
    return `${query.get('Version') === '2010-05-15' ? 'cloudformation' : 'iam'}:${action}`;
  }
  return XRAY_PATHS[path] ?? path;
}

function inEnvelope(action: string, result: string): string {
  const name = action.split(':')[1] ?? '';
  return `<${name}Response><${name}Result>${result}</${name}Result></${name}Response>`;
}

function refusal(action: string, { error, message }: Failure): Answer {
  const isQuery = action.startsWith('cloudformation:') || action.startsWith('iam:');
  const body = isQuery
    ? `<ErrorResponse><Error><Type>Sender</Type><Code>${error}</Code><Message>${message}</Message></Error></ErrorResponse>`
    : JSON.stringify({ __type: error, message, Message: message });
  const status = /^\d+$/.test(error) ? Number(error) : 400;
  return { status, type: isQuery ? 'text/xml' : 'application/x-amz-json-1.1', body };
}
