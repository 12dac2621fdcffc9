import { linesOf, type Widget } from './dashboard';
import { DAYS, madeUp, PERIODS } from './made-up';

const COLUMN = 50;
const ROW = 38;
const GAP = 12;

const THEMES = {
  light: {
    ...{ page: '#f2f3f3', widget: '#ffffff', text: '#16191f', soft: '#5f6b7a', rule: '#e4e7ea' },
    ...{ ok: '#037f0c', lines: ['#0972d3', '#e07941', '#7d2105'] },
  },
  dark: {
    ...{ page: '#0f1b2a', widget: '#192534', text: '#e9ebed', soft: '#95a5b8', rule: '#2f3f52' },
    ...{ ok: '#29ad32', lines: ['#539fe5', '#f5a970', '#e8cabf'] },
  },
};

export type Theme = keyof typeof THEMES;

/** What is used of echarts. Its own types are not found the way that Node.js resolves modules. */
interface Echarts {
  readonly init: (
    element: null,
    theme: null,
    options: { renderer: 'svg'; ssr: true; width: number; height: number },
  ) => { setOption(option: object): void; renderToSVGString(): string; dispose(): void };
}

/**
 * A dashboard as an SVG, much as CloudWatch shows it, with made-up values.
 */
export async function drawDashboard(widgets: readonly Widget[], theme: Theme): Promise<string> {
  const { init } = (await import('echarts')) as unknown as Echarts;
  const { page, widget: card, text, soft, rule, ok, lines: color } = THEMES[theme];
  const graphs = widgets.filter((widget) => widget.type === 'metric');
  const width = 24 * COLUMN;
  const height = Math.max(...widgets.map(({ y, height }) => y + height)) * ROW;
  const font = 'Helvetica, Arial, sans-serif';
  const label = (left: number, top: number, content: string, fill: string) => ({
    type: 'text' as const,
    ...{ left, top, silent: true },
    style: { text: content, fill, font: `13px ${font}` },
  });

  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({
    animation: false,
    backgroundColor: page,
    color,
    textStyle: { fontFamily: font, color: soft },
    graphic: widgets.flatMap((widget) => {
      const { left, top, right, bottom } = boxOf(widget);
      const box = {
        type: 'rect' as const,
        silent: true,
        shape: { x: left, y: top, width: right - left, height: bottom - top, r: 6 },
        style: { fill: card },
        z: -1,
      };
      switch (widget.type) {
        case 'metric':
          return [box];
        case 'text': {
          const links = [...widget.properties.markdown.matchAll(/\[(.*?)\]/g)].map(
            ([, name]) => name,
          );
          return [label(left + GAP, top + 8, links.join('      '), color[0] ?? text)];
        }
        case 'alarm':
          return [
            box,
            label(left + GAP, top + 10, widget.properties.title, text),
            ...widget.properties.alarms.map((alarm, index) =>
              label(
                left + GAP + (index % 4) * 290,
                top + 38 + Math.floor(index / 4) * 24,
                `✓ ${nameOf(alarm)}`,
                ok,
              ),
            ),
          ];
      }
    }),
    title: graphs.map((graph) => ({
      text: graph.properties.title,
      left: boxOf(graph).left + GAP,
      top: boxOf(graph).top + 8,
      padding: 0,
      textStyle: { fontSize: 13, fontWeight: 'normal' as const, color: text },
    })),
    legend: graphs.map((graph) => ({
      data: graphLines(graph).map(({ label: name }) => ({ name: name })),
      left: boxOf(graph).left + GAP,
      top: boxOf(graph).bottom - 26,
      padding: 0,
      itemWidth: 14,
      itemHeight: 8,
      icon: 'rect',
      textStyle: { color: soft, fontSize: 11 },
    })),
    grid: graphs.map((graph) => {
      const { left, top, right, bottom } = boxOf(graph);
      return {
        left: left + 52,
        top: top + 36,
        width: right - left - 70,
        height: bottom - top - 88,
      };
    }),
    xAxis: graphs.map((graph, gridIndex) => ({
      ...{ gridIndex, type: 'category' as const, boundaryGap: false, data: times(isDaily(graph)) },
      axisLine: { lineStyle: { color: rule } },
      axisTick: { show: false },
      axisLabel: { color: soft, fontSize: 10, interval: isDaily(graph) ? 6 : 23 },
    })),
    yAxis: graphs.map((_, gridIndex) => ({
      ...{ gridIndex, min: 0, splitNumber: 3 },
      splitLine: { lineStyle: { color: rule } },
      axisLabel: { color: soft, fontSize: 10 },
    })),
    series: graphs.flatMap((graph, index) =>
      graphLines(graph).map(({ label: name, values }, line) => ({
        ...{ type: 'line' as const, name, xAxisIndex: index, yAxisIndex: index },
        data: values.map((value) => value ?? null),
        color: color[line % color.length],
        lineStyle: { width: 1.6 },
        // a value between two periods without data would not show as a line
        symbol: 'circle',
        symbolSize: 4,
        showSymbol: values.some((value) => value === undefined),
      })),
    ),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

type Graph = Extract<Widget, { type: 'metric' }>;

const isDaily = ({ properties }: Graph) => properties.start === '-P30D';

const graphLines = (graph: Graph) =>
  linesOf(graph.properties.metrics, (name) => madeUp(name, isDaily(graph)));

function boxOf({ x, y, width, height }: Widget) {
  return {
    left: x * COLUMN + GAP / 2,
    top: y * ROW + GAP / 2,
    right: (x + width) * COLUMN - GAP / 2,
    bottom: (y + height) * ROW - GAP / 2,
  };
}

function times(daily: boolean): string[] {
  return daily
    ? Array.from({ length: DAYS }, (_, day) => `day ${day + 1}`)
    : Array.from({ length: PERIODS }, (_, period) => `${String(8 + Math.floor(period / 12))}:00`);
}

/** `ServiceAlarmsServerErrorsD0E4A1EF`, a logical id, is the alarm `ServerErrors`. */
function nameOf(logicalId: string): string {
  return logicalId.replace(/^.*Alarms|[0-9A-F]{8}$/g, '');
}
