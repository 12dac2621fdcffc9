import { Graph, isAboutTemplate, NotKnown, type Part } from '../predicates/graph';
import { KINDS } from '../predicates/kinds';
import { list, quantity } from '../results/prose';
import { type Result, type Row, unavailable } from '../results/result';
import type { Assembly } from '../template/assembly';
import type { Resource } from '../template/resolver';
import { type Fact, HARMLESS, type Mistake, STATIC_CHECKS, VALIDATED } from './facts';
import type { TemplateValidator } from './validator';

const SUBJECT = 'Template';

/** ID of the check that the validator makes. */
export const VALIDATOR_CHECK = 'template-valid';

/** Types that the rehearsal runs, or that configure what it runs. */
const RUN = /^AWS::(ECS::TaskDefinition|XRay::SamplingRule|XRay::Group|SSM::Parameter)$/;

/** Types that could come between those that facts follow. */
const UNFOLLOWED =
  /^AWS::(EC2::(VPCEndpoint|VPCBlockPublicAccess.*|(VPC)?DHCPOptions.*|VPNGateway)|WAFv2::WebACLAssociation|NetworkFirewall::.*|Route53Resolver::.*|XRay::ResourcePolicy)$/;

/** The result of a fact for one part. */
export interface Finding {
  readonly fact: Fact;
  readonly id: string;
  readonly outcome: Result['outcome'];
  readonly sentence: string;
}

/** Evaluates every fact, and states what of the template no fact is about. */
export function evaluateFacts(assembly: Assembly, validator?: TemplateValidator): Row[] {
  const graph = new Graph(assembly);
  const rows = STATIC_CHECKS.map(({ id, claim, facts }) => {
    const findings = facts.flatMap((fact) => findingsOf(fact, graph));
    return { id, subject: SUBJECT, claim, ...resultOf(findings) };
  });
  return [coverageOf(graph), validated(assembly, validator), ...rows];
}

function validated(assembly: Assembly, validator?: TemplateValidator): Row {
  const named = {
    id: VALIDATOR_CHECK,
    subject: SUBJECT,
    claim: 'CloudFormation Validate and cdk-preflight accept the template',
  };
  try {
    const problems = validator?.problemsOf(assembly) ?? [];
    return {
      ...named,
      outcome: problems.length === 0 ? 'passed' : 'failed',
      data: problems,
      figure: () => lines(problems, 'They find nothing'),
    };
  } catch (error) {
    return { ...named, ...unavailable(`the validator failed: ${String(error)}`) };
  }
}

/** Evaluates a fact for each part of its kind. */
export function findingsOf(fact: Fact, graph: Graph): Finding[] {
  return partsOf(fact.kind, graph).map((part) => find(fact, part, graph));
}

function find(fact: Fact, part: Part, graph: Graph): Finding {
  const { property, must, otherwise } = fact;
  const claim = `${part.id}: ${property} must ${must}`;
  try {
    const holds = fact.holds(part, property, graph);
    const value = part.id === graph.root.id ? '' : part.text(property, 'nothing');
    const got = value === '' || value.length > 300 ? '' : `, got: ${value}`;
    const outcome = holds ? 'passed' : 'failed';
    return { fact, id: part.id, outcome, sentence: `${claim}${got}; or else ${otherwise}` };
  } catch (error) {
    if (!isAboutTemplate(error)) {
      throw error;
    }
    const outcome = error instanceof NotKnown ? 'not evaluated' : 'failed';
    return { fact, id: part.id, outcome, sentence: `${claim}: ${error.message}` };
  }
}

function resultOf(findings: readonly Finding[]): Result {
  const of = (wanted: Result['outcome']) => findings.filter(({ outcome }) => outcome === wanted);
  const failed = of('failed').map(({ sentence }) => sentence);
  const notEvaluated = of('not evaluated').map(({ sentence }) => `not evaluated: ${sentence}`);
  if (findings.length === 0) {
    return unavailable('the template does not lead to the parts that it is about');
  }
  return {
    outcome: failed.length > 0 ? 'failed' : notEvaluated.length > 0 ? 'not evaluated' : 'passed',
    data: { facts: findings.length, failed, notEvaluated },
    figure: () =>
      lines([...failed, ...notEvaluated], `${quantity(findings.length, 'fact')} confirmed`),
  };
}

