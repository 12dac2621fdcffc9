import { number } from '../results/prose';
import { type Row, totals } from '../results/result';
import { groupBy } from '../run/run-index';
import type { Observations, Report, ServiceReport } from './report';
import { STYLE } from './style';
import { LABELS } from './table';
import type { Bar, Waterfall } from './waterfall';

/** Renders one self-contained page: no script, no font, no request. */
export function renderHtml({ at, seconds, services }: Report): string {
  const rows = services.flatMap((service) => service.rows);
  const failed =
    rows.some(({ outcome }) => outcome === 'failed') ||
    services.some(({ stopped }) => stopped !== undefined);
  const title = `Rehearsal of ${text(services.map(({ name }) => name).join(' and '))}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}: ${totals(rows)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${title}</h1>
<p class="totals ${failed ? 'failed' : 'passed'}">${totals(rows)}</p>
<p class="dim">${text(at)}, ${seconds} s.</p>
${services.map((service) => (services.length > 1 ? `<h1>${text(service.name)}</h1>\n` : '') + serviceHtml(service)).join('\n')}
</body>
</html>
`;
}

function serviceHtml({ observed, rows, stack, stopped }: ServiceReport): string {
  return `${stopped === undefined ? '' : `<p class="note">The rehearsal of stack ${text(stack)} stopped: ${text(stopped)}</p>`}
${observed ? introduction(observed, stack) : ''}
<h2>Checks</h2>
${[...groupBy(rows, ({ subject }) => subject)].map(checks).join('\n')}
${observed ? observations(observed) : ''}`;
}

function introduction(observed: Observations, stack: string): string {
  const { daemon, daemonIsReal, latencyMs, region } = observed;
  return `<p class="${daemonIsReal ? 'dim' : 'note'}">${
    daemonIsReal
      ? `The real X-Ray daemon ran (${text(daemon)}).`
      : `This is not the real X-Ray daemon, but ${text(daemon)}. The real daemon may behave differently under load and faults.`
  }</p>
<p class="dim">Stack ${text(stack)}, as if deployed to ${text(region)}. Half of the requests took at most ${ms(latencyMs.p50)}, 95% at most ${ms(latencyMs.p95)}, 99% at most ${ms(latencyMs.p99)}.</p>`;
}

function observations(observed: Observations): string {
  return `
<h2>Requests per second, and those that X-Ray recorded</h2>
${chart(observed)}

<h2>Traces as both backends received them</h2>
<p class="dim"><span class="key X-Ray" style="margin-left:0"></span>X-Ray<span class="key Honeycomb"></span>Honeycomb</p>
${observed.waterfalls.map(waterfall).join('\n')}

<h2>What differs from the cloud</h2>
<table>
<thead><tr><th>Value</th><th>In the template</th><th>In the rehearsal</th></tr></thead>
<tbody>
${observed.substitutions
  .map(
    ({ what, from, to }) =>
      `<tr><td>${text(what)}</td><td><code>${text(from)}</code></td><td><code>${text(to)}</code></td></tr>`,
  )
  .join('\n')}
</tbody>
</table>

<h2>What this does not show</h2>
<ul>
${observed.limits.map((limit) => `<li>${text(limit)}</li>`).join('\n')}
</ul>

<h2>Versions</h2>
<p>${Object.entries(observed.versions)
    .map(([name, version]) => `${text(name)} ${text(version)}`)
    .join(', ')}</p>`;
}

function checks([subject, rows]: [string, Row[]]): string {
  const cells = rows.map(
    ({ id, outcome, claim, figure }) =>
      `<tr id="${id}"><td class="${outcome.replace(' ', '-')}">${LABELS[outcome]}</td><td>${text(claim)}</td><td>${text(figure())}</td></tr>`,
  );
  return `<h3>${text(subject)}<small>${totals(rows)}</small></h3>
<table class="checks"><tbody>
${cells.join('\n')}
</tbody></table>`;
}

function chart({ sampled }: Observations): string {
  const [width, height, left, bottom] = [720, 180, 32, 22];
  const highest = Math.max(1, ...sampled.map(({ requests }) => requests));
  const step = (width - left) / Math.max(1, sampled.length);
  const y = (count: number) => ((height - bottom) * (highest - count)) / highest;
  const bar = (index: number, count: number, color: string) =>
    `<rect x="${(left + index * step + 2).toFixed(1)}" y="${y(count).toFixed(1)}" width="${(step - 4).toFixed(1)}" height="${(height - bottom - y(count)).toFixed(1)}" fill="var(--${color})"/>`;
  const bars = sampled.map(
    ({ second, requests, recorded }, index) =>
      `<g><title>second ${second}: ${recorded} of ${requests} requests recorded</title>${bar(index, requests, 'line')}${bar(index, recorded, 'xray')}` +
      (second % 5 === 0
        ? `<text x="${(left + (index + 0.5) * step).toFixed(1)}" y="${height - 6}" text-anchor="middle">${second} s</text>`
        : '') +
      '</g>',
  );
  const recorded = sampled.reduce((sum, item) => sum + item.recorded, 0);
  const all = sampled.reduce((sum, { requests }) => sum + requests, 0);
  return `<svg viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${recorded} of ${all} requests recorded">
<text x="${left - 6}" y="10" text-anchor="end">${highest}</text><text x="${left - 6}" y="${height - bottom}" text-anchor="end">0</text>
${bars.join('\n')}
</svg>
<p class="dim"><span class="key" style="background:var(--line);margin-left:0"></span>${number(all)} requests<span class="key X-Ray"></span>${number(recorded)} recorded</p>`;
}

function waterfall({ traceId, route, bars }: Waterfall): string {
  const length = Math.max(1e-6, ...bars.map(({ to }) => to));
  const percent = (seconds: number) => ((100 * seconds) / length).toFixed(2);
  const rows = bars.map(
    ({ backend, name, from, to }: Bar) =>
      `<div class="bar"><span>${text(name)} <small>${backend}</small></span><span class="track"><i class="${backend}" style="left:${percent(from)}%;width:${percent(to - from)}%"></i></span><small>${ms((to - from) * 1000)}</small></div>`,
  );
  return `<figure><figcaption><code>${text(traceId)}</code> <span class="dim">${text(route)}</span></figcaption>${rows.join('\n')}</figure>`;
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
