import { z } from 'zod';
import { evaluateMath, type Column } from '../../rehearsal/alarms/metric-math';

const placeSchema = z.object({
  x: z.number(),
  y: z.number(),
  width: z.number(),
  height: z.number(),
});

const widgetSchema = z.discriminatedUnion('type', [
  placeSchema.extend({
    type: z.literal('text'),
    properties: z.object({ markdown: z.string() }),
  }),
  placeSchema.extend({
    type: z.literal('alarm'),
    properties: z.object({ title: z.string(), alarms: z.array(z.string()) }),
  }),
  placeSchema.extend({
    type: z.literal('metric'),
    properties: z.object({
      title: z.string(),
      view: z.literal('timeSeries'),
      start: z.string().optional(),
      metrics: z.array(z.array(z.unknown())),
    }),
  }),
]);

/** The logical id stands for a reference, and for all that is computed from it. */
const partSchema = z
  .unknown()
  .transform((part) =>
    typeof part === 'string'
      ? part
      : (/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/.exec(JSON.stringify(part))?.[1] ?? ''),
  );

const dashboardSchema = z.object({
  Properties: z.object({
    DashboardBody: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(partSchema)]) }),
  }),
});

const lineSchema = z.object({
  id: z.string().optional(),
  label: z.string(),
  expression: z.string().optional(),
  visible: z.boolean().default(true),
});

export type Widget = z.infer<typeof widgetSchema>;

export interface Line {
  readonly label: string;
  readonly values: Column;
}

/**
 * The widgets of an `AWS::CloudWatch::Dashboard`. References in its body become logical ids.
 */
export function readWidgets(resource: unknown): Widget[] {
  const { DashboardBody } = dashboardSchema.parse(resource).Properties;
  const body: unknown = JSON.parse(DashboardBody['Fn::Join'][1].join(''));
  return z.object({ widgets: z.array(widgetSchema) }).parse(body).widgets;
}

/**
 * The lines that a graph shows, expressions computed.
 *
 * @param metrics as they stand in the body: namespace, name, dimensions, and last how they are shown
 * @param valuesOf a metric's values, by its label
 */
export function linesOf(
  metrics: readonly (readonly unknown[])[],
  valuesOf: (label: string) => Column,
): Line[] {
  const lines = metrics.map((metric) => lineSchema.parse(metric.at(-1)));
  const columns = Object.fromEntries(
    lines.flatMap(({ id, label, expression }) =>
      id === undefined || expression !== undefined ? [] : [[id, valuesOf(label)]],
    ),
  );
  return lines
    .filter(({ visible }) => visible)
    .map(({ label, expression }) => ({
      label,
      values: expression === undefined ? valuesOf(label) : evaluateMath(expression, columns),
    }));
}
