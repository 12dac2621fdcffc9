import { bill } from './bill';
import { type Load, underLoad } from './traffic/load';
import { standing } from './standing';
import type { Template } from './template';

/**
 * What a month costs with one setting changed.
 */
export interface Saving {
  /** As it is given after `-c`. */
  readonly setting: string;
  /** USD less a month, at list prices. */
  readonly usd: number;
}

/** Settings that lower the bill, each with a value that is still sensible. */
const SETTINGS = [
  'cruddur:alarms=false',
  'cruddur:dashboard=false',
  'cruddur:cpuArchitecture=arm64',
  'cruddur:insights=false',
  'cruddur:samplingReservoirSize=1',
  'cruddur:samplingFixedRate=0.01',
];

/**
 * What each setting alone would save, the most first. Settings that save nothing are left out.
 *
 * @param synthesize gives the template with one further setting
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
