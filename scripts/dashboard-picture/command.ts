// Draws the dashboard of a template, with made-up values, for the README.
//
//   npm run picture:dashboard
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readWidgets } from './dashboard';
import { drawDashboard, type Theme } from './picture';

const [template = 'cdk.out/CruddurTracing.template.json', directory = 'docs/dashboard'] =
  process.argv.slice(2);
const { Resources } = z
  .object({ Resources: z.record(z.string(), z.looseObject({ Type: z.string() })) })
  .parse(JSON.parse(readFileSync(template, 'utf8')));
const widgets = readWidgets(
  Object.values(Resources).find(({ Type }) => Type === 'AWS::CloudWatch::Dashboard'),
);

async function draw(theme: Theme): Promise<void> {
  writeFileSync(join(directory, `${theme}.svg`), await drawDashboard(widgets, theme));
}

mkdirSync(directory, { recursive: true });
void draw('light');
void draw('dark');
