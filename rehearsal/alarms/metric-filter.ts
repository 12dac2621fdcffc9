import { z } from 'zod';
import type { Metric, Samples } from './alarm';

const filterSchema = z.object({
  FilterPattern: z.string(),
  MetricTransformations: z
    .array(
      z.strictObject({
        MetricNamespace: z.string(),
        MetricName: z.string(),
        MetricValue: z.coerce.number(),
      }),
    )
    .length(1),
});

/**
 * Whether CloudWatch Logs finds the pattern in a line: one quoted term, or one JSON field that equals a text.
 *
 * @throws for any other pattern
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export function matchesPattern(pattern: string, line: string): boolean {
  const term = /^"([^"]+)"$/.exec(pattern)?.[1];
  if (term !== undefined) {
    return line.includes(term);
  }
  const [, field, text] = /^\{ \$\.(\w+) = "([^"*]+)" \}$/.exec(pattern) ?? [];
  if (field === undefined) {
    throw new Error(`the rehearsal does not know the filter pattern ${pattern}`);
  }
  const entry = parseObject(line);
  return entry?.[field] === text;
}

/**
 * What a metric receives from the lines of each minute, through all filters that feed it.
 *
 * @param filters properties of the template's `AWS::Logs::MetricFilter`
 */
export function samplesFromLog(
  filters: readonly unknown[],
  { Namespace, MetricName }: Metric,
  minutes: readonly (readonly string[])[],
): Samples {
  const feeding = filters
    .map((filter) => filterSchema.parse(filter))
    .flatMap(({ FilterPattern, MetricTransformations: [to] }) =>
      to?.MetricNamespace === Namespace && to.MetricName === MetricName
        ? [{ pattern: FilterPattern, value: to.MetricValue }]
        : [],
    );
  return minutes.map((lines) =>
    lines.flatMap((line) =>
      feeding.flatMap(({ pattern, value }) => (matchesPattern(pattern, line) ? [value] : [])),
    ),
  );
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
