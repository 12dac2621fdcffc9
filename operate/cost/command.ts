/**
 * npm run cost: what a month of the synthesized template costs, idle and under load.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { OperatorError, textOf } from '../operator-error';
import { bill } from './bill';
import { type Load, trafficRule, underLoad } from './traffic/load';
import * as print from './print';
import { quotaUses } from './traffic/quotas';
import { shareReservoir } from './traffic/reservoir';
import { savings } from './savings';
import { idleTasks, standing } from './standing';
import { synthesizedTemplate } from './synthesis';
import type { Template } from './template';

const templateSchema = z.looseObject({
  Resources: z.record(z.string(), z.looseObject({ Type: z.string() })),
});

try {
  main();
} catch (error) {
  console.error(textOf(error));
  process.exitCode = 1;
}

function main(): void {
  const { values: options } = parseArgs({
    options: {
      context: { type: 'string', short: 'c', multiple: true, default: [] },
      template: { type: 'string' },
      tasks: { type: 'string' },
      'requests-per-second': { type: 'string' },
      'spans-per-request': { type: 'string', default: '2' },
    },
  });
  const template =
    options.template === undefined
      ? synthesizedTemplate(options.context)
      : readTemplate(options.template);
  const tasks = positive('tasks', options.tasks ?? String(idleTasks(template)), 'whole number');
  const idle = standing(template, tasks);
  show(print.heading());
  show(`## Idle, ${tasks} ${tasks === 1 ? 'task' : 'tasks'}`);
  show(print.billTable(bill(idle.usages)));
  show(print.otherTypes(idle));
  if (options['requests-per-second'] === undefined) {
    show('Pass --requests-per-second N for the bill under load.');
    return;
  }
  const load: Load = {
    requestsPerSecond: positive('requests-per-second', options['requests-per-second']),
    spansPerRequest: positive('spans-per-request', options['spans-per-request']),
    tasks,
  };
  showLoad(template, load);
  if (options.template === undefined) {
    const change = (setting: string) => synthesizedTemplate([...options.context, setting]);
    show('## What a setting would save');
    show(print.savingsTable(savings(template, load, change)));
  }
}

function showLoad(template: Template, load: Load): void {
  const { requestsPerSecond, tasks } = load;
  const rule = trafficRule(template);
  show(`## At ${requestsPerSecond} requests a second all month, in addition`);
  show(print.billTable(bill(underLoad(template, load))));
  show(print.honeycombLine(load));
  show(
    `## How tasks share the reservoir of ${rule.ReservoirSize} of rule ${rule.RuleName}, fixed rate ${rule.FixedRate}`,
  );
  const counts = [...new Set([1, 20, 200, tasks])].sort((a, b) => a - b);
  show(print.sharedTable(counts.map((count) => shareReservoir(rule, count, requestsPerSecond))));
  show('## Quotas per second');
  show(print.quotaTable(quotaUses(template, load)));
}

function show(paragraph: string): void {
  console.log(`${paragraph}\n`);
}

function readTemplate(file: string): Template {
  const text = readFileSync(file, 'utf8');
  try {
    return templateSchema.parse(JSON.parse(text));
  } catch {
    throw new OperatorError(
      `--template must be a CloudFormation template in JSON, got: ${file}, which has no Resources with a Type each`,
    );
  }
}

function positive(option: string, text: string, kind = 'number'): number {
  const value = Number(text);
  if (!(value > 0 && value < Infinity) || (kind === 'whole number' && !Number.isInteger(value))) {
    throw new OperatorError(`--${option} must be a ${kind} above 0, got: ${text}`);
  }
  return value;
}
