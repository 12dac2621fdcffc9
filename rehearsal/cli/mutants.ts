/**
 * npm run rehearse:mutants: breaks the template in every way that people do, and demands that the
 * rehearsal sees it.
 */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Assembly, readAssembly, synthesize } from '../template/assembly';
import { applicationPython, command, newKey, printTotals } from './command';
import { findDaemon } from '../testbed/daemon';
import { type Mutation, MUTATIONS } from '../mutations/mutations';
import { perform, SHORT } from '../traffic/run';
import { type Plan, readPlan } from '../template/plan';
import { judge, PROMISES } from '../checks/promises';
import { Refusal } from '../template/refusal';
import { Stage, type StageProps } from '../testbed/test-bed';
import { TemplateEditor } from '../mutations/template-editor';

/** A run waits more than it works. */
const RUNS_PER_CORE = 2;

/** The template as it is: if it breaks a promise, breaking one proves nothing. */
const UNCHANGED: Mutation = { name: 'unchanged', breaks: 'nothing', apply: () => undefined };

void command(async (directory, progress) => {
  const { values: options } = parseArgs({
    options: { assembly: { type: 'string' }, only: { type: 'string', default: '' } },
  });
  const key = newKey();
  const assemblyDirectory = resolve(options.assembly ?? join(directory, 'cdk.out'));
  if (options.assembly === undefined) {
    progress('synthesizing');
    await synthesize(assemblyDirectory, key);
  }
  const assembly = readAssembly(assemblyDirectory);
  const props = {
    directory,
    key,
    daemon: await findDaemon(readPlan(assembly, key).daemon.Image, directory),
    python: await applicationPython(),
  };
  const waiting = [UNCHANGED, ...MUTATIONS].filter(({ name }) => name.includes(options.only));
  const outcomes: boolean[] = [];
  const work = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const broken = await brokenBy(next, assembly, props);
      const caught = next === UNCHANGED ? broken.length === 0 : broken.includes(next.breaks);
      outcomes.push(caught);
      const others = broken.filter((id) => id !== next.breaks);
      progress(
        `${caught ? 'caught  ' : 'SURVIVED'}  ${next.name}: ${caught ? '' : 'expected '}${next.breaks}` +
          (others.length > 0 ? ` (${caught ? 'also' : 'got'} ${others.join(', ')})` : ''),
      );
    }
  };
  await Promise.all(Array.from({ length: RUNS_PER_CORE * availableParallelism() }, work));
  // the unchanged template counts as one
  printTotals('mutants', outcomes);
  return outcomes.every(Boolean);
});

/** Ids of the promises that the mutated template breaks. */
async function brokenBy(
  mutation: Mutation,
  assembly: Assembly,
  props: Omit<StageProps, 'plan'>,
): Promise<string[]> {
  const template = structuredClone(assembly.template);
  mutation.apply(new TemplateEditor(template));
  try {
    const plan = readPlan({ ...assembly, template }, props.key);
    const early = PROMISES.filter(
      (promised) => 'judgeTemplate' in promised && !promised.judgeTemplate(plan).kept,
    ).map(({ id }) => id);
    return early.includes(mutation.breaks) ? early : await brokenInRun({ ...props, plan });
  } catch (error) {
    if (error instanceof Refusal) {
      return ['refused'];
    }
    throw error;
  }
}

async function brokenInRun(props: StageProps & { plan: Plan }): Promise<string[]> {
  const evidence = await Stage.with(props, (stage) => perform(stage, SHORT, () => undefined));
  const search = { key: props.key, files: { read: 0, holding: [] } };
  return PROMISES.filter((promised) => !judge(promised, evidence, search).kept).map(({ id }) => id);
}
