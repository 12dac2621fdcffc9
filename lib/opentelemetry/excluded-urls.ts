import { Token } from 'aws-cdk-lib';
import { PropError } from '../validation/prop-error';

/**
 * The value of `OTEL_PYTHON_FLASK_EXCLUDED_URLS` for which exactly these paths are excluded, with any query. OpenTelemetry
 * searches for each regular expression of a comma-separated list: some of its versions in the whole URL, others in the path.
 *
 * @throws for a path with a comma
 */
export function excludedUrls(paths: readonly string[]): string {
  return paths.map(urlPattern).join(',');
}

function urlPattern(path: string): string {
  if (path.includes(',')) {
    throw new PropError('excludedPaths', 'not contain a comma in a path', path);
  }
  const literal = Token.isUnresolved(path) ? path : path.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  // \Z and not $, which in Python also matches before a line break
  return String.raw`^(https?://[^/?#]+)?${literal}(\?|\Z)`;
}
