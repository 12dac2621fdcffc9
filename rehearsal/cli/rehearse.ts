/**
 * npm run rehearse: runs what was synthesized and judges every promise on what arrives.
 */
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readAssembly, synthesize } from '../template/assembly';
import { applicationPython, command, newKey, printTotals } from './command';
import { findDaemon } from '../testbed/daemon';
import { FAULTS } from '../faults/faults';
import { searchFiles } from '../checks/key-search';
import { FULL, perform } from '../traffic/run';
import { readPlan } from '../template/plan';
import { judge, PROMISES } from '../checks/promises';
import { renderTable, type Row, writeReport } from '../report/report';
import { Stage } from '../testbed/test-bed';

void command(async (directory, progress) => {
  const { values: options } = parseArgs({
    options: {
      assembly: { type: 'string' },
      faults: { type: 'boolean', default: false },
      report: { type: 'string', default: 'rehearsal-report' },
    },
  });
  const started = Date.now();
  // random, so that it can stand nowhere but where the rehearsal puts it
  const key = newKey();
  const assembly = resolve(options.assembly ?? join(directory, 'cdk.out'));
  if (options.assembly === undefined) {
    progress('synthesizing');
    await synthesize(assembly, key);
  }
  const plan = readPlan(readAssembly(assembly), key);
  const daemon = await findDaemon(plan.daemon.Image, directory);
  progress(`daemon: ${daemon.real ? 'the real one' : 'NOT THE REAL ONE'}, ${daemon.origin}`);
  const python = await applicationPython();

  const props = { plan, key, daemon, python, directory };
  const evidence = await Stage.with(props, (stage) => perform(stage, FULL, progress));
  const search = { key, files: searchFiles(assembly, key) };
  const rows: Row[] = PROMISES.map((promised) => {
    const verdict = judge(promised, evidence, search);
    // a figure may quote a log that should not hold the key
    const figure = verdict.figure.replaceAll(key, '<the key>');
    return { id: promised.id, claim: promised.claim, ...verdict, figure };
  });
  if (options.faults) {
    for (const fault of FAULTS) {
      progress(`fault: ${fault.claim}`);
      const broken = { ...props, key: fault.key?.(key) ?? key };
      const verdict = await Stage.with(broken, (stage) => fault.play(stage, evidence));
      rows.push({ id: fault.id, claim: `${fault.claim}: no request fails or slows`, ...verdict });
    }
  }
  writeReport(options.report, { evidence, rows, daemon, python, key, started });
  console.log(renderTable(rows));
  progress(`the report is ${join(options.report, 'report.html')}`);
  printTotals(
    'rehearse',
    rows.map(({ kept }) => kept),
  );
  return rows.every(({ kept }) => kept);
});
