/**
 * npm run rehearse:mutants: applies every mutation to the template, and checks that the rehearsal
 * catches it.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { CHECKS } from '../checks/checks';
import { change } from '../mutations/change';
import { type Mutation, MUTATIONS } from '../mutations/mutations';
import { Refusal } from '../refusal';
import type { Result, Row } from '../results/result';
import { evaluateFacts, VALIDATOR_CHECK } from '../static/static-checks';
import { run, SHORT } from '../run/run';
import { indexRun } from '../run/run-index';
import type { Assembly } from '../template/assembly';
import { type Plan, readPlan } from '../template/plan';
import { TestBed, type TestBedProps } from '../testbed/test-bed';
import { command, printTotals } from './command';
import { ASSEMBLY_OPTIONS, prepareAssembly, prepareTestBed } from './prepare';

/** A run waits more than it works. */
const RUNS_PER_CORE = 2;

/** The unchanged template: a check that fails on it would prove nothing. */
const UNCHANGED: Mutation = { name: 'unchanged', caughtBy: 'nothing', change: '' };

void command(async (directory, progress) => {
  const { values: options } = parseArgs({
    options: { ...ASSEMBLY_OPTIONS, only: { type: 'string', default: '' } },
  });
  const prepared = await prepareAssembly(directory, options, progress);
  const [assembly] = prepared.assemblies;
  if (!assembly) {
    throw new Refusal('the assembly has no service');
  }
  const plan = readPlan(assembly, prepared.key);
  const props = { ...prepared, ...(await prepareTestBed(directory, plan, progress)), assembly };
  const waiting = [UNCHANGED, ...MUTATIONS].filter(({ name }) => name.includes(options.only));
  const results: Pick<Result, 'outcome'>[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { name, caughtBy, needsRealDaemon = false } = next;
      if (needsRealDaemon && !props.daemon.real) {
        results.push({ outcome: 'not evaluated' });
        progress(`N/A       ${name}: it needs the real daemon, and this is ${props.daemon.origin}`);
        continue;
      }
      const failed = await failedChecks(next, props);
      const isCaught = next === UNCHANGED ? failed.length === 0 : failed.includes(caughtBy);
      results.push({ outcome: isCaught ? 'passed' : 'failed' });
      const others = failed.filter((id) => id !== caughtBy);
      progress(
        `${isCaught ? 'caught  ' : 'SURVIVED'}  ${name}: ${isCaught ? '' : 'expected '}${caughtBy}` +
          (others.length > 0 ? ` (${isCaught ? 'also' : 'got'} ${others.join(', ')})` : ''),
      );
    }
  };
  await Promise.all(Array.from({ length: RUNS_PER_CORE * availableParallelism() }, work));
  // the unchanged template counts as one
  return printTotals('mutants', results);
});

type Props = Omit<TestBedProps, 'plan'> &
  Awaited<ReturnType<typeof prepareAssembly>> & { readonly assembly: Assembly };

/** Returns the IDs of the checks that fail on the mutated template. Runs it only if it has to. */
async function failedChecks(mutation: Mutation, props: Props): Promise<string[]> {
  const { assembly, validator, ...rest } = props;
  const { caughtBy } = mutation;
  const template = structuredClone(assembly.template);
  change(template, mutation.change);
  const mutated = { ...assembly, template };
  const isValidated = [VALIDATOR_CHECK, 'nothing'].includes(caughtBy);
  const facts = failedIn(evaluateFacts(mutated, isValidated ? validator : undefined));
  if (facts.includes(caughtBy)) {
    return facts;
  }
  try {
    const plan = readPlan(mutated, props.key);
    const early = failedOnTemplate(plan);
    const found = early.includes(caughtBy) ? early : await failedInRun({ ...rest, plan });
    return [...facts, ...found];
  } catch (error) {
    if (error instanceof Refusal) {
      return [...facts, 'refused'];
    }
    throw error;
  }
}

function failedIn(rows: readonly Row[]): string[] {
  return rows.filter(({ outcome }) => outcome === 'failed').map(({ id }) => id);
}

function failedOnTemplate(plan: Plan): string[] {
  return CHECKS.filter(
    (check) => check.needs === 'template' && check.evaluate({ plan }).outcome === 'failed',
  ).map(({ id }) => id);
}

async function failedInRun(props: TestBedProps): Promise<string[]> {
  const record = await TestBed.with(props, (testBed) => run(testBed, SHORT, () => undefined));
  const indexed = indexRun(record, { searched: 0, containing: [] });
  return CHECKS.filter((check) => check.evaluate(indexed).outcome === 'failed').map(({ id }) => id);
}
