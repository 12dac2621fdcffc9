import { bill } from '../../../../operate/cost/bill';
import {
  honeycombEvents,
  honeycombPlan,
  tracesPerSecond,
  trafficRule,
  underLoad,
} from '../../../../operate/cost/traffic/load';
import { quotaUses } from '../../../../operate/cost/traffic/quotas';
import { savings } from '../../../../operate/cost/savings';
import { synthesizedTemplate as synthesize } from '../../../../operate/cost/synthesis';
import type { Template } from '../../../../operate/cost/template';

const LOAD = { requestsPerSecond: 20, tasks: 1, spansPerRequest: 2 };
const MONTH = 730 * 3600;

const templates = new Map<string, Template>();

function synthesizedTemplate(settings: string[]): Template {
  const key = settings.join();
  const template = templates.get(key) ?? synthesize(settings);
  templates.set(key, template);
  return template;
}

const usd = (settings: string[], what: string) =>
  bill(underLoad(synthesizedTemplate(settings), LOAD)).lines.find((line) => line.what === what)
    ?.list;

test("the service's own rule decides for its requests, not the rule for health checks", () => {
  expect(trafficRule(synthesizedTemplate([])).RuleName).toBe('Cruddur');
});

test('traces are the reservoir and the fixed rate of the rest', () => {
  expect(tracesPerSecond(synthesizedTemplate([]), LOAD)).toBeCloseTo(5 + 0.1 * 15);
  expect(usd([], 'X-Ray, traces recorded')).toBeCloseTo((6.5 * MONTH * 5) / 1e6);
});

test('Insights are billed for each trace while they are on', () => {
  expect(usd(['cruddur:insights=true'], 'X-Ray Insights')).toBeCloseTo((6.5 * MONTH) / 1e6);
  expect(usd(['cruddur:insights=false'], 'X-Ray Insights')).toBeUndefined();
});

test("Honeycomb's free plan ends at 3.8 requests a second of 2 spans", () => {
  const plan = (requestsPerSecond: number) =>
    honeycombPlan(honeycombEvents({ ...LOAD, requestsPerSecond })).name;

  expect([plan(3.8), plan(3.9)]).toEqual(['Free', 'Pro, its first step']);
});

test('a setting saves what the template says once it is set', () => {
  const settings = ['cruddur:insights=true'];
  const template = synthesizedTemplate(settings);

  const saved = savings(template, LOAD, (setting) => synthesizedTemplate([...settings, setting]));

  const reservoir = saved.find(({ setting }) => setting === 'cruddur:samplingReservoirSize=1');
  // 4 traces a second less by the reservoir, a tenth of them recorded by the rate; each costs 5 and 1 USD a million
  expect(reservoir?.usd).toBeCloseTo((4 * 0.9 * MONTH * 6) / 1e6);
  expect(saved.map((saving) => saving.usd)).toEqual(
    saved.map((saving) => saving.usd).toSorted((a, b) => b - a),
  );
});

test('a setting that is already set saves nothing, and is not listed', () => {
  const settings = ['cruddur:samplingReservoirSize=1', 'cruddur:cpuArchitecture=arm64'];

  const saved = savings(synthesizedTemplate(settings), LOAD, (setting) =>
    synthesizedTemplate([...settings, setting]),
  );

  expect(saved.map(({ setting }) => setting)).toEqual(
    expect.not.arrayContaining([
      'cruddur:samplingReservoirSize=1',
      'cruddur:cpuArchitecture=arm64',
    ]),
  );
});

test('the quota that is met first comes first, with the load that meets it', () => {
  const load = { requestsPerSecond: 20_000, tasks: 200, spansPerRequest: 1 };

  const [honeycomb, segments] = quotaUses(synthesizedTemplate([]), load);

  // 20 million events in 2,628,000 seconds
  expect(honeycomb).toMatchObject({ used: 20_000, metAt: 8 });
  expect(segments?.what).toBe('X-Ray, segments a second');
  expect(segments?.used).toBeCloseTo(5 + 0.1 * 19_995);
  // 5 + 0.1 (n - 5) = 2600
  expect(segments?.metAt).toBeCloseTo(25_955, -1);
});

test('a lower fixed rate moves the quota of segments', () => {
  const load = { requestsPerSecond: 20_000, tasks: 200, spansPerRequest: 1 };
  const metAt = (settings: string[]) =>
    quotaUses(synthesizedTemplate(settings), load).find(({ what }) => what.includes('segments'))
      ?.metAt;

  expect(metAt(['cruddur:samplingFixedRate=0.01'])).toBeGreaterThan(9 * Number(metAt([])));
});
