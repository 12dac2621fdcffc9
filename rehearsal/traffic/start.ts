import { setTimeout as sleep } from 'node:timers/promises';
import { Refusal } from '../refusal';
import type { Container } from '../template/task-definition';
import { routeTo } from '../service/service-file';
import type { TestBed } from '../testbed/test-bed';
import { listeningPorts } from '../testbed/ports';
import { Client } from './client';

const START_SECONDS = 30;
/** A program that listens elsewhere is not about to listen here too. */
const ELSEWHERE_SECONDS = 2;
const LOG_LINES = 8;

/**
 * Starts the task, with all containers or all but one, and waits until it passes the load balancer's
 * health check.
 */
export async function startTask(testBed: TestBed, except?: Container): Promise<Client> {
  const { props, task } = testBed;
  const { application, healthCheck, targetPort } = props.plan;
  const clientOf = (port: number) =>
    new Client(port, props.service.routes, routeTo(healthCheck.path));
  let client = clientOf(testBed.port);
  task.start(except);
  const started = task.run(application);
  const process = started?.process;
  let elsewhereSince: number | undefined;
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    const { status, error } = await client.send('health', 'start');
    if (status !== undefined && isHealthy(healthCheck.codes, status)) {
      return client;
    }
    const ports = listeningPorts(started?.meter.pids() ?? []);
    if (error !== undefined && ports.includes(targetPort)) {
      // the port is part of the program's code
      client = clientOf(targetPort);
    }
    const elsewhere = ports.filter((port) => ![testBed.port, targetPort].includes(port));
    elsewhereSince = elsewhere.length > 0 ? (elsewhereSince ?? Date.now()) : undefined;
    if (
      error !== undefined &&
      Date.now() - (elsewhereSince ?? Infinity) > ELSEWHERE_SECONDS * 1000
    ) {
      throw new Refusal(wrongPort(testBed, elsewhere));
    }
    // waiting does not change a response that is not healthy
    if (process?.exit || status !== undefined || Date.now() > deadline) {
      const what = process?.exit
        ? `exited with code ${String(process.exit.code)}`
        : 'did not become healthy';
      const lines = process?.log.slice(-LOG_LINES).join('\n  ') ?? '';
      const reason = `${application.Name} ${what}: GET ${healthCheck.path} returned ${String(status ?? error)}; the last lines of its log:\n  ${lines}`;
      throw new Refusal(reason.replaceAll(props.key, '<the key>'));
    }
    await sleep(100);
  }
}

function wrongPort({ ports, props: { plan } }: TestBed, elsewhere: readonly number[]): string {
  const { application, targetPort } = plan;
  const own = application.Environment.find(({ Name }) => Name === 'PORT')?.Value;
  return (
    `${application.Name} must listen on port ${targetPort}, to which the load balancer sends requests, ` +
    `got: ${elsewhere.map((port) => ports.original(port)).join(', ')}; ` +
    (own === undefined
      ? `let it read the variable PORT, and set PORT to ${targetPort}`
      : `PORT is ${own}: let it listen there, or send requests to the port that it has`)
  );
}

/** @param codes in the form that a target group accepts: `200`, `200,204`, or `200-299` */
export function isHealthy(codes: string, status: number): boolean {
  return codes.split(',').some((range) => {
    const [low = '', high = low] = range.split('-');
    return status >= Number(low) && status <= Number(high);
  });
}
