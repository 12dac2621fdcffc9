/**
 * npm run rehearse: runs what was synthesized, and evaluates every check.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECK_GROUPS } from '../checks/checks';
import { evaluateFault } from '../faults/fault';
import { FAULTS } from '../faults/faults';
import { composeReport } from '../report/report';
import { renderTable } from '../report/table';
import { writeReport } from '../report/write-report';
import { type Row, withoutSecret } from '../results/result';
import { searchFiles } from '../run/key-search';
import { FULL, run } from '../run/run';
import { indexRun } from '../run/run-index';
import { readPlan } from '../template/plan';
import { TestBed } from '../testbed/test-bed';
import { percentile } from '../traffic/exchange';
import { command, printTotals } from './command';
import { prepare } from './prepare';

const FAULT_SUBJECT = 'Faults that must not harm requests, and that telemetry recovers from';

void command(async (directory, progress) => {
  const { values: options } = parseArgs({
    options: {
      assembly: { type: 'string' },
      faults: { type: 'boolean', default: false },
      report: { type: 'string', default: 'rehearsal-report' },
    },
  });
  const started = Date.now();
  const prepared = await prepare(directory, options.assembly, progress);
  const { assembly, assemblyDirectory, daemon, key, python } = prepared;
  const props = { directory, daemon, key, python, plan: readPlan(assembly, key) };

  const record = await TestBed.with(props, (testBed) => run(testBed, FULL, progress));
  const indexed = indexRun(record, searchFiles(assemblyDirectory, key));
  const rows: Row[] = CHECK_GROUPS.flatMap(({ subject, checks }) =>
    checks.map(({ id, claim, evaluate }) => ({ id, subject, claim, ...evaluate(indexed) })),
  );
  if (options.faults) {
    const healthyP99Ms = percentile(indexed.steadyRequests, 0.99);
    for (const fault of FAULTS) {
      const { id, description } = fault;
      progress(`fault: ${description}`);
      const result = await TestBed.with({ ...props, key: fault.key?.(key) ?? key }, (testBed) =>
        evaluateFault(fault, testBed, healthyP99Ms),
      );
      rows.push({ id, subject: FAULT_SUBJECT, claim: description, ...result });
    }
  }
  // a figure may quote a log line that exposes the key
  const shown = rows.map((row) => withoutSecret(row, key));
  writeReport(
    options.report,
    composeReport({ run: indexed, rows: shown, daemon, python, started }),
    key,
  );
  console.log(renderTable(shown));
  progress(`the report is ${join(options.report, 'report.html')}`);
  return printTotals('rehearse', shown);
});
