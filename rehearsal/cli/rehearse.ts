/**
 * npm run rehearse: reads what was synthesized, runs each traced service of it, and evaluates every check.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { CHECK_GROUPS } from '../checks/checks';
import type { Minute } from '../alarms/minute';
import { evaluateAlarms, type FaultMinute } from '../faults/alarms';
import { evaluateFault } from '../faults/fault';
import { FAULTS } from '../faults/faults';
import { Graph } from '../predicates/graph';
import { Refusal } from '../refusal';
import { observationsOf, type Report, type ServiceReport } from '../report/report';
import { renderTable } from '../report/table';
import { writeReport } from '../report/write-report';
import type { Check } from '../results/check';
import { redact, type Result, type Row, unavailable, withoutSecret } from '../results/result';
import { searchFiles } from '../run/key-search';
import { FULL, run } from '../run/run';
import { minuteOf } from '../run/minute';
import { indexRun, type Run } from '../run/run-index';
import { evaluateFacts } from '../static/static-checks';
import { whyUnsupported } from '../static/support';
import type { Assembly } from '../template/assembly';
import { type Plan, readPlan } from '../template/plan';
import { TestBed } from '../testbed/test-bed';
import { percentile } from '../traffic/exchange';
import { command, printTotals, type Progress } from './command';
import { ASSEMBLY_OPTIONS, prepareAssembly, prepareTestBed } from './prepare';

const FAULT_SUBJECT = 'Faults that must not harm requests, and that telemetry recovers from';

interface Options {
  readonly static: boolean;
  readonly faults: boolean;
}

void command(async (directory, progress) => {
  const { values: options } = parseArgs({
    options: {
      ...ASSEMBLY_OPTIONS,
      static: { type: 'boolean', default: false },
      faults: { type: 'boolean', default: false },
      report: { type: 'string', default: 'rehearsal-report' },
    },
  });
  const started = Date.now();
  const prepared = await prepareAssembly(directory, options, progress);
  const { assemblies, key } = prepared;
  const services: ServiceReport[] = [];
  for (const assembly of assemblies) {
    const service = await rehearse(assembly, prepared, options, progress);
    // a figure may quote a log line that exposes the key
    const rows = service.rows.map((row) => withoutSecret(row, key));
    services.push({ ...service, rows });
    console.log(renderTable(rows, assemblies.length > 1 ? service.name : undefined));
    if (service.stopped !== undefined) {
      console.error(`error: ${service.stopped}`);
    }
  }
  const report: Report = {
    at: new Date(started).toISOString(),
    seconds: Math.round((Date.now() - started) / 1000),
    services,
  };
  writeReport(options.report, report, key);
  progress(`the report is ${join(options.report, 'report.html')}`);
  const passed = printTotals(
    'rehearse',
    services.flatMap(({ rows }) => rows),
  );
  if (services.some(({ stopped }) => stopped !== undefined)) {
    process.exit(2);
  }
  return passed;
});

type Prepared = Awaited<ReturnType<typeof prepareAssembly>>;

/** Rehearses one service. What stops the rehearsal is reported, with the rows until then. */
async function rehearse(
  assembly: Assembly,
  prepared: Prepared,
  options: Options,
  progress: Progress,
): Promise<ServiceReport> {
  const { key, validator } = prepared;
  const { stackName, serviceId = stackName } = assembly;
  const unsupported = whyUnsupported(new Graph(assembly));
  if (unsupported !== undefined) {
    return { name: serviceId, stack: stackName, rows: [], stopped: unsupported };
  }
  const facts = evaluateFacts(assembly, validator);
  if (facts.some(({ outcome }) => outcome === 'failed')) {
    progress('nothing is run, because the template cannot work');
    return { name: serviceId, stack: stackName, rows: facts };
  }
  try {
    const plan = readPlan(assembly, key);
    const name = plan.serviceName;
    progress(`service: ${name}`);
    const ofTemplate = evaluateChecks((check) =>
      check.needs === 'template' ? check.evaluate({ plan }) : undefined,
    );
    if (options.static || ofTemplate.some(({ outcome }) => outcome === 'failed')) {
      return { name, stack: stackName, rows: [...facts, ...ofTemplate] };
    }
    if (plan.applicationImage === undefined) {
      const reason = `the assembly does not build the image ${plan.application.Image}`;
      const rest = evaluateChecks((check) =>
        check.needs === 'run' ? unavailable(reason) : check.evaluate({ plan }),
      );
      return { name, stack: stackName, rows: [...facts, ...rest] };
    }
    return {
      name,
      stack: stackName,
      ...(await runService({ ...prepared, assembly, plan }, facts, options, progress)),
    };
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return {
      name: serviceId,
      stack: stackName,
      rows: facts,
      stopped: redact(error.message, key),
    };
  }
}

async function runService(
  {
    assembly,
    assemblyDirectory,
    directory,
    key,
    plan,
  }: Prepared & { readonly assembly: Assembly; readonly plan: Plan },
  facts: readonly Row[],
  options: Options,
  progress: Progress,
): Promise<Pick<ServiceReport, 'rows' | 'observed'>> {
  const props = { ...(await prepareTestBed(directory, plan, progress)), key, plan };
  const record = await TestBed.with(props, (testBed) => run(testBed, FULL, progress));
  const indexed = indexRun(record, searchFiles(assemblyDirectory, key));
  const rows = [...facts, ...evaluateChecks((check) => check.evaluate(indexed))];
  if (options.faults) {
    const healthyP99Ms = percentile(indexed.steadyRequests, 0.99);
    const faults: FaultMinute[] = [];
    for (const fault of FAULTS) {
      const { id, description } = fault;
      progress(`fault: ${description}`);
      const { result, minute } = await TestBed.with(
        { ...props, key: fault.key?.(key) ?? key },
        (testBed) => evaluateFault(fault, testBed, healthyP99Ms),
      );
      rows.push({ id, subject: FAULT_SUBJECT, claim: description, ...result });
      faults.push({ ...fault, minute });
    }
    rows.push(...evaluateAlarms(assembly.template.Resources, healthyMinute(indexed), faults));
  }
  return { rows, observed: observationsOf(indexed, props) };
}

function healthyMinute(run: Run): Minute {
  const { application, daemon, exchanges, plan, segments, steadyFrom } = run;
  const steady = exchanges.filter(({ phase }) => phase === 'steady');
  const until = Math.max(...steady.map(({ doneAt }) => doneAt));
  return minuteOf({
    plan,
    exchanges: steady,
    segments: segments.filter(({ start_time }) => start_time >= steadyFrom && start_time <= until),
    lines: { [plan.application.Name]: application.log, [plan.daemon.Name]: daemon.log },
    vCpus: application.averageVCpus + daemon.averageVCpus,
    memoryMiB: application.peakMemoryMiB + daemon.peakMemoryMiB,
  });
}

/** Evaluates the checks, all but those that `evaluate` returns nothing for. */
function evaluateChecks(evaluate: (check: Check) => Result | undefined): Row[] {
  return CHECK_GROUPS.flatMap(({ subject, checks }) =>
    checks.flatMap((check) => {
      const result = evaluate(check);
      return result ? [{ id: check.id, subject, claim: check.claim, ...result }] : [];
    }),
  );
}
