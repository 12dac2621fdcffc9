import type { XRayBehavior } from '../doubles/xray-api';
import { type Fault, xrayReceivesSegments } from './fault';

export const XRAY_FAULTS: readonly Fault[] = [
  {
    id: 'xray-throttling',
    description: 'X-Ray throttles every call',
    ...behaving('throttling'),
  },
  {
    id: 'xray-unprocessing',
    description: 'X-Ray processes no segment',
    ...behaving('unprocessing'),
  },
];

function behaving(behavior: XRayBehavior): Pick<Fault, 'inject' | 'remove' | 'hasRecovered'> {
  return {
    inject: ({ xray }) => {
      xray.behavior = behavior;
    },
    remove: ({ xray }) => {
      xray.behavior = 'healthy';
    },
    hasRecovered: xrayReceivesSegments,
  };
}
