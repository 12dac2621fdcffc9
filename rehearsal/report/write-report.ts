import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderHtml } from './html';
import type { Report } from './report';

/**
 * Writes report.json and report.html.
 *
 * @throws if either contains the key; then neither is written
 */
export function writeReport(directory: string, report: Report, key: string): void {
  const files = {
    'report.json': JSON.stringify(report, undefined, 2),
    'report.html': renderHtml(report),
  };
  if (Object.values(files).some((text) => text.includes(key))) {
    throw new Error('the report contains the key, so it was not written');
  }
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(directory, name), text);
  }
}
