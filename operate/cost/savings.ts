import { bill } from './bill';
import { type Load, underLoad } from './traffic/load';
import { standing } from './standing';
import type { Template } from './template';

/**
 * What one setting saves.
 */
export interface Saving {
  /** `KEY=VALUE`, as after `-c`. */
  readonly setting: string;
  /** USD saved a month, at list prices. */
  readonly usd: number;
}

/** Settings that can lower the bill, each with a sensible value. */
const SETTINGS = [
  'cruddur:alarms=false',
  'cruddur:dashboard=false',
  'cruddur:cpuArchitecture=arm64',
  'cruddur:insights=false',
  'cruddur:samplingReservoirSize=1',
  'cruddur:samplingFixedRate=0.01',
];

/**
 * Returns what each setting alone would save, largest first, without those that save less than a cent.
 *
 * @param synthesize returns the template with one more setting
 */
export function savings(
  template: Template,
  load: Load,
  synthesize: (setting: string) => Template,
): readonly Saving[] {
  const now = monthly(template, load);
  return SETTINGS.map((setting) => ({ setting, usd: now - monthly(synthesize(setting), load) }))
    .filter(({ usd }) => usd >= 0.005)
    .sort((a, b) => b.usd - a.usd);
}

function monthly(template: Template, load: Load): number {
  return bill([...standing(template, load.tasks).usages, ...underLoad(template, load)]).list;
}
