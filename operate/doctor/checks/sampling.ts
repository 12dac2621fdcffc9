import {
  GetGroupCommand,
  InvalidRequestException,
  paginateGetSamplingRules,
  type SamplingRuleRecord,
} from '@aws-sdk/client-xray';
import { decidingRule, type SamplingRule } from '../../../rehearsal/xray/sampling-rule';
import { type Check, healthy, wrong } from '../check';

const REDEPLOY = 'npx cdk deploy';

const GROUP: Check = {
  id: 'group',
  question: 'Does the X-Ray group select the traces of the service?',
  asks: ['xray:GetGroup'],
  run: async (deployment) => {
    const expected = `service("${await deployment.serviceName()}")`;
    const found: string[] = [];
    for (const arn of deployment.idsOf('AWS::XRay::Group')) {
      // arn:aws:xray:<region>:<account>:group/<name>/<id>
      const name = arn.split('/')[1] ?? arn;
      try {
        const { Group } = await deployment.clients.xray.send(
          new GetGroupCommand({ GroupName: name }),
        );
        found.push(Group?.FilterExpression ?? '');
      } catch (error) {
        if (error instanceof InvalidRequestException) {
          return wrong(
            `X-Ray has no group ${name}: it was deleted outside CloudFormation`,
            anotherName('groupName', name),
          );
        }
        throw error;
      }
    }
    return found.includes(expected)
      ? healthy(`a group selects ${expected}`)
      : wrong(
          `no group of the stack selects ${expected}; the stack's groups: ${found.join(', ') || 'none'}`,
          REDEPLOY,
        );
  },
};

const RULES: Check = {
  id: 'rules',
  question: "Do the stack's sampling rules decide for its requests?",
  asks: ['xray:GetSamplingRules'],
  run: async (deployment) => {
    const records: SamplingRuleRecord[] = [];
    for await (const page of paginateGetSamplingRules({ client: deployment.clients.xray }, {})) {
      records.push(...(page.SamplingRuleRecords ?? []));
    }
    const rules = records.flatMap(({ SamplingRule: rule }) => rule ?? []);
    const own = deployment
      .idsOf('AWS::XRay::SamplingRule')
      .map((arn) => arn.split('/').at(-1) ?? arn);
    const gone = own.filter((name) => !rules.some(({ RuleName }) => RuleName === name));
    if (gone.length > 0) {
      return wrong(
        `X-Ray has no rule ${gone.join(', ')}: it was deleted outside CloudFormation`,
        anotherName('ruleName', gone[0] ?? ''),
      );
    }
    const request = { host: 'service.example', method: 'GET', path: '/' };
    const decides = (service: string) =>
      decidingRule(rules as readonly SamplingRule[], { ...request, service });
    const service = await deployment.serviceName();
    const rule = decides(service);
    // the rule for a service that is named after its host
    const other = decides(request.host);
    const seen = `for ${service}: ${described(rule)}; for a segment of another name: ${described(other)}`;
    if (!own.includes(rule.RuleName)) {
      return wrong(
        `${seen}; ${rule.RuleName} is not of the stack and comes first, with priority ${rule.Priority}`,
        `npm run deploy -- -c cruddur:samplingPriority=${Math.max(2, rule.Priority - 1)}`,
      );
    }
    return rule.FixedRate === 0 && rule.ReservoirSize === 0
      ? wrong(`${seen}: nothing is recorded`, 'npm run deploy -- -c cruddur:samplingFixedRate=0.1')
      : healthy(seen);
  },
};

export const SAMPLING_CHECKS: readonly Check[] = [GROUP, RULES];

/** Returns a deployment with another name: CloudFormation assumes that what was deleted outside it is still there. */
function anotherName(key: 'groupName' | 'ruleName', name: string): string {
  return `npm run deploy -- -c cruddur:${key}=${name}-2`;
}

function described({ RuleName, ReservoirSize, FixedRate }: SamplingRule): string {
  return `rule ${RuleName}, ${ReservoirSize} a second and ${FixedRate * 100} % of the rest`;
}
