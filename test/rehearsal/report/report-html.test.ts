import type { Report } from '../../../rehearsal/report/report';
import { renderHtml } from '../../../rehearsal/report/report-html';

const REPORT: Report = {
  at: '2026-11-22T00:00:00.000Z',
  seconds: 30,
  stack: 'Stack',
  region: 'ap-southeast-2',
  daemonIsReal: true,
  daemon: 'XRAY_DAEMON',
  rows: [
    { id: 'a', claim: 'One & <two>', kept: true, figure: '1', against: '1' },
    { id: 'b', claim: 'Three', kept: true, figure: '', against: '', skipped: 'no /proc' },
  ],
  sampled: [{ second: 0, total: 10, recorded: 2 }],
  latencyMs: { p50: 1, p95: 2, p99: 3 },
  waterfalls: [
    {
      traceId: '1-58406520-a006649127e371903a2de979',
      what: 'home',
      bars: [{ backend: 'X-Ray', name: 'backend-flask', from: 0, to: 0.01 }],
    },
  ],
  substitutions: [{ what: 'port', from: '4567', to: '1' }],
  limits: ['a limit'],
  versions: { Python: '3.13' },
};

test('is one page that asks for nothing', () => {
  const html = renderHtml(REPORT);

  expect(html).not.toMatch(/<script|<link|<img|src=|url\(|@import/);
  expect(html).toContain('prefers-color-scheme: dark');
  expect(html).toContain('One &amp; &lt;two&gt;');
});

test('says first whether promises are broken', () => {
  const rows = [...REPORT.rows, { id: 'c', claim: 'Four', kept: false, figure: '', against: '' }];

  expect(renderHtml(REPORT)).toContain('<p class="verdict PASS">2 promises kept, 0 broken</p>');
  expect(renderHtml({ ...REPORT, rows })).toContain(
    '<p class="verdict FAIL">2 promises kept, 1 broken</p>',
  );
});

test('says first that a stand-in ran', () => {
  const html = renderHtml({ ...REPORT, daemonIsReal: false, daemon: 'embedded receiver' });

  expect(html.indexOf('was not the real one: embedded receiver')).toBeLessThan(
    html.indexOf('<table'),
  );
});

test('shows what was skipped as skipped', () => {
  expect(renderHtml(REPORT)).toContain('<td class="SKIP">SKIP</td><td>Three</td>');
});