function lines(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.join('\n        ');
}

function coverageOf(graph: Graph): Row {
  const ids = Object.keys(graph.resources);
  const typeOf = (id: string) => graph.resources[id]?.Type ?? '';
  const unknown = Object.keys(KINDS).flatMap((kind) => unknownProperties(kind, graph));
  const notRead = ids.filter((id) => !graph.looked.has(id));
  const notReadTypes = notRead.map(typeOf);
  const macros = graph.template.Transform === undefined ? [] : ['Transform'];
  const unfollowed = notRead.filter((id) => mayInterfere(graph.resources[id])).map(typeOf);
  const notEvaluated = [...new Set([...unknown, ...unfollowed, ...macros, ...notRun(graph)])];
  const run = ids.filter((id) => RUN.test(typeOf(id)));
  const names = [...new Set(notReadTypes)].map(
    (type) => `${notReadTypes.filter((other) => other === type).length} ${type}`,
  );
  return {
    id: 'all-read',
    subject: SUBJECT,
    claim: 'All that a trace depends on is read and understood',
    outcome: notEvaluated.length > 0 ? 'not evaluated' : 'passed',
    data: { resources: ids.length, run, notReadTypes, notEvaluated },
    figure: () =>
      `Of ${quantity(ids.length, 'resource')}, ${ids.length - notReadTypes.length} are read and ${run.length} of these run; not looked at: ${list(names, 'none')}` +
      (notEvaluated.length > 0 ? `; not evaluated: ${notEvaluated.join(', ')}` : ''),
  };
}

/** Whether a resource that no fact follows could come between those that are followed. */
function mayInterfere(resource: Resource | undefined): boolean {
  if (!resource || !UNFOLLOWED.test(resource.Type)) {
    return false;
  }
  // a gateway endpoint is only for S3 and DynamoDB
  return !(
    resource.Type === 'AWS::EC2::VPCEndpoint' &&
    (resource.Properties?.VpcEndpointType ?? 'Gateway') === 'Gateway' &&
    resource.Properties?.PolicyDocument === undefined
  );
}

/** Returns the containers other than the application and the daemon. */
function notRun(graph: Graph): string[] {
  const runs = ['application', 'daemon'].flatMap((kind) => partsOf(kind, graph));
  return partsOf('container', graph)
    .map(({ id }) => id)
    .filter((id) => !runs.some((part) => part.id === id));
}

/** Returns the properties of the parts of a kind that facts.md does not have. */
function unknownProperties(kind: string, graph: Graph): string[] {
  // both are containers, and the root is the template
  if (['template', 'application', 'daemon', 'any scalable target'].includes(kind)) {
    return [];
  }
  const kinds = kind === 'container' ? [kind, 'application', 'daemon'] : [kind];
  const named = [...STATIC_CHECKS.flatMap(({ facts }): readonly Mistake[] => facts), ...VALIDATED]
    .filter((fact) => kinds.includes(fact.kind))
    .map(({ property }) => property.split('.')[0]);
  const known = [...named, ...(HARMLESS[kind] ?? [])];
  return partsOf(kind, graph).flatMap((part) =>
    part.keysOf().flatMap((key) => (known.includes(key) ? [] : [`${part.id}.${key}`])),
  );
}

/** Returns the parts of a kind, or none if they cannot be found, which a fact about the template reports. */
function partsOf(kind: string, graph: Graph): readonly Part[] {
  try {
    const parts = KINDS[kind]?.(graph) ?? [];
    parts.forEach((part) => part.keysOf());
    return parts;
  } catch (error) {
    if (isAboutTemplate(error)) {
      return [];
    }
    throw error;
  }
}
