import type { Bar, Report, Waterfall } from './report';
import { outcome, total } from './report';

const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1c2024; --dim: #5b6570; --line: #d9dee3;
  --pass: #12702f; --fail: #b3261e; --skip: #7a5b00; --xray: #a3480a; --honeycomb: #1558b0; --soft: #f4f6f8; }
@media (prefers-color-scheme: dark) { :root { --back: #14171a; --text: #e6e9ec; --dim: #9aa5b0;
  --line: #2f363d; --pass: #5ed17f; --fail: #ff8a80; --skip: #e5c25a; --xray: #ffa657; --honeycomb: #79b8ff; --soft: #1c2126; } }
* { box-sizing: border-box; }
body { background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif;
  margin: 0 auto; max-width: 70rem; padding: 1.5rem 1rem 4rem; overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2.5rem 0 .5rem; }
p { margin: .25rem 0; } .dim, small { color: var(--dim); }
.verdict { font-size: 1.15rem; font-weight: 600; } .note { border-left: 4px solid var(--skip); padding-left: .75rem; }
.PASS { color: var(--pass); } .FAIL { color: var(--fail); } .SKIP { color: var(--skip); }
table { border-collapse: collapse; width: 100%; } th, td { border-bottom: 1px solid var(--line); padding: .4rem .6rem .4rem 0; text-align: left; vertical-align: top; }
th { color: var(--dim); font-weight: 500; } td:first-child { font-weight: 600; white-space: nowrap; }
.promises td:nth-child(2) { width: 38%; } .plain td:first-child { font-weight: 400; }
figure { margin: 0 0 1rem; } figcaption { margin-bottom: .25rem; }
code { font: 13px ui-monospace, monospace; }
svg { display: block; height: auto; max-width: 100%; } svg text { fill: var(--dim); font-size: 11px; }
.bar { align-items: center; display: grid; gap: .5rem; grid-template-columns: 15rem 1fr 5rem; }
.track { background: var(--soft); height: 1rem; position: relative; }
.track i { bottom: 0; min-width: 2px; position: absolute; top: 0; }
.X-Ray { background: var(--xray); } .Honeycomb { background: var(--honeycomb); }
.key { display: inline-block; height: .75rem; margin: 0 .3rem 0 .8rem; width: .75rem; }
@media (max-width: 40rem) {
  .bar { gap: 0 .5rem; grid-template-columns: 1fr 4.5rem; } .bar > :first-child { grid-column: 1 / -1; }
  .promises thead { display: none; } .promises tr { border-bottom: 1px solid var(--line); display: block; padding: .5rem 0; }
  .promises td { border: 0; display: block; padding: 0; width: auto !important; } }
`;

/** One self-contained page: no script, no font, no request. */
export function renderHtml(report: Report): string {
  const broken = report.rows.some(({ kept }) => !kept);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Rehearsal of ${text(report.stack)}: ${text(total(report.rows))}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Rehearsal of ${text(report.stack)}</h1>
<p class="verdict ${broken ? 'FAIL' : 'PASS'}">${text(total(report.rows))}</p>
<p class="${report.daemonIsReal ? 'dim' : 'note'}">${
    report.daemonIsReal
      ? `The real X-Ray daemon ran (${text(report.daemon)}).`
      : `The X-Ray daemon was not the real one: ${text(report.daemon)}. What it does under load and faults is not shown.`
  }</p>
<p class="dim">${text(report.at)}, ${report.seconds} s, as if deployed to ${text(report.region)}. Latency: median ${ms(report.latencyMs.p50)}, 95 % ${ms(report.latencyMs.p95)}, 99 % ${ms(report.latencyMs.p99)}.</p>

<h2>Promises</h2>
<table class="promises">
<thead><tr><th></th><th>Promise</th><th>Seen</th><th>Compared with</th></tr></thead>
<tbody>
${report.rows
  .map(
    (row) =>
      `<tr id="${text(row.id)}"><td class="${outcome(row)}">${outcome(row)}</td><td>${text(row.claim)}</td><td>${text(row.figure)}</td><td class="dim">${text(row.skipped ?? row.against)}</td></tr>`,
  )
  .join('\n')}
</tbody>
</table>

<h2>Requests a second, and how many of them X-Ray recorded</h2>
${chart(report)}

<h2>Traces as both backends saw them</h2>
<p class="dim"><span class="key X-Ray" style="margin-left:0"></span>X-Ray<span class="key Honeycomb"></span>Honeycomb</p>
${report.waterfalls.map(waterfall).join('\n')}

<h2>What was different from the cloud</h2>
<table class="plain">
<thead><tr><th>What</th><th>In the template</th><th>Here</th></tr></thead>
<tbody>
${report.substitutions
  .map(
    ({ what, from, to }) =>
      `<tr><td>${text(what)}</td><td><code>${text(from)}</code></td><td><code>${text(to)}</code></td></tr>`,
  )
  .join('\n')}
</tbody>
</table>

<h2>What this does not show</h2>
<ul>
${report.limits.map((limit) => `<li>${text(limit)}</li>`).join('\n')}
</ul>

<h2>Versions</h2>
<p>${Object.entries(report.versions)
    .map(([name, version]) => `${text(name)} ${text(version)}`)
    .join(', ')}</p>
</body>
</html>
`;
}

function chart({ sampled }: Report): string {
  const [width, height, left, bottom] = [720, 180, 32, 22];
  const highest = Math.max(1, ...sampled.map(({ total: count }) => count));
  const step = (width - left) / Math.max(1, sampled.length);
  const y = (count: number) => ((height - bottom) * (highest - count)) / highest;
  const bar = (index: number, count: number, color: string) =>
    `<rect x="${(left + index * step + 2).toFixed(1)}" y="${y(count).toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${(height - bottom - y(count)).toFixed(1)}" fill="var(--${color})"/>`;
  const bars = sampled.map(
    ({ second, total: count, recorded }, index) =>
      `<g><title>second ${second}: ${recorded} of ${count} recorded</title>${bar(index, count, 'line')}${bar(index, recorded, 'xray')}` +
      (second % 5 === 0
        ? `<text x="${(left + (index + 0.5) * step).toFixed(1)}" y="${height - 6}" text-anchor="middle">${second} s</text>`
        : '') +
      '</g>',
  );
  const recorded = sampled.reduce((sum, item) => sum + item.recorded, 0);
  const all = sampled.reduce((sum, item) => sum + item.total, 0);
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${recorded} of ${all} requests recorded">
<text x="${left - 6}" y="10" text-anchor="end">${highest}</text><text x="${left - 6}" y="${height - bottom}" text-anchor="end">0</text>
${bars.join('\n')}
</svg>
<p class="dim"><span class="key" style="background:var(--line);margin-left:0"></span>all ${all}<span class="key X-Ray"></span>recorded ${recorded}</p>`;
}

function waterfall({ traceId, what, bars }: Waterfall): string {
  const length = Math.max(1e-6, ...bars.map(({ to }) => to));
  const percent = (seconds: number) => ((100 * seconds) / length).toFixed(2);
  const rows = bars.map(
    ({ backend, name, from, to }: Bar) =>
      `<div class="bar"><span>${text(name)} <small>${backend}</small></span><span class="track"><i class="${backend}" style="left:${percent(from)}%;width:${percent(to - from)}%"></i></span><small>${ms((to - from) * 1000)}</small></div>`,
  );
  return `<figure><figcaption><code>${text(traceId)}</code> <span class="dim">${text(what)}</span></figcaption>${rows.join('\n')}</figure>`;
}

function ms(milliseconds: number): string {
  return `${milliseconds.toFixed(1)} ms`;
}

function text(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
