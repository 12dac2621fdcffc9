import type { Behavior } from '../doubles/honeycomb';
import { type Fault, honeycombReceivesSpans, OUTAGE_SECONDS } from './fault';

export const HONEYCOMB_FAULTS: readonly Fault[] = [
  {
    id: 'honeycomb-down',
    description: 'Honeycomb is down',
    seconds: OUTAGE_SECONDS,
    inject: ({ honeycomb }) => honeycomb.down(),
    remove: ({ honeycomb }) => honeycomb.up(),
    hasRecovered: honeycombReceivesSpans,
  },
  {
    id: 'honeycomb-silent',
    description: 'Honeycomb accepts connections and never responds',
    seconds: OUTAGE_SECONDS,
    ...behaving('silent'),
  },
  {
    id: 'honeycomb-unauthorized',
    description: 'Honeycomb responds with 401',
    ...behaving('unauthorized'),
  },
  {
    id: 'honeycomb-throttling',
    description: 'Honeycomb responds with 429 and Retry-After',
    seconds: OUTAGE_SECONDS,
    ...behaving('throttling'),
  },
  {
    id: 'honeycomb-unavailable',
    description: 'Honeycomb responds with 503',
    seconds: OUTAGE_SECONDS,
    ...behaving('unavailable'),
  },
  {
    id: 'honeycomb-rejecting',
    description: 'Honeycomb rejects a span of each batch',
    ...behaving('rejecting'),
  },
];

function behaving(behavior: Behavior): Pick<Fault, 'inject' | 'remove' | 'hasRecovered'> {
  return {
    inject: ({ honeycomb }) => {
      honeycomb.behavior = behavior;
    },
    remove: ({ honeycomb }) => {
      honeycomb.behavior = 'healthy';
    },
    hasRecovered: honeycombReceivesSpans,
  };
}
