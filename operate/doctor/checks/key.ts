import { GetParameterCommand, ParameterNotFound, type Parameter } from '@aws-sdk/client-ssm';
import { HoneycombApiKey } from '../../../lib/honeycomb/honeycomb-api-key';
import { messageOf } from '../../operator-error';
import { quantity } from '../../../rehearsal/results/prose';
import { type Check, healthy, wrong } from '../check';
import type { Clients } from '../clients';
import { type Deployment, variable } from '../deployment';
import { restart } from './service';

const STORE = 'npm run key';

const KEY_STORED: Check = {
  id: 'key-stored',
  question: 'Is a Honeycomb API key stored that an HTTP header can carry?',
  asks: ['ssm:GetParameter'],
  run: async (deployment) => {
    const name = await deployment.keyParameter();
    const parameter = await keyParameter(deployment);
    if (!parameter?.Value || parameter.Value === HoneycombApiKey.NOT_STORED) {
      return wrong(`${name} holds no key yet`, STORE);
    }
    // the value is not shown
    return /^[!-~]+$/.test(parameter.Value)
      ? healthy(
          `${name} is a ${parameter.Type ?? ''} of version ${parameter.Version ?? ''}, ${parameter.Value.length} characters`,
        )
      : wrong(
          `${name} holds characters that an HTTP header cannot carry, such as a space or a line break`,
          STORE,
        );
  },
};

const KEY_KNOWN: Check = {
  id: 'key-known',
  question: 'Does Honeycomb know the key?',
  asks: ['ssm:GetParameter', 'GET https://api.honeycomb.io/1/auth'],
  run: async (deployment) => {
    const endpoint = variable(await deployment.application(), 'OTEL_EXPORTER_OTLP_ENDPOINT') ?? '';
    const key = (await keyParameter(deployment))?.Value;
    if (!key || !/^[!-~]+$/.test(key) || key === HoneycombApiKey.NOT_STORED) {
      return wrong('there is no valid key to ask about', STORE);
    }
    const answer = await answerOf(deployment.clients, endpoint, key);
    if (answer === 'status 200') {
      return healthy(`${endpoint} knows it`);
    }
    return answer === 'status 401'
      ? wrong(
          `${endpoint} does not know it: it was deleted, or it belongs to Honeycomb's other region`,
          STORE,
        )
      : wrong(`${endpoint}/1/auth: ${answer}`, `curl -sS -o /dev/null ${endpoint}`);
  },
};

/** Returns the status, or why there is none. */
async function answerOf({ get }: Clients, endpoint: string, key: string): Promise<string> {
  try {
    const { status } = await get(`${endpoint}/1/auth`, { 'X-Honeycomb-Team': key });
    return `status ${status}`;
  } catch (error) {
    return messageOf(error);
  }
}

const KEY_READ: Check = {
  id: 'key-read',
  question: 'Did every task start after the key was stored?',
  asks: ['ssm:GetParameter', 'ecs:ListTasks', 'ecs:DescribeTasks'],
  run: async (deployment) => {
    const stored = (await keyParameter(deployment))?.LastModifiedDate;
    const tasks = await deployment.tasks('RUNNING');
    // ECS reads the key for a task after it has created the task
    const older = tasks.filter(
      ({ createdAt }) => createdAt !== undefined && stored !== undefined && createdAt < stored,
    );
    return older.length === 0
      ? healthy(
          `stored ${stored?.toISOString() ?? 'never'}; ${quantity(tasks.length, 'task')} started since`,
        )
      : wrong(
          `${older.length} of ${tasks.length} tasks started before the key was stored, with the previous one`,
          restart(deployment),
        );
  },
};

export const KEY_CHECKS: readonly Check[] = [KEY_STORED, KEY_KNOWN, KEY_READ];

async function keyParameter(deployment: Deployment): Promise<Parameter | undefined> {
  try {
    const Name = await deployment.keyParameter();
    const { Parameter } = await deployment.clients.ssm.send(
      new GetParameterCommand({ Name, WithDecryption: true }),
    );
    return Parameter;
  } catch (error) {
    if (error instanceof ParameterNotFound) {
      return undefined;
    }
    throw error;
  }
}
