import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../../lib/config/config';
import { CruddurTracingStack } from '../../../lib/cruddur-tracing-stack';
import { linesOf, readWidgets } from '../../../scripts/dashboard-picture/dashboard';
import { madeUp } from '../../../scripts/dashboard-picture/made-up';
import { drawDashboard } from '../../../scripts/dashboard-picture/picture';
import { testApp } from '../../app';

const config = readConfig({});
const stack = new CruddurTracingStack(testApp(), config.stackName, { config });
const [dashboard] = Object.values(
  Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'),
);
const widgets = readWidgets(dashboard);
const titles = widgets.flatMap((widget) =>
  widget.type === 'text' ? [] : [widget.properties.title],
);

test('the picture shows each widget, each alarm and each line of the dashboard', async () => {
  const svg = await drawDashboard(widgets, 'light');
  const labels = widgets.flatMap((widget) =>
    widget.type === 'metric'
      ? linesOf(widget.properties.metrics, () => []).map(({ label }) => label)
      : [],
  );

  const texts = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
  expect(texts).toEqual(
    expect.arrayContaining([...titles, ...labels, '✓ RequestsWithoutTraces', '✓ HighMemory']),
  );
  expect(svg).toContain('Traces in Honeycomb');
});

test.each(['light', 'dark'])('the %s picture of the README is of this dashboard', (theme) => {
  const svg = readFileSync(join(__dirname, `../../../docs/dashboard/${theme}.svg`), 'utf8');

  expect(titles.filter((title) => !svg.includes(`>${title}<`))).toEqual([]);
});

test('an expression is computed of the metrics that it uses, which are not shown themselves', () => {
  const lines = linesOf(
    [
      [{ label: 'share', expression: '100 * a / b' }],
      ['N', 'A', { label: 'first', id: 'a', visible: false }],
      ['N', 'B', { label: 'second', id: 'b', visible: false }],
    ],
    (label) => (label === 'first' ? [1, 2] : [4, undefined]),
  );

  expect(lines).toEqual([{ label: 'share', values: [25, undefined] }]);
});

test('fails with a metric without a made-up series', () => {
  expect(() => madeUp('new', false)).toThrow('there is no made-up series for the metric new');
});
