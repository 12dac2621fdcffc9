import { renderHtml } from '../../../rehearsal/report/html';
import type { Observations, Report } from '../../../rehearsal/report/report';
import { renderTable } from '../../../rehearsal/report/table';
import { row } from '../fixture';

const OBSERVED: Observations = {
  region: 'ap-southeast-2',
  daemonIsReal: true,
  daemon: 'XRAY_DAEMON',
  sampled: [{ second: 0, requests: 10, recorded: 2 }],
  latencyMs: { p50: 1, p95: 2, p99: 3 },
  waterfalls: [
    {
      traceId: '1-58406520-a006649127e371903a2de979',
      route: 'GET /',
      bars: [{ backend: 'X-Ray', name: 'backend-flask', from: 0, to: 0.01 }],
    },
  ],
  substitutions: [{ what: 'port', from: '4567', to: '1' }],
  limits: ['a limit'],
  versions: { Python: '3.13' },
};

const SERVICE = {
  name: 'backend-flask',
  stack: 'Stack',
  rows: [
    row('passed', { claim: 'One & <two>' }),
    row('not evaluated', { claim: 'Three', subject: 'Containers' }),
  ],
  observed: OBSERVED,
};

const REPORT: Report = { at: '2026-11-22T00:00:00.000Z', seconds: 30, services: [SERVICE] };

test('is one page that requests nothing', () => {
  const html = renderHtml(REPORT);

  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
  expect(html).toContain('prefers-color-scheme: dark');
  expect(html).toContain('One &amp; &lt;two&gt;');
});

test('states first whether a check failed', () => {
  const services = [{ ...SERVICE, rows: [...SERVICE.rows, row('failed')] }];

  expect(renderHtml(REPORT)).toContain(
    '<p class="totals passed">1 passed, 0 failed, 1 not evaluated</p>',
  );
  expect(renderHtml({ ...REPORT, services })).toContain(
    '<p class="totals failed">1 passed, 1 failed, 1 not evaluated</p>',
  );
});

test('states first that the daemon was not the real one', () => {
  const html = renderHtml({
    ...REPORT,
    services: [
      {
        ...SERVICE,
        observed: { ...OBSERVED, daemonIsReal: false, daemon: 'the embedded daemon' },
      },
    ],
  });

  expect(html.indexOf('not the real X-Ray daemon, but the embedded daemon')).toBeLessThan(
    html.indexOf('<table'),
  );
  expect(html).toContain('not the real X-Ray daemon, but the embedded daemon');
});

test('shows a check that was not evaluated as such', () => {
  expect(renderHtml(REPORT)).toContain('<td class="not-evaluated">N/A</td><td>Three</td>');
});

test('the terminal shows each subject with its totals, then its figures', () => {
  expect(renderTable(SERVICE.rows).split('\n')).toEqual([
    '',
    'Requests: 1 passed, 0 failed',
    '  PASS  One & <two>',
    '        7 of 7 requests',
    '',
    'Containers: 0 passed, 0 failed, 1 not evaluated',
    '  N/A   Three',
    '        7 of 7 requests',
    '',
    '1 passed, 0 failed, 1 not evaluated',
  ]);
});

test('a rehearsal that stopped early shows why, and the results until then', () => {
  const { name, stack, rows } = SERVICE;
  const services = [{ name, stack, rows, stopped: 'nothing <listens>' }];
  const html = renderHtml({ ...REPORT, services });

  expect(html).toContain('nothing &lt;listens&gt;');
  expect(html).toContain('<p class="totals failed">');
  expect(html).toContain('<td class="not-evaluated">N/A</td><td>Three</td>');
});

test('several services have a part each', () => {
  const services = [SERVICE, { ...SERVICE, name: 'shop' }];

  expect(renderHtml({ ...REPORT, services }).match(/<h1>.*<\/h1>/g)).toEqual([
    '<h1>Rehearsal of backend-flask and shop</h1>',
    '<h1>backend-flask</h1>',
    '<h1>shop</h1>',
  ]);
});
