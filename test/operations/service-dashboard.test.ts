import { Template } from 'aws-cdk-lib/assertions';
import { ServiceAlarms } from '../../lib/operations/alarms/service-alarms';
import {
  ServiceDashboard,
  type ServiceDashboardProps,
} from '../../lib/operations/service-dashboard';
import { testService } from './service';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: {
    readonly title?: string;
    readonly markdown?: string;
    readonly alarms?: string[];
    readonly metrics?: unknown[][];
  };
}

function dashboardWith(options: Partial<ServiceDashboardProps> = {}) {
  const { stack, backend, metrics } = testService();
  const { alarms } = new ServiceAlarms(stack, 'Alarms', { metrics, service: backend.service });
  const { url } = new ServiceDashboard(stack, 'Dashboard', {
    ...{ metrics, dashboardName: 'Mine', links: { Traces: 'https://example.com' }, alarms },
    ...options,
  });
  const found = Object.values(
    Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'),
  );
  const { DashboardName, DashboardBody } = found[0]?.Properties as {
    DashboardName: string;
    DashboardBody: { 'Fn::Join': [string, unknown[]] };
  };
  const text = DashboardBody['Fn::Join'][1]
    .map((part) => (typeof part === 'string' ? part : JSON.stringify(part).replaceAll('"', "'")))
    .join('');
  const { widgets } = JSON.parse(text) as { widgets: Widget[] };
  return { url: stack.resolve(url) as unknown, DashboardName, widgets, alarms };
}

test('shows requests, traces, cost, latency, errors, what is lost, and the tasks', () => {
  const { DashboardName, widgets } = dashboardWith();

  expect(DashboardName).toBe('Mine');
  expect(widgets.map(({ properties }) => properties.title ?? properties.markdown)).toEqual([
    '[Traces](https://example.com)',
    'Alarms',
    'Requests and traces, in 5 minutes',
    'Share of the requests that X-Ray sampled, %',
    'Cost of the traces of the last 30 days, USD',
    'Latency, s',
    'Errors, in 5 minutes',
    'Telemetry lost, log lines in 5 minutes',
    'Healthy tasks',
    'CPU and memory of the tasks, %',
  ]);
});

test('shows the state of each alarm, and no empty widget without any', () => {
  const { widgets, alarms } = dashboardWith();
  const states = widgets.find(({ type }) => type === 'alarm');

  expect(states?.properties.alarms).toHaveLength(alarms.length);
  expect(dashboardWith({ alarms: [] }).widgets.map(({ type }) => type)).not.toContain('alarm');
});

test('the cost is at the price that is given', () => {
  const expressions = (options?: Partial<ServiceDashboardProps>) =>
    JSON.stringify(dashboardWith(options).widgets);

  expect(expressions()).toContain('RUNNING_SUM(FILL(traces, 0)) * 5 / 1000000');
  expect(expressions({ usdPerMillionTraces: 6 })).toContain('* 6 / 1000000');
});

test('no widget lies on another', () => {
  const cells = dashboardWith().widgets.flatMap(({ x, y, width, height }) =>
    Array.from({ length: width * height }, (_, cell) =>
      [x + (cell % width), y + Math.floor(cell / width)].join(),
    ),
  );

  expect(new Set(cells).size).toBe(cells.length);
});

test('knows its address', () => {
  expect(JSON.stringify(dashboardWith().url)).toContain('#dashboards/dashboard/Mine');
});
